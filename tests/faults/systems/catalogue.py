"""The three systems that are compared, as the harness sees them: programs, a queue, and how a message looks."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import amqp
from tests.faults.counting import Change
from tests.faults.systems.ours.events import event_of

from hub_messaging.envelope import CONTENT_TYPE, Envelope
from hub_messaging.topology import exchange_of, queue_of, source_of

HUB = "test"


@dataclass(frozen=True)
class System:
    """One way of building the same two programs."""

    name: str
    words: str  # in the report
    queue: str  # that its consumer reads
    message_of: Callable[[Change], amqp.Message]  # as its publisher would send it

    @property
    def module(self) -> str:
        """Run with `python -m`."""
        return f"tests.faults.systems.{self.name}"

    @property
    def is_ours(self) -> bool:
        """Whether it must keep the promise."""
        return self.name == "ours"


def our_message(change: Change) -> amqp.Message:
    """An event in our envelope."""
    event = event_of(change.n, change.subject)
    envelope = Envelope(
        id=UUID(change.event_id),
        source=source_of(HUB, "publisher"),
        type=event.type,
        version=event.version,
        subject=change.subject,
        revision=change.revision,
        time=datetime.now(UTC),
        data=event.to_data(),
    )
    return amqp.Message(
        envelope.to_bytes(),
        content_type=CONTENT_TYPE,
        content_encoding="utf-8",
        delivery_mode=2,
        message_id=change.event_id,
        type=event.type,
        app_id=envelope.source,
    )


def plain_message(change: Change) -> amqp.Message:
    """The same facts as plain JSON, for the systems that have no envelope."""
    body = {
        "n": change.n,
        "event_id": change.event_id,
        "subject": change.subject,
        "revision": change.revision,
    }
    return amqp.Message(
        json.dumps(body).encode(), content_type="application/json", content_encoding="utf-8", delivery_mode=2
    )


SYSTEMS = {
    system.name: system
    for system in (
        System("ours", "Hub Operations", queue_of("consumer"), our_message),
        System(
            "plain_nameko", "plain nameko", "evt-publisher-thing_changed--consumer.on_change", plain_message
        ),
        System("faststream", "FastStream", "consumer.in", plain_message),
    )
}
EXCHANGE = exchange_of("publisher")
