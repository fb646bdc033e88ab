"""A delivery: one event as it reached this service, typed by the class of the event."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar, overload

from sqlalchemy.orm import Session

from hub_messaging.envelope import Envelope, Event
from hub_messaging.tracing import name_in_log

E_co = TypeVar("E_co", bound=Event, covariant=True)


@dataclass(frozen=True, slots=True)
class Delivery(Generic[E_co]):
    """One event of class `E_co` with its envelope.

    A handler of `Delivery[ParcelSorted | ParcelWeighed]` accepts a `Delivery[ParcelSorted]`.
    """

    event: E_co
    envelope: Envelope
    body: bytes
    after: int = 0  # the revision of its subject that must have taken effect before it; 0 for none
    exchange: str | None = None  # the exchange that it was published to; None: not known
    from_log: bool = False  # read from the event log, not from the queue

    @property
    def subject(self) -> tuple[str, str]:
        """The source and the subject of the event: two hubs may use the same subjects."""
        return self.envelope.source, self.envelope.subject

    @property
    def revision(self) -> int:
        """The number of the event within its subject, from 1."""
        return self.envelope.revision

    @property
    def occurred_at(self) -> datetime:
        """The instant of the event by its publisher's clock (aware UTC)."""
        return self.envelope.time


class Batch(Sequence[Delivery[E_co]]):
    """Deliveries in order. Events recorded while one is iterated over name it as their cause."""

    def __init__(self, session: Session, deliveries: Sequence[Delivery[E_co]]) -> None:
        self._session = session
        self._deliveries = deliveries

    def __iter__(self) -> Iterator[Delivery[E_co]]:
        for delivery in self._deliveries:
            set_cause(self._session, delivery)
            yield delivery

    @overload
    def __getitem__(self, index: int) -> Delivery[E_co]: ...

    @overload
    def __getitem__(self, index: slice) -> Sequence[Delivery[E_co]]: ...

    def __getitem__(self, index: int | slice) -> Delivery[E_co] | Sequence[Delivery[E_co]]:
        return self._deliveries[index]

    def __len__(self) -> int:
        return len(self._deliveries)


def set_cause(session: Session, delivery: Delivery[Event]) -> None:
    """Make events recorded in this transaction from now on name this delivery as their cause."""
    session.info["causation_id"] = str(delivery.envelope.id)
    session.info["correlation_id"] = delivery.envelope.correlation_id
    session.info["traceparent"] = delivery.envelope.traceparent
    name_in_log(delivery.envelope)
