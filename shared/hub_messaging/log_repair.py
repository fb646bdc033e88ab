"""Repair from the event log: lost events are read from it in small steps while the queue is read on.

There are three triggers: a mark shows that events never arrived, an operator asks for it, or an event waits
for a predecessor that does not arrive. Events that the log lacks stay missing, and a metric shows them.
"""

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

import structlog
from sqlalchemy.orm import Session

from hub_messaging import counting, retries
from hub_messaging.catchup import EVER, MARGIN, CatchUp, LogAway, ReadLog, Take, behind, mark_behind
from hub_messaging.counting import Loss
from hub_messaging.dispatch import Dispatcher
from hub_messaging.envelope import Envelope, Undecodable
from hub_messaging.messages import Message
from hub_messaging.tables import StoredRow
from hub_messaging.wall_clock import utc_now

PATIENCE: Final = timedelta(seconds=10)  # an event waits for its predecessor before the log is read
LOOK_SECONDS: Final = 2.0  # between two checks for missing events
AWAY_SECONDS: Final = 10.0  # until an unavailable log is tried again
BETWEEN_REPAIRS: Final = 300.0  # between two readings of the log for gaps, or for the same loss
HOPELESS_SECONDS: Final = 3600.0  # until a log that lacked the events is read for them again

STEP: Final = 100  # messages dispatched before the queue is read again

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Attempt:
    """The latest reading of the log for a loss."""

    missing: int
    at: float
    whole: bool


class LogRepair:
    """Reads the log in steps; `step` is called between two readings of the queue."""

    def __init__(self, dispatcher: Dispatcher, take: Take, catch_up: CatchUp) -> None:
        """`take` dispatches messages and returns when all of them have been processed."""
        self._dispatcher = dispatcher
        self._subscription = dispatcher.subscription
        self._sessions = dispatcher.sessions
        self._take = take
        self._catch_up = catch_up
        self._reading: Iterator[None] | None = None
        self._look_at = self._repair_at = 0.0
        self._attempts: dict[tuple[str, str], Attempt] = {}

    def step(self, read_log: ReadLog, clock: float) -> bool:
        """Read the next step, and return whether there is more to read at once. `clock` is monotonic."""
        if self._reading is None:
            if clock < self._look_at:
                return False
            self._look_at = clock + LOOK_SECONDS
            self._reading = self._next(read_log, clock)
        try:
            if self._reading is not None and next(self._reading, self) is not self:
                return True
        except LogAway:
            log.warning("event_log_unavailable", queue=self._subscription)
            self._look_at = clock + AWAY_SECONDS
            self._repair_at = 0.0  # gaps are checked again as soon as the log is available
        except BaseException:
            self.abandon()
            raise
        self._reading = None
        return False

    def abandon(self) -> None:
        """Abandon the reading in progress; it is started again later."""
        reading, self._reading = self._reading, None
        if reading is not None:
            self._repair_at = 0.0
        # A reading on a lost connection cannot be closed.
        with contextlib.suppress(Exception):
            if reading is not None:
                reading.close()  # type: ignore[attr-defined]  # a generator

    def _next(self, read_log: ReadLog, clock: float) -> Iterator[None] | None:
        """Return the next reading of the log, if any is due."""
        with self._sessions.begin() as session:
            self._fall_behind(session, clock)
            wanted = behind(session, self._subscription, self._dispatcher.types)
            gaps = [] if clock < self._repair_at else self._gaps(session)
        if wanted:
            log.warning("log_repair_started", queue=self._subscription, types=sorted(wanted))
            return self._hand_in(self._catch_up.read(read_log, wanted), self._forget_gaps)
        if gaps:
            self._repair_at = clock + BETWEEN_REPAIRS
            return self._repair(read_log, gaps)
        return None

    def _fall_behind(self, session: Session, clock: float) -> None:
        """Mark missing events to be read from the log: since it was complete, then from its beginning."""
        for loss in self._losses(session):
            key, last = (loss.source, loss.routing_key), self._attempts.get((loss.source, loss.routing_key))
            since = EVER if last is not None or loss.complete_at is None else loss.complete_at - MARGIN
            if last is not None:
                hopeless = last.whole and last.missing == loss.missing
                if clock - last.at < (HOPELESS_SECONDS if hopeless else BETWEEN_REPAIRS):
                    continue
            self._attempts[key] = Attempt(loss.missing, clock, whole=since == EVER)
            mark_behind(session, self._subscription, [loss.routing_key], since)

    def _losses(self, session: Session) -> list[Loss]:
        """Return the missing events, and forget attempts at those that are no longer missing."""
        losses = counting.losses(session, self._subscription)
        lost = {(loss.source, loss.routing_key) for loss in losses}
        self._attempts = {key: last for key, last in self._attempts.items() if key in lost}
        return losses

    def _gaps(self, session: Session) -> list[StoredRow]:
        return retries.missing(session, self._subscription, utc_now() - PATIENCE)

    def _repair(self, read_log: ReadLog, gaps: list[StoredRow]) -> Iterator[None]:
        """Read the predecessors of held deliveries from the log; those that it lacks are given up."""
        subjects = {(gap.source, gap.subject) for gap in gaps}
        log.warning("gap", queue=self._subscription, subjects=len(subjects))

        def of_subjects() -> Iterator[list[Message]]:
            for messages in read_log(None):
                found = (m for m in messages if _subject_of(m) in subjects)
                yield self._catch_up.counted([m for m in found if not self._catch_up.passes_over(m)])

        yield from self._hand_in(of_subjects())
        with self._sessions.begin() as session:
            for gap in gaps:
                if retries.stop_waiting_for(session, self._subscription, gap.source, gap.event_id):
                    log.warning("predecessor_not_found", event_id=gap.event_id, queue=self._subscription)

    def _hand_in(
        self, batches: Iterator[list[Message]], at_the_end: Callable[[], None] = lambda: None
    ) -> Iterator[None]:
        with contextlib.closing(batches):  # type: ignore[type-var]  # a generator
            for messages in batches:
                for start in range(0, len(messages), STEP):
                    self._take(messages[start : start + STEP])
                    with self._sessions() as session:
                        self._losses(session)
                    yield
                yield
        at_the_end()

    def _forget_gaps(self) -> None:
        """Remove gaps whose events have arrived from the log."""
        with self._sessions.begin() as session:
            retries.forget_gaps(session, self._subscription)


def _subject_of(message: Message) -> tuple[str, str] | None:
    try:
        envelope = Envelope.from_bytes(message.body)
    except Undecodable:
        return None
    return envelope.source, envelope.subject
