"""One attempt to let deliveries take effect: the handler's call, and what its failure means."""

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

# Events handled one by one that share a transaction: most of their time a commit waits for the disk.
TOGETHER: Final = 20
# So many failures one after the other, with nothing that succeeds between them, are no accident of one event.
RUN_OF_FAILURES: Final = 20
# A database that answers when asked did not go away: after so many attempts the fault is the handler's own.
LOST_CONNECTIONS: Final = 3

log = structlog.get_logger("hub_messaging.dispatch")


class DatabaseAway(Exception):
    """Nothing can be decided without the database; the messages are to be handed in again."""


@dataclass(frozen=True)
class Handler:
    """One function that lets events of certain types take effect."""

    event_classes: Mapping[str, type[Event]]  # by routing key
    batch: bool  # whether it takes many at a time
    call: Callable[[Session, Sequence[Delivery[Event]]], None]


@dataclass
class Attempts:
    """Attempts at new and at kept deliveries of one subscription: they fail and recover together."""

    subscription: str
    sessions: sessionmaker[Session] | OneConnection
    metrics: ReadingMetrics
    failures: int = 0  # one after the other, without a success
    lost_connections: int = 0

    @property
    def struggling(self) -> bool:
        """Whether to go on one at a time."""
        return self.failures >= RUN_OF_FAILURES

    def call(self, handler: Handler, session: Session, deliveries: Sequence[Delivery[Event]]) -> None:
        """Let a handler have deliveries: all of them, or one after the other."""
        for run in [deliveries] if handler.batch else [[one] for one in deliveries]:
            envelopes = [delivery.envelope for delivery in run]
            with self.metrics.handling(envelopes), handling(self.subscription, envelopes):
                handler.call(session, run)

    def require_database(self, error: Exception) -> None:
        """Tell a database that has gone from a statement of the handler's that failed.

        Raises:
            DatabaseAway: it does not answer, or hung up on us for the first times in a row.
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
        """Note that a handler failed, and what became of the delivery."""
        self.failures += 1
        self.note_failure(envelope, state, error)

    def note_failure(self, envelope: Envelope | None, state: str, error: BaseException) -> None:
        """Say what became of a delivery, in a metric and the log."""
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
