"""What happens to messages between the queue and a handler: read, put in order, tried, kept when they fail.

Knows neither the broker nor nameko: an edge hands in bodies and a way to call each handler.
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

PARKED_BYTES: Final = 8_000_000  # of messages that cannot be read, parked in one statement

log = structlog.get_logger(__name__)


class Degraded(Exception):
    """One failure follows another; the rest of the messages are to be handed in later, a few at a time."""


@dataclass
class Dispatcher:
    """Lets what arrives in one queue take effect, once and in order."""

    subscription: str
    sessions: sessionmaker[Session] | OneConnection
    handlers: Sequence[Handler]
    metrics: ReadingMetrics
    origins: Origins
    policy: RetryPolicy = field(default_factory=RetryPolicy)
    memory: RetentionCheck | None = None  # of a rebuild, which lets all of history take effect, none

    def __post_init__(self) -> None:
        self._by_key = {key: handler for handler in self.handlers for key in handler.event_classes}
        heard = {key: one for handler in self.handlers for key, one in handler.event_classes.items()}
        self._opening = Decoder(heard, self.origins)
        self._attempts = Attempts(self.subscription, self.sessions, self.metrics)
        self._retrying = RetryRunner(self._attempts, self._by_key, self._opening, self.policy)
        self._comparing = MarkComparison(self.subscription, heard.values(), self.origins)

    @property
    def types(self) -> frozenset[str]:
        """The routing keys of what is heard."""
        return frozenset(self._by_key)

    @property
    def struggling(self) -> bool:
        """Whether to go on one at a time."""
        return self._attempts.struggling

    @property
    def failures(self) -> int:
        """How many attempts have failed one after the other, without a success."""
        return self._attempts.failures

    def take(self, messages: Sequence[Message]) -> None:
        """Let each message take effect or keep it; afterwards all of them may be acknowledged.

        Raises:
            DatabaseAway, Degraded: hand the same messages in again; those that are done change nothing.
        """
        begin = 0
        for index, message in enumerate(messages):
            if is_mark(message):  # it counts exactly what came before it
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
                if self.struggling and not alone:
                    raise Degraded
                self._deliver(handler, in_order[start : start + step])

    def try_kept(self, go_on: Callable[[], bool] = lambda: True) -> int:
        """Give kept deliveries that are due another attempt; how many succeeded.

        Of very many subjects only some: the next call goes on with those that follow. `go_on` is asked before
        each transaction.

        Raises:
            DatabaseAway: what was not decided stays as it was.
        """
        return self._retrying.look(go_on)

    def try_all_kept(self) -> int:
        """The same for every subject.

        Raises:
            DatabaseAway: what was not decided stays as it was.
        """
        return self._retrying.look_at_all()

    def _open_all(self, messages: Sequence[Message]) -> list[Delivery[Event]]:
        """Read messages; what cannot be read or believed is parked, what nobody asked for is passed over.

        Parked before anything takes effect: what follows in the subject of broken data is to be held.
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
        """Let deliveries take effect together; when that fails, halve until only the poison is kept."""
        if self.struggling and len(deliveries) > 1:
            raise Degraded

        def let_take_effect() -> tuple[int, int]:
            with self.sessions.begin() as session:
                fresh = changes.unseen(session, self.subscription, deliveries, self.types)
                if fresh:
                    self._attempts.call(handler, session, fresh)
            return len(fresh), session.info["held"]

        try:
            fresh, held = again(let_take_effect)
        except Exception as exc:  # noqa: BLE001 - whatever a handler raises, the event must not be lost
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
    """Messages in portions that one statement can carry."""
    start = size = 0
    for end, one in enumerate(unread):
        if size and size + len(one.message.body) > PARKED_BYTES:
            yield unread[start:end]
            start, size = end, 0
        size += len(one.message.body)
    if unread:
        yield unread[start:]
