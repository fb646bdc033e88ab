"""Publishers and readers of different releases, over one database, without a broker."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from parcels.events import ParcelSorted, ParcelSortedV2, ParcelWeighed
from parcels.tables import Effect
from prometheus_client import CollectorRegistry
from sqlalchemy.orm import Session
from tests.messaging.received import EXCHANGE, ORIGINS, QUEUE, SOURCE, Database

from hub_messaging import outbox
from hub_messaging.delivery import Delivery
from hub_messaging.dispatch import Dispatcher, Handler
from hub_messaging.envelope import Envelope, Event, routing_key_of
from hub_messaging.messages import Message
from hub_messaging.metrics import ReadingMetrics
from hub_messaging.retries import RetryPolicy
from hub_messaging.tables import inbox
from hub_messaging.versions import record_versions

AT_ONCE = RetryPolicy((timedelta(0),) * 5)
NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
V1, V2, WEIGHED = "ParcelSorted", "ParcelSorted.v2", "ParcelWeighed"


def v1(number: int, weight: int) -> ParcelSorted:
    return ParcelSorted(number=number, weight=weight)


def v2(number: int, weight: int) -> ParcelSortedV2:
    return ParcelSortedV2(number=number, weight=weight, shelf="north")


@dataclass
class Publisher:
    """Records changes as its release does; `weight` tells one change of a parcel from the next."""

    database: Database

    def sort(self, release: str, number: int, weight: int, at: datetime = NOW) -> None:
        """Publish one change in version 1 alone, in both, or in version 2 alone."""
        with self.database.begin() as session:
            if release == "both":
                record_versions(session, [v1(number, weight), v2(number, weight)], occurred_at=at)
            else:
                event: Event = v1(number, weight) if release == "v1" else v2(number, weight)
                outbox.record(session, event, occurred_at=at)

    def weigh(self, number: int, weight: int) -> None:
        """Publish something else about the parcel."""
        with self.database.begin() as session:
            outbox.record(session, ParcelWeighed(number=number, weight=weight), occurred_at=NOW)

    def history(self) -> list[Message]:
        """Return all recorded events as the broker would deliver them, in order."""
        with self.database.begin() as session:
            waiting = outbox.unpublished(session, SOURCE, 10_000)
            outbox.mark_published(session, [position for position, _ in waiting])
            events = [envelope for _, envelope in outbox.history(session, SOURCE, limit=10_000)]
        return [Message(event.to_bytes(), EXCHANGE, event.routing_key) for event in events]


@dataclass
class Reader:
    """One release of a subscriber: subscribed to some versions; counts each change with effect."""

    database: Database
    classes: Sequence[type[Event]]
    counted: list[tuple[int, int]]  # parcel and weight of each change, over all releases
    failing: set[tuple[int, int]] = field(default_factory=set)  # fails once on each of these

    def __post_init__(self) -> None:
        classes: list[type[Event]] = [*self.classes, ParcelWeighed]
        subscribed = {routing_key_of(one.type, one.version): one for one in classes}
        self.noted: list[tuple[int, int]] = []
        handlers = [Handler(subscribed, batch=True, call=self.handle)]
        metrics = ReadingMetrics(CollectorRegistry())
        self.dispatcher = Dispatcher(QUEUE, self.database, handlers, metrics, ORIGINS, AT_ONCE)

    def handle(self, _session: Session, deliveries: Sequence[Delivery[Any]]) -> None:
        """Count, or fail and count nothing."""
        made = [(one.event.number, one.event.weight) for one in deliveries]
        for change in made:
            if change in self.failing:
                self.failing.discard(change)
                raise RuntimeError("not yet")
        self.counted += made

    def receive(self, messages: Iterable[Message], size: int = 3) -> None:
        """Take what its queue brings; what it has not bound does not come."""
        bound = [one for one in messages if one.routing_key in self.dispatcher.types]
        self.take(bound, size)

    def take(self, messages: Sequence[Message], size: int = 3) -> None:
        """Take messages, however they came, and what is stored until nothing can be done."""
        for start in range(0, len(messages), size):
            self.dispatcher.take(messages[start : start + size])
        for _ in range(8):  # more often than anything fails in a row
            while self.dispatcher.retry_stored():
                pass

    def catch_up(self, messages: Iterable[Message], *keys: str) -> None:
        """Read some kinds of event from the log."""
        self.take([logged(one) for one in messages if one.routing_key in keys])


class Noting(Reader):
    """A reader with a read model, in which a change is a row."""

    def handle(self, session: Session, deliveries: Sequence[Delivery[Any]]) -> None:
        """Count in the read model."""
        note(session, deliveries)


def note(session: Session, deliveries: Iterable[Delivery[Any]]) -> None:
    """Write changes into the read model, named by parcel and weight."""
    for one in deliveries:
        name = f"{one.event.number} {one.event.weight}"
        session.add(Effect(event_id=name, subject=one.envelope.subject, revision=one.envelope.revision))
        session.flush()


def noted(database: Database) -> list[tuple[int, int]]:
    """The changes of the read model, sorted."""
    with database() as session:
        names = session.scalars(sa.select(Effect.event_id)).all()
    return sorted((int(number), int(weight)) for number, weight in (name.split() for name in names))


def logged(message: Message, **others: Any) -> Message:
    """The same message as the log hands it out."""
    return Message(message.body, message.exchange, message.routing_key, from_log=True, **others)


def envelopes(messages: list[Message]) -> list[Envelope]:
    return [Envelope.from_bytes(message.body) for message in messages]


def kept(database: Database) -> list[tuple[Any, ...]]:
    with database() as session:
        wanted = (
            sa.select(inbox.c.type, inbox.c.state).where(inbox.c.state != "done").order_by(inbox.c.arrival)
        )
        return [tuple(row) for row in session.execute(wanted)]
