"""The edge that monitors the event log for a publisher: it exists, is bound, and lacks no event.

Once a minute a mark is written through the publisher's exchange and must arrive in the log within seconds.
Its offset is stored: between two marks there must be as many events as were published.
"""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import sqlalchemy as sa
import structlog
from prometheus_client import Gauge
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from hub_messaging import counting
from hub_messaging.amqp_types import Connection
from hub_messaging.event_log import (
    Unbound,
    events_between,
    mark_stands_at,
    place_of_new_mark,
    tell_subscribers,
)
from hub_messaging.publisher import Unconfirmed
from hub_messaging.tables import outbox_log
from hub_messaging.topology import LOG_QUEUE
from hub_messaging.wire import BROKER_ERRORS, Missing, connected, require_log

EVERY_SECONDS: Final = 60.0
AGAIN_SECONDS: Final = (
    3.0  # until a first suspicion is checked again: a broker that is starting may not be complete
)
QUIET_TIMES: Final = 5  # fewer marks while nothing is published: each of them stays in the log
LATE_SECONDS: Final = 5.0  # for a mark to arrive
COUNTED: Final = (
    2_000  # messages between two marks that are read and counted; of more only the offsets are compared
)

MISSING: Final = "missing"
UNBOUND: Final = "unbound"
BEHIND: Final = "behind"
REASONS: Final = (MISSING, UNBOUND, BEHIND)
REMEDY: Final = "hubctl log restore makes it whole"

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Remembered:
    """The latest mark that arrived, as stored in the database."""

    mark_offset: int = -1  # before the first message of a log
    published: int | None = 0  # events, ever, when it was written; None: set by the next mark
    trouble: str | None = None


def words_of(reason: str, service: str) -> str:
    """Return the sentence of a reason, for operators."""
    return {
        MISSING: f"the event log {LOG_QUEUE} is missing from the broker: {REMEDY}",
        UNBOUND: f"events of {service} do not reach the event log, which is not bound: {REMEDY}",
        BEHIND: f"the event log lacks events of {service}: {REMEDY}",
    }[reason]


def remembered(session: Session) -> Remembered:
    """Return the stored state."""
    row = session.execute(sa.select(outbox_log)).one_or_none()
    return Remembered() if row is None else Remembered(row.mark_offset, row.published, row.trouble)


def remember(session: Session, seen: Remembered) -> None:
    """Replace the stored state."""
    session.execute(sa.delete(outbox_log))
    values = {"mark_offset": seen.mark_offset, "published": seen.published, "trouble": seen.trouble}
    session.execute(sa.insert(outbox_log).values(seen_at=sa.func.clock_timestamp(), **values))


class LogMonitor:
    """Checks the log for one publisher. `trouble` is one of REASONS, or None."""

    def __init__(
        self,
        service: str,
        uri: str,
        sessions: sessionmaker[Session],
        gauge: Gauge,
        every: float = EVERY_SECONDS,
    ) -> None:
        """`every`: seconds between checks."""
        self._every = every
        self._service = service
        self._uri = uri
        self._sessions = sessions
        self._gauge = gauge
        self._say(None)
        self.begin()

    @property
    def detail(self) -> str | None:
        """The reason for the readiness probe, or None."""
        return None if self.trouble is None else words_of(self.trouble, self._service)

    def begin(self) -> None:
        """Check at once: this process has become the active relay."""
        self._due = self._mark_due = self._ask_at = 0.0
        self._suspected: str | None = None

    def leave(self) -> None:
        """Clear the state: another process is the active relay and checks."""
        self._say(None)

    def look_when_due(self, giving_up: Callable[[], bool]) -> None:
        """Check the log if a check is due; findings are no errors. `giving_up` ends waiting."""
        if giving_up() or (time.monotonic() < self._due and not self._was_restored()):
            return
        until = time.monotonic() + 2 * LATE_SECONDS
        try:
            with connected(self._uri) as connection:
                found = self._judge(connection, lambda: giving_up() or time.monotonic() > until)
        except (*BROKER_ERRORS, Unconfirmed, SQLAlchemyError) as exc:
            log.info("event_log_check_failed", error=type(exc).__name__)
        else:
            if found in (None, self.trouble, self._suspected):
                self._say(found)
            self._suspected = found
        again = self._suspected != self.trouble
        self._due = time.monotonic() + (min(AGAIN_SECONDS, self._every) if again else self._every)

    def _was_restored(self) -> bool:
        """Whether an operator has restored the log since the fault was found, so that a check is due."""
        if self.trouble is None or time.monotonic() < self._ask_at:
            return False
        self._ask_at = time.monotonic() + AGAIN_SECONDS
        try:
            with self._sessions() as session:
                return remembered(session).trouble is None
        except SQLAlchemyError:
            return False

    def _say(self, trouble: str | None) -> None:
        before = getattr(self, "trouble", None)
        if trouble != before:
            log.warning("event_log_trouble", reason=trouble, before=before)
        self.trouble = trouble
        for reason in REASONS:
            self._gauge.labels(reason).set(reason == trouble)

    def _judge(self, connection: Connection, giving_up: Callable[[], bool]) -> str | None:
        """Return the reason why the log is faulty now, or None."""
        with self._sessions() as session:
            counts, last = counting.published(session), remembered(session)
        published = sum(counts.values())
        if last.published == published and last.trouble is None and time.monotonic() < self._mark_due:
            with contextlib.suppress(Missing):
                require_log(connection)
                if mark_stands_at(connection, self._service, last.mark_offset, LATE_SECONDS):
                    return None
        offset, found = None, None
        try:
            offset = place_of_new_mark(connection, self._service, counts, LATE_SECONDS, giving_up)
        except Unbound:
            found = UNBOUND
        except Missing:
            found = MISSING
            tell_subscribers(connection, self._service, counts, giving_up)
        if offset is not None and self._lacks(connection, last, offset, published):
            found = self._suspected = BEHIND  # certain at the first check
        elif offset is None and found is None:  # confirmed, and not in the log
            found = UNBOUND
        if last.trouble == BEHIND:  # until an operator has restored it
            return found or BEHIND
        if found is None and offset is not None:
            self._keep(Remembered(offset, published))
            self._mark_due = time.monotonic() + QUIET_TIMES * self._every
        elif found == self._suspected:
            self._keep(replace(last, trouble=found))
        return found

    def _lacks(self, connection: Connection, last: Remembered, offset: int, published: int) -> bool:
        """Whether the log holds fewer events since the newest mark than were published since."""
        if offset <= last.mark_offset:
            return True  # it was recreated, or has lost its end
        if last.published is None or published <= last.published:
            return False
        came = offset - last.mark_offset - 1
        if came <= COUNTED:
            came = events_between(connection, self._service, last.mark_offset + 1, offset, 2 * LATE_SECONDS)
        return came < published - last.published

    def _keep(self, seen: Remembered) -> None:
        with self._sessions.begin() as session:
            remember(session, seen)
