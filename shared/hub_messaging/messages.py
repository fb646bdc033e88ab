"""A message as the broker delivers it: its body, and the properties that the broker itself sets."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a queue, of the event log, or of an outbox that is read like the log."""

    body: bytes
    # RabbitMQ sets both itself and keeps them in quorum queues and streams. "" is a direct write to a queue.
    exchange: str | None  # None: not known, stored by a release that did not record it
    routing_key: str | None = None  # None: not known; the event names it
    user_id: str | None = None  # of the sender, which RabbitMQ checks; None: not set
    from_log: bool = False  # read from the event log or an outbox, not from the queue
