"""A dispatcher over a real database, with handlers that follow a test's instructions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from parcels.events import ParcelSorted, ParcelWeighed
from prometheus_client import CollectorRegistry
from sqlalchemy.orm import Session
from tests.messaging.received import ORIGINS, QUEUE, Database, message

from hub_messaging.delivery import Delivery
from hub_messaging.dispatch import Dispatcher, Handler
from hub_messaging.metrics import ReadingMetrics
from hub_messaging.retries import RetryPolicy

Act = Callable[[Session, Delivery[Any]], None]


@dataclass
class Office:
    """A service that records the events that it handles."""

    database: Database
    batch: bool = True
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    act: Act = lambda _session, _delivery: None  # called for each event before it is noted
    seen: list[tuple[str, int]] = field(default_factory=list)  # subject and revision, committed or not
    calls: list[int] = field(default_factory=list)  # how many events each call brought
    types: Mapping[str, Any] = field(default_factory=lambda: {ParcelSorted.type: ParcelSorted})
    registry: CollectorRegistry = field(default_factory=CollectorRegistry)

    def __post_init__(self) -> None:
        self.dispatcher = Dispatcher(
            QUEUE,
            self.database,
            [
                Handler(self.types, self.batch, self.handle),
                Handler({ParcelWeighed.type: ParcelWeighed}, not self.batch, self.handle),
            ],
            ReadingMetrics(self.registry),
            ORIGINS,
            self.policy,
        )

    def handle(self, session: Session, deliveries: Sequence[Delivery[Any]]) -> None:
        """Record deliveries, and act as the test asks."""
        self.calls.append(len(deliveries))
        for delivery in deliveries:
            self.act(session, delivery)
            self.seen.append((delivery.envelope.subject, delivery.envelope.revision))

    def take(self, *deliveries: Delivery[Any]) -> None:
        """Let deliveries arrive together."""
        self.dispatcher.take([message(delivery) for delivery in deliveries])

    def metric(self, name: str, **labels: str) -> float:
        """A figure of this office."""
        return self.registry.get_sample_value(name, labels) or 0.0


def failing_on(*numbers: int, error: Exception | None = None) -> Act:
    """An act that refuses the parcels of these numbers."""

    def act(_session: Session, delivery: Delivery[Any]) -> None:
        if delivery.event.number in numbers:
            raise error or RuntimeError("poison")

    return act
