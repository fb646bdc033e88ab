"""The system that stands on our post office: outbox, relay, inbox, `subscribe`, `subscribe_batch`."""
