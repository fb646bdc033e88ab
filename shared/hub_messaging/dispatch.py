"""Messages on their way from the queue to a handler: decoded, ordered, attempted, stored when they fail.

Neither the broker nor nameko is known here: an edge passes messages and a function for each handler.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

import structlog
from sqlalchemy.orm import Session, sessionmaker

from hub_messaging import changes, retries
from hub_messaging.attempts import (
    LOST_CONNECTIONS,
    RUN_OF_FAILURES,
    TOGETHER,
    Attempts,
    DatabaseAway,
    Handler,
)
from hub_messaging.database_errors import AWAY, again
from hub_messaging.decoding import Decoder, Unreadable
from hub_messaging.delivery import Delivery
from hub_messaging.envelope import Event
from hub_messaging.mark_comparison import MarkComparison
from hub_messaging.marks import is_mark
from hub_messaging.messages import Message
from hub_messaging.metrics import ReadingMetrics
from hub_messaging.provenance import Forged, Origins
from hub_messaging.retention_check import RetentionCheck
from hub_messaging.retries import RetryPolicy, Unread
from hub_messaging.retry_runner import RetryRunner
from hub_messaging.sessions import OneConnection

__all__ = [
    "LOST_CONNECTIONS",
    "RUN_OF_FAILURES",
    "TOGETHER",
    "DatabaseAway",
    "Degraded",
    "Dispatcher",
    "Handler",
]

PARKED_BYTES: Final = 8_000_000  # of invalid messages parked by one statement

log = structlog.get_logger(__name__)


class Degraded(Exception):
    """Too many consecutive failures; the remaining messages are to be dispatched later, one at a time."""


@dataclass
class Dispatcher:
    """Processes the messages of one queue: each takes effect once and in order."""

    subscription: str
    sessions: sessionmaker[Session] | OneConnection
    handlers: Sequence[Handler]
    metrics: ReadingMetrics
    origins: Origins
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    memory: RetentionCheck | None = None  # None: a rebuild, in which all of history takes effect

    def __post_init__(self) -> None:
        self._by_key = {key: handler for handler in self.handlers for key in handler.event_classes}
        subscribed = {key: one for handler in self.handlers for key, one in handler.event_classes.items()}
        self._opening = Decoder(subscribed, self.origins)
        self._attempts = Attempts(self.subscription, self.sessions, self.metrics)
        self._retrying = RetryRunner(self._attempts, self._by_key, self._opening, self.policy)
        self._comparing = MarkComparison(self.subscription, subscribed.values(), self.origins)

    @property
    def types(self) -> frozenset[str]:
        """The routing keys subscribed to."""
        return frozenset(self._by_key)

    @property
    def degraded(self) -> bool:
        """Whether messages are to be dispatched one at a time."""
        return self._attempts.degraded

    @property
    def failures(self) -> int:
        """The number of consecutive failures."""
        return self._attempts.failures

    def take(self, messages: Sequence[Message]) -> None:
        """Process messages: each takes effect or is stored. Afterwards all of them may be acknowledged.

        Raises:
            DatabaseAway, Degraded: dispatch the same messages again; those that are done change nothing.
        """
        begin = 0
        for index, message in enumerate(messages):
            if is_mark(message):  # it counts exactly the messages before it
                self._take_events(messages[begin:index], alone=len(messages) == 1)
                self._take_mark(message)
                begin = index + 1
        self._take_events(messages[begin:], alone=len(messages) == 1)

    def _take_events(self, messages: Sequence[Message], *, alone: bool) -> None:
        deliveries = self._open_all(messages)
        for handler, run in groupby(deliveries, key=lambda d: self._by_key[d.envelope.routing_key]):
            in_order = list(run)
            step = len(in_order) if handler.batch else TOGETHER
            for start in range(0, len(in_order), step):
                if self.degraded and not alone:
                    raise Degraded
                self._deliver(handler, in_order[start : start + step])

    def retry_stored(self, go_on: Callable[[], bool] = lambda: True) -> int:
        """Attempt stored deliveries that are due, and return how many succeeded.

        Of very many subjects only some are attempted; the next call continues with the following ones.
        `go_on` is called before each transaction.

        Raises:
            DatabaseAway: deliveries without a result stay as they were.
        """
        return self._retrying.look(go_on)

    def retry_all_stored(self) -> int:
        """Attempt stored deliveries of every subject, and return how many succeeded.

        Raises:
            DatabaseAway: deliveries without a result stay as they were.
        """
        return self._retrying.look_at_all()

    def _open_all(self, messages: Sequence[Message]) -> list[Delivery[Event]]:
        """Decode messages. Invalid or forged ones are parked, those of other types skipped.

        They are parked before any takes effect: later events about the subject of broken data are held.
        """
        deliveries, unread = [], []
        for message in messages:
            try:
                delivery = self._opening.open(message)
                if self.memory is not None:
                    self.memory.require(delivery, message)
            except Unreadable as exc:
                unread.append(Unread(message, exc.error, exc.envelope))
                continue
            if delivery is None:
                self.metrics.unknown.inc()
            else:
                deliveries.append(delivery)
        for some in _portions(unread):
            self._park(some)
        return deliveries

    def _take_mark(self, message: Message) -> None:

        def compare() -> None:
            with self.sessions.begin() as session:
                self._comparing.take(session, message)

        try:
            again(compare)
        except Unreadable as exc:
            self._park([Unread(message, exc.error, exc.envelope)])
        except AWAY as exc:
            raise DatabaseAway from exc

    def _park(self, unread: Sequence[Unread]) -> None:
        def park() -> None:
            with self.sessions.begin() as session:
                retries.park_unreadable(session, self.subscription, *unread)

        try:
            again(park)
        except AWAY as exc:
            raise DatabaseAway from exc
        self.metrics.kept.labels("parked").inc(len(unread))
        self.metrics.forged.inc(sum(isinstance(one.error, Forged) for one in unread))
        for one in unread:
            event_id = None if one.envelope is None else str(one.envelope.id)
            log.warning("parked", reason=type(one.error).__name__, event_id=event_id)

    def _deliver(self, handler: Handler, deliveries: Sequence[Delivery[Event]]) -> None:
        """Process deliveries in one transaction; on failure halve them until the failing one is alone."""
        if self.degraded and len(deliveries) > 1:
            raise Degraded

        def let_take_effect() -> tuple[int, int]:
            with self.sessions.begin() as session:
                fresh = changes.unseen(session, self.subscription, deliveries, self.types)
                if fresh:
                    self._attempts.call(handler, session, fresh)
            return len(fresh), session.info["held"]

        try:
            fresh, held = again(let_take_effect)
        except Exception as exc:  # noqa: BLE001 - the event must not be lost, whatever is raised
            self._attempts.require_database(exc)
            self._bisect(handler, deliveries, exc)
            return
        self._attempts.lost_connections = 0
        if fresh:
            self._attempts.failures = 0
        self.metrics.repeated.inc(len(deliveries) - fresh - held)

    def _bisect(self, handler: Handler, deliveries: Sequence[Delivery[Event]], error: Exception) -> None:
        if len(deliveries) > 1:
            middle = len(deliveries) // 2
            self._deliver(handler, deliveries[:middle])
            self._deliver(handler, deliveries[middle:])
            return
        (delivery,) = deliveries

        def keep() -> str:
            with self.sessions.begin() as session:
                changes.take_over(session, self.subscription, deliveries, self.types)
                return retries.keep_failed(session, self.subscription, delivery, error, self.policy)

        state = again(keep)
        self._attempts.count_failure(delivery.envelope, state, error)


def _portions(unread: Sequence[Unread]) -> Iterator[Sequence[Unread]]:
    """Split messages into portions of a size that one statement can carry."""
    start = size = 0
    for end, one in enumerate(unread):
        if size and size + len(one.message.body) > PARKED_BYTES:
            yield unread[start:end]
            start, size = end, 0
        size += len(one.message.body)
    if unread:
        yield unread[start:]
