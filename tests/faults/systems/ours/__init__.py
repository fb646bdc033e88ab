"""The system built on our messaging library: outbox, relay, inbox, `subscribe`, `subscribe_batch`."""
