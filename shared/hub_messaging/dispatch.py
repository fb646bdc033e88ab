"""What happens to messages between the queue and a handler: read, put in order, tried, kept when they fail.

Knows neither the broker nor nameko: an edge hands in bodies and a way to call each handler.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

import sqlalchemy as sa
import structlog
from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.orm import Session, sessionmaker

from hub_messaging import inbox, retries
from hub_messaging.comparing import Comparing
from hub_messaging.envelope import Envelope, Event
from hub_messaging.inbox import Delivery
from hub_messaging.marks import is_mark
from hub_messaging.memory import Memory
from hub_messaging.messages import Message
from hub_messaging.metrics import ReadingMetrics
from hub_messaging.opening import Opening, Unreadable
from hub_messaging.provenance import Forged, Origins
from hub_messaging.retries import RetryPolicy
from hub_messaging.sessions import OneConnection
from hub_messaging.tracing import handling
from hub_messaging.wall_clock import utc_now

# Events handled one by one that share a transaction: most of their time a commit waits for the disk.
TOGETHER: Final = 20
# So many failures one after the other, with nothing that succeeds between them, are no accident of one event.
RUN_OF_FAILURES: Final = 20
# A database that answers when asked did not go away: after so many attempts the fault is the handler's own.
LOST_CONNECTIONS: Final = 3
# Reading is pure: what cannot be read today cannot be read in an hour.
NEVER_AGAIN: Final = RetryPolicy(waits=())

log = structlog.get_logger(__name__)


class DatabaseAway(Exception):
    """Nothing can be decided without the database; the messages are to be handed in again."""


class NotHeard(Exception):
    """A kept delivery of a type that this release does not hear."""


class Struggling(Exception):
    """One failure follows another; the rest of the messages are to be handed in later, a few at a time."""


@dataclass(frozen=True)
class Handler:
    """One function that lets events of certain types take effect."""

    event_classes: Mapping[str, type[Event]]  # by routing key
    batch: bool  # whether it takes many at a time
    call: Callable[[Session, Sequence[Delivery]], None]


@dataclass
class Dispatcher:
    """Lets what arrives in one queue take effect, once and in order."""

    subscription: str
    sessions: sessionmaker[Session] | OneConnection
    handlers: Sequence[Handler]
    metrics: ReadingMetrics
    origins: Origins
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    memory: Memory | None = None  # of a rebuild, which lets all of history take effect, none
    failures: int = 0  # one after the other, without a success
    lost_connections: int = 0

    def __post_init__(self) -> None:
        self._by_key = {key: handler for handler in self.handlers for key in handler.event_classes}
        heard = {key: one for handler in self.handlers for key, one in handler.event_classes.items()}
        self._opening = Opening(heard, self.origins)
        self._comparing = Comparing(self.subscription, heard.values(), self.origins)

    @property
    def types(self) -> frozenset[str]:
        """The routing keys of what is heard."""
        return frozenset(self._by_key)

    @property
    def struggling(self) -> bool:
        """Whether to go on one at a time."""
        return self.failures >= RUN_OF_FAILURES

    def take(self, messages: Sequence[Message]) -> None:
        """Let each message take effect or keep it; afterwards all of them may be acknowledged.

        Raises:
            DatabaseAway, Struggling: hand the same messages in again; those that are done change nothing.
        """
        begin = 0
        for index, message in enumerate(messages):
            if is_mark(message):  # it counts exactly what came before it
                self._take_events(messages[begin:index], alone=len(messages) == 1)
                self._take_mark(message)
                begin = index + 1
        self._take_events(messages[begin:], alone=len(messages) == 1)

    def _take_events(self, messages: Sequence[Message], *, alone: bool) -> None:
        deliveries = [delivery for delivery in map(self._open, messages) if delivery is not None]
        for handler, run in groupby(deliveries, key=lambda d: self._by_key[d.envelope.routing_key]):
            in_order = list(run)
            step = len(in_order) if handler.batch else TOGETHER
            for start in range(0, len(in_order), step):
                if self.struggling and not alone:
                    raise Struggling
                self._deliver(handler, in_order[start : start + step])

    def try_kept(self) -> int:
        """Give kept deliveries that are due another attempt, each in a transaction; how many succeeded.

        Raises:
            DatabaseAway: nothing was decided.
        """
        succeeded = 0
        try:
            with self.sessions() as session:
                listed = retries.due(session, self.subscription, utc_now())
            for source, event_id in listed[: 1 if self.struggling else None]:
                with self.sessions.begin() as session:
                    row = retries.lock(session, self.subscription, source, event_id)
                    if row is not None:
                        succeeded += self._try_row(session, row)
        except (OperationalError, InterfaceError) as exc:
            raise DatabaseAway from exc
        return succeeded

    def _open(self, message: Message) -> Delivery | None:
        """Read a message; what cannot be read or believed is parked, what nobody asked for is passed over."""
        try:
            delivery = self._opening.open(message)
            if self.memory is not None:
                self.memory.require(delivery, message)
        except Unreadable as exc:
            self._park(message, exc)
            return None
        if delivery is None:
            self.metrics.unknown.inc()
        return delivery

    def _take_mark(self, message: Message) -> None:
        try:
            with self.sessions.begin() as session:
                self._comparing.take(session, message)
        except Unreadable as exc:
            self._park(message, exc)
        except (OperationalError, InterfaceError) as exc:
            raise DatabaseAway from exc

    def _park(self, message: Message, refused: Unreadable) -> None:
        try:
            with self.sessions.begin() as session:
                retries.park_unreadable(session, self.subscription, message, refused.error, refused.envelope)
        except (OperationalError, InterfaceError) as exc:
            raise DatabaseAway from exc
        self.metrics.kept.labels("parked").inc()
        if isinstance(refused.error, Forged):
            self.metrics.forged.inc()
        event_id = None if refused.envelope is None else str(refused.envelope.id)
        log.warning("parked", reason=type(refused.error).__name__, event_id=event_id)

    def _deliver(self, handler: Handler, deliveries: Sequence[Delivery]) -> None:
        """Let deliveries take effect together; when that fails, halve until only the poison is kept."""
        if self.struggling and len(deliveries) > 1:
            raise Struggling
        try:
            with self.sessions.begin() as session:
                fresh = inbox.unseen(session, self.subscription, deliveries)
                for run in [fresh] if handler.batch and fresh else [[one] for one in fresh]:
                    self._call(handler, session, run)
        except Exception as exc:  # noqa: BLE001 - whatever a handler raises, the event must not be lost
            self._require_database(exc)
            self._bisect(handler, deliveries, exc)
            return
        self.lost_connections = 0
        if fresh:
            self.failures = 0
        self.metrics.repeated.inc(len(deliveries) - len(fresh) - session.info["held"])

    def _bisect(self, handler: Handler, deliveries: Sequence[Delivery], error: Exception) -> None:
        if len(deliveries) > 1:
            middle = len(deliveries) // 2
            self._deliver(handler, deliveries[:middle])
            self._deliver(handler, deliveries[middle:])
            return
        (delivery,) = deliveries
        with self.sessions.begin() as session:
            state = retries.keep_failed(session, self.subscription, delivery, error, self.policy)
        self._count_failure(delivery.envelope, state, error)

    def _try_row(self, session: Session, row: Any) -> bool:
        envelope, policy = None, NEVER_AGAIN
        try:
            with session.begin_nested():
                delivery = self._open_kept(row)
                envelope = delivery.envelope
                policy = self.policy  # it can be read: another attempt may succeed
                self._call(self._by_key[envelope.routing_key], session, [delivery])
                retries.finish(session, retries.adopt(session, row, envelope))
        except Exception as exc:  # noqa: BLE001 - whatever a handler raises, the event must not be lost
            self._require_database(exc)
            state = retries.fail_again(session, row, exc, policy)
            self._count_failure(envelope, state, exc)
            return False
        self.failures = 0
        log.info("taken_late", event_id=row.event_id, type=row.type, attempts=row.attempts + 1)
        return True

    def _open_kept(self, row: Any) -> Delivery:
        """Read a kept row again, as strictly as when it came.

        What was kept before exchanges were written down is believed. A forgery stays one, whatever its body
        has become: the row does not hold everything that showed it.

        Raises:
            Exception: it cannot be read or believed, or nobody here hears it any more.
        """
        if retries.was_forged(row):
            raise Forged(str(row.first_error).partition(": ")[2])
        try:
            delivery = self._opening.open(Message(bytes(row.body), row.exchange, from_log=True))
        except Unreadable as exc:
            raise exc.error from exc
        if delivery is None:
            raise NotHeard(f"{row.type} is not heard here any more")
        return delivery

    def _call(self, handler: Handler, session: Session, deliveries: Sequence[Delivery]) -> None:
        envelopes = [delivery.envelope for delivery in deliveries]
        with self.metrics.handling(envelopes), handling(self.subscription, envelopes):
            handler.call(session, deliveries)

    def _require_database(self, error: Exception) -> None:
        """Tell a database that has gone from a statement of the handler's that failed.

        Raises:
            DatabaseAway: it does not answer, or hung up on us for the first times in a row.
        """
        if not isinstance(error, (OperationalError, InterfaceError)):
            return
        hung_up = error.connection_invalidated
        try:
            with self.sessions() as session:
                session.execute(sa.text("SELECT 1"))
        except (OperationalError, InterfaceError) as exc:
            raise DatabaseAway from exc
        if hung_up and self.lost_connections < LOST_CONNECTIONS:
            self.lost_connections += 1
            raise DatabaseAway from error

    def _count_failure(self, envelope: Envelope | None, state: str, error: BaseException) -> None:
        self.failures += 1
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
