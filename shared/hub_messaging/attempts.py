"""One attempt at deliveries: the call of the handler, and the judgement of its failure."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session, sessionmaker

from hub_messaging.database_errors import AWAY, is_away
from hub_messaging.delivery import Delivery
from hub_messaging.envelope import Envelope, Event
from hub_messaging.metrics import ReadingMetrics
from hub_messaging.sessions import OneConnection
from hub_messaging.tracing import handling

# Events handled one by one that share a transaction, as a commit takes longer than most handlers.
TOGETHER: Final = 20
# Consecutive failures after which the fault is not that of one event.
RUN_OF_FAILURES: Final = 20
# Attempts that lost their connection while the database answers, after which the handler is at fault.
LOST_CONNECTIONS: Final = 3

log = structlog.get_logger("hub_messaging.dispatch")


class DatabaseAway(Exception):
    """The database is unavailable; the same messages are to be dispatched again."""


@dataclass(frozen=True)
class Handler:
    """The handler of some event classes, called with a session and deliveries."""

    event_classes: Mapping[str, type[Event]]  # by routing key
    batch: bool  # takes many deliveries at a time
    call: Callable[[Session, Sequence[Delivery[Event]]], None]


@dataclass
class Attempts:
    """Attempts at new and stored deliveries of one subscription, which degrade and recover together."""

    subscription: str
    sessions: sessionmaker[Session] | OneConnection
    metrics: ReadingMetrics
    failures: int = 0  # consecutive
    lost_connections: int = 0

    @property
    def degraded(self) -> bool:
        """Whether deliveries are to be attempted one at a time."""
        return self.failures >= RUN_OF_FAILURES

    def call(self, handler: Handler, session: Session, deliveries: Sequence[Delivery[Event]]) -> None:
        """Call a handler with all deliveries, or with one after the other."""
        for run in [deliveries] if handler.batch else [[one] for one in deliveries]:
            envelopes = [delivery.envelope for delivery in run]
            with self.metrics.handling(envelopes), handling(self.subscription, envelopes):
                handler.call(session, run)

    def require_database(self, error: Exception) -> None:
        """Raise unless an error is the handler's own: probe the database.

        Raises:
            DatabaseAway: it does not answer, or ended the connection for one of the first times in a row.
        """
        if not is_away(error):
            return
        hung_up = getattr(error, "connection_invalidated", True)
        try:
            with self.sessions() as session:
                session.execute(sa.text("SELECT 1"))
        except AWAY as exc:
            raise DatabaseAway from exc
        if hung_up and self.lost_connections < LOST_CONNECTIONS:
            self.lost_connections += 1
            raise DatabaseAway from error

    def count_failure(self, envelope: Envelope | None, state: str, error: BaseException) -> None:
        """Count a handler's failure, and log the delivery's new state."""
        self.failures += 1
        self.note_failure(envelope, state, error)

    def note_failure(self, envelope: Envelope | None, state: str, error: BaseException) -> None:
        """Record a delivery's new state in a metric and the log."""
        self.metrics.kept.labels(state).inc()
        log.warning(
            "delivery_failed",
            event_id=None if envelope is None else str(envelope.id),
            type=None if envelope is None else envelope.type,
            correlation_id=None if envelope is None else envelope.correlation_id,
            causation_id=None if envelope is None else envelope.causation_id,
            state=state,
            error=type(error).__name__,
        )
