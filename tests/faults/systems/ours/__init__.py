"""The system under test that stands on our post office: outbox, relay, inbox, `subscribe`, `subscribe_batch`."""
