"""The systems that are compared, as the harness sees them: programs, a queue, and how a message looks."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
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
    routing_key_of: Callable[[Change], str]
    message_of: Callable[[Change], amqp.Message]  # as its publisher would send it
    broken_message_of: Callable[[Change], amqp.Message]  # the same with data that breaks the schema
    installed: tuple[str, ...] = ()  # services for which an installation makes exchanges and log

    @property
    def module(self) -> str:
        """Run with `python -m`."""
        return f"tests.faults.systems.{self.name}"

    @property
    def is_ours(self) -> bool:
        """Whether it must keep the promise."""
        return self.name == "ours"


def our_message(change: Change, data: dict[str, Any] | None = None) -> amqp.Message:
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
        data=event.to_data() if data is None else data,
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


def plain_message(change: Change, **fields: Any) -> amqp.Message:
    """The same facts as plain JSON, for the systems that have no envelope."""
    body = {
        "n": change.n,
        "event_id": change.event_id,
        "subject": change.subject,
        "revision": change.revision,
    }
    return amqp.Message(
        json.dumps(body | fields).encode(),
        content_type="application/json",
        content_encoding="utf-8",
        delivery_mode=2,
    )


def our_broken_message(change: Change) -> amqp.Message:
    """Without what the schema asks for."""
    return our_message(change, {"thing": change.subject})


def plain_broken_message(change: Change) -> amqp.Message:
    """The same fault, where the facts are."""
    return plain_message(change, n=None, revision=None)


def plain_key(_change: Change) -> str:
    """There is one type."""
    return "thing_changed"


SYSTEMS = {
    system.name: system
    for system in (
        System(
            name="ours",
            words="Hub Operations",
            queue=queue_of("consumer"),
            routing_key_of=lambda change: event_of(change.n, change.subject).type,
            message_of=our_message,
            broken_message_of=our_broken_message,
            installed=("publisher", "consumer"),
        ),
        System(
            name="plain_nameko",
            words="plain nameko",
            queue="evt-publisher-thing_changed--consumer.on_thing_changed",
            routing_key_of=plain_key,
            message_of=plain_message,
            broken_message_of=plain_broken_message,
        ),
        System(
            name="faststream",
            words="FastStream",
            queue="consumer.in",
            routing_key_of=plain_key,
            message_of=plain_message,
            broken_message_of=plain_broken_message,
        ),
    )
}
EXCHANGE = exchange_of("publisher")
