"""A message as the broker hands it out: its body, and what the broker itself says of it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a queue, of the event log, or of an outbox that is read like the log."""

    body: bytes
    # RabbitMQ sets both itself and keeps them in quorum queues and streams. "" is a direct write to a queue.
    exchange: str | None  # None: not known, of a delivery kept by a release that did not write it down
    routing_key: str | None = None  # None: not known, so the event says it itself
    user_id: str | None = None  # the broker's user who sent it, which RabbitMQ checks; None: not said
    from_log: bool = False  # read from the event log or an outbox, not from the queue
