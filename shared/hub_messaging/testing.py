"""A test kit for handlers, without a broker: events as a service receives them, and events that it records.

- `delivered` makes one delivery, `history` those of many events, numbered within their subjects.
- `disordered` shuffles and repeats them, as a broker may.
- `Receiver` calls the handlers of a reaction table as the library does: once for each event, in order within
  a subject.
- `recorded` collects the events that a handler records, instead of writing them into the outbox.
"""

import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Final, Generic, NamedTuple, TypeVar, cast
from unittest import mock
from uuid import UUID, uuid4

from sqlalchemy import Connection
from sqlalchemy.orm import Session

from hub_messaging import outbox
from hub_messaging.delivery import Batch, Delivery
from hub_messaging.envelope import Envelope, Event, routing_key_of
from hub_messaging.reactions import Reaction

E = TypeVar("E", bound=Event)
C = TypeVar("C")

HUB: Final = "test"
NOON: Final = datetime(2025, 10, 1, 12, tzinfo=UTC)


def delivered(
    event: E, revision: int = 1, *, at: datetime = NOON, hub: str = HUB, event_id: UUID | None = None
) -> Delivery[E]:
    """Return an event as its publisher would send it and a service would receive it.

    Args:
        event: must satisfy its published schema.
        revision: its number within its subject, from 1.
        at: the instant of the event (aware UTC).
        hub: the hub whose publisher sends it.
        event_id: a new one unless given.

    Raises:
        Exception: raised by the event's `to_data` when a value breaks the schema.
    """
    envelope = Envelope(
        id=event_id or uuid4(),
        source=f"/hubs/{hub}/{event.publisher}",
        type=event.type,
        version=event.version,
        subject=event.subject,
        revision=revision,
        time=at,
        data=event.to_data(),
    )
    return Delivery(event, envelope, envelope.to_bytes(), after=revision - 1)


def history(events: Iterable[E], *, at: datetime = NOON) -> list[Delivery[E]]:
    """Return the deliveries of events in the order given; each subject is numbered from 1."""
    revisions: dict[str, int] = {}
    deliveries = []
    for event in events:
        revisions[event.subject] = revisions.get(event.subject, 0) + 1
        deliveries.append(delivered(event, revisions[event.subject], at=at))
    return deliveries


def disordered(deliveries: Sequence[Delivery[E]], *, seed: int, repeats: int = 3) -> list[Delivery[E]]:
    """Return the deliveries shuffled, some of them more than once."""
    order = random.Random(seed)  # noqa: S311 - a reproducible order, not a secret
    shuffled = [*deliveries, *order.choices(deliveries, k=repeats)] if deliveries else []
    order.shuffle(shuffled)
    return shuffled


class Receiver(Generic[C]):
    """Calls handlers as the library does. A delivery whose predecessor has not arrived is held."""

    def __init__(self, *rows: Reaction[C], context: C | None = None, session: Session | None = None) -> None:
        """`session` is given to the handlers; without one they get an object that has only `info`."""
        self._rows = {
            routing_key_of(event_class.type, event_class.version): row
            for row in rows
            for event_class in row.event_classes
        }
        self._context = context
        self._session = session or cast("Session", SimpleNamespace(info={}))
        self._seen: set[UUID] = set()
        self._reached: dict[tuple[str, str], int] = {}
        self.held: list[Delivery[Event]] = []

    def receive(self, *deliveries: Delivery[Event]) -> None:
        """Call the handler of each new delivery whose turn it is, then of those that it released.

        Raises:
            Exception: raised by a handler; its delivery counts as not received.
        """
        for delivery in deliveries:
            if delivery.envelope.routing_key in self._rows and delivery.envelope.id not in self._seen:
                self._seen.add(delivery.envelope.id)
                self.held.append(delivery)
            while (due := next(filter(self._is_due, self.held), None)) is not None:
                self.held.remove(due)
                self._call(due)

    def _is_due(self, delivery: Delivery[Event]) -> bool:
        return delivery.after <= self._reached.get(delivery.subject, 0)

    def _call(self, delivery: Delivery[Event]) -> None:
        row = self._rows[delivery.envelope.routing_key]
        batch = Batch(self._session, [delivery])
        context = (self._context,) if row.takes_context else ()
        try:
            row.handler(self._session, batch if row.batch else next(iter(batch)), *context)
        except Exception:
            self._seen.discard(delivery.envelope.id)
            raise
        self._reached[delivery.subject] = max(delivery.revision, self._reached.get(delivery.subject, 0))


class Recorded(NamedTuple):
    """An event that a handler recorded."""

    event: Event
    occurred_at: datetime
    by: str | None  # the account that caused it
    caused_by: str | None  # the id of the delivery that was being handled


@contextmanager
def recorded() -> Iterator[list[Recorded]]:
    """Collect the events recorded within the `with` block instead of writing them into the outbox."""
    found: list[Recorded] = []

    def record_each(
        session: Session | Connection,
        facts: Iterable[tuple[Event, datetime]],
        *,
        by: str | None = None,
        ids: Sequence[UUID] | None = None,
        change_ids: Sequence[str | None] | None = None,  # noqa: ARG001 - the signature that is replaced
    ) -> list[UUID]:
        listed = list(facts)
        for event, occurred_at in listed:
            if occurred_at.tzinfo is None:
                raise ValueError("occurred_at needs a time zone")
            event.to_data()  # raises when a value breaks the schema, as the outbox does
            found.append(Recorded(event, occurred_at, by, session.info.get("causation_id")))
        return list(ids or (uuid4() for _ in listed))

    with mock.patch.object(outbox, "record_each", record_each):
        yield found
