"""Retries of stored deliveries: many in one transaction, halved when one of them fails.

Deliveries held for one are retried right after it, so a long chain takes effect in few transactions.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Final

import structlog
from sqlalchemy.orm import Session

from hub_messaging import changes, retries, retry_order
from hub_messaging.attempts import Attempts, DatabaseAway, Handler
from hub_messaging.database_errors import AWAY, again
from hub_messaging.decoding import Decoder, Unreadable
from hub_messaging.delivery import Delivery
from hub_messaging.envelope import Event
from hub_messaging.messages import Message
from hub_messaging.provenance import Forged
from hub_messaging.retries import RetryPolicy
from hub_messaging.retry_order import RetryCandidate, RetryOrder, SubjectKey
from hub_messaging.tables import StoredRow
from hub_messaging.wall_clock import utc_now

NEVER_AGAIN: Final = RetryPolicy(waits=())  # decoding is pure: a retry would fail again
MOST: Final = 200  # stored deliveries in one transaction
FIRST: Final = 8  # before any measurement
# A transaction shorter or longer than that doubles or halves the next; a failure halves it too.
QUICK_SECONDS, SLOW_SECONDS = 0.1, 0.25

Opened = tuple[StoredRow, Delivery[Event]]  # a row of the inbox, locked, and what is in it

log = structlog.get_logger("hub_messaging.dispatch")


class NotSubscribed(Exception):
    """A stored delivery of a type to which this release does not subscribe."""


@dataclass
class RetryRunner:
    """Retries the stored deliveries of an inbox."""

    attempts: Attempts
    handlers: Mapping[str, Handler]  # by routing key
    opening: Decoder
    policy: RetryPolicy
    size: int = FIRST  # deliveries in the next transaction
    _stuck: set[SubjectKey] = field(default_factory=set)  # subjects that wait for the next query

    def __post_init__(self) -> None:
        self._turns = RetryOrder(self.attempts.subscription)

    def look(self, go_on: Callable[[], bool]) -> int:
        """Retry the deliveries that are due; return the number that succeeded.

        Args:
            go_on: called before each transaction; False ends the run.

        Raises:
            DatabaseAway: deliveries without a result stay as they were.
        """
        self._stuck.clear()
        succeeded = 0
        try:
            with self.attempts.sessions() as session:
                due = self._turns.due(session, utc_now())
            while due and go_on():
                size = 1 if self.attempts.degraded else self.size
                succeeded += self._try_chains(due[:size], size)
                if self.attempts.degraded:
                    break
                del due[:size]
        except AWAY as exc:
            raise DatabaseAway from exc
        return succeeded

    def look_at_all(self) -> int:
        """Retry the due deliveries of every subject; return the number that succeeded."""
        succeeded = self.look(lambda: True)
        while not self._turns.at_start:
            succeeded += self.look(lambda: True)
        return succeeded

    def _try_chains(self, firsts: Sequence[RetryCandidate], size: int) -> int:
        started = time.monotonic()
        with self.attempts.sessions() as session:
            listed = retry_order.follow(session, self.attempts.subscription, firsts, utc_now(), size)
        succeeded = self._try(listed)
        seconds = time.monotonic() - started
        if seconds > SLOW_SECONDS or succeeded < len(listed):
            self.size = max(1, self.size // 2)
        elif seconds < QUICK_SECONDS and len(listed) >= self.size:
            self.size = min(MOST, self.size * 2)
        return succeeded

    def _try(self, listed: Sequence[RetryCandidate]) -> int:
        """Process deliveries in one transaction; on failure halve them until the failing one is alone."""
        wanted = [turn for turn in listed if turn.about not in self._stuck]
        if not wanted or (self.attempts.degraded and len(wanted) > 1):
            return 0
        with self.attempts.sessions.begin() as session:
            rows, stuck = retry_order.lock(session, self.attempts.subscription, wanted)
            opened = self._open_all(session, rows, stuck)
            error = self._take_effect(session, opened) if opened else None
            if error is not None and len(opened) == 1:
                self._fail(session, *opened[0], error)
        if error is None:
            self._count(opened)
        names = {(row.source, row.event_id) for row, _ in opened}
        left = [turn for turn in wanted if error is not None and (turn.source, turn.event_id) in names]
        middle = len(left) // 2
        succeeded = self._try(left[:middle]) + self._try(left[middle:]) if middle else 0
        self._stuck |= stuck
        return len(opened) if error is None else succeeded

    def _open_all(self, session: Session, rows: Sequence[StoredRow], stuck: set[SubjectKey]) -> list[Opened]:
        """Decode rows; invalid ones are parked, and later ones about their subjects skipped.

        Adds such subjects to `stuck`.
        """
        opened = []
        broken: set[SubjectKey] = set()
        for row in rows:
            about = _about(row)
            if about in broken:
                continue
            if changes.is_settled(session, row):
                retries.finish(session, row)
                continue
            try:
                opened.append((row, self._open(row)))
            except Exception as exc:  # noqa: BLE001 - decoding is pure: a retry would fail again
                state = retries.fail_again(session, row, exc, NEVER_AGAIN)
                self.attempts.note_failure(None, state, exc)
                broken |= {about} if about is not None else set()
        stuck |= broken
        return opened

    def _open(self, row: StoredRow) -> Delivery[Event]:
        """Decode a stored row as strictly as at its arrival.

        A row stored before exchanges were recorded is accepted. A forgery stays one even after an edit: the
        row does not hold all the evidence.

        Raises:
            Exception: it is invalid or forged, or its type is no longer subscribed to.
        """
        if retries.was_forged(row):
            raise Forged(str(row.first_error).partition(": ")[2])
        try:
            delivery = self.opening.open(Message(bytes(row.body), row.exchange, from_log=True))
        except Unreadable as exc:
            raise exc.error from exc
        if delivery is None:
            raise NotSubscribed(f"{row.type} is no longer subscribed to here")
        return delivery

    def _take_effect(self, session: Session, opened: Sequence[Opened]) -> Exception | None:
        """Call the handlers in order and finish the rows; return the error, if it was rolled back."""
        deliveries = [delivery for _, delivery in opened]

        def let_take_effect() -> None:
            with session.begin_nested():
                changes.take_over(session, self.attempts.subscription, deliveries, self.handlers)
                first = changes.first(session, self.attempts.subscription, deliveries)
                for handler, run in groupby(first, lambda one: self.handlers[one.envelope.routing_key]):
                    self.attempts.call(handler, session, list(run))
                adopted = [retries.adopt(session, row, delivery.envelope) for row, delivery in opened]
                retries.finish(session, *adopted)

        try:
            again(let_take_effect)
        except Exception as exc:  # noqa: BLE001 - the event must not be lost, whatever is raised
            self.attempts.require_database(exc)
            return exc
        return None

    def _fail(self, session: Session, row: StoredRow, delivery: Delivery[Event], error: Exception) -> None:
        state = retries.fail_again(session, row, error, self.policy)
        self.attempts.count_failure(delivery.envelope, state, error)
        if row.subject is not None:
            self._stuck.add((row.source, row.subject))

    def _count(self, opened: Sequence[Opened]) -> None:
        if opened:
            self.attempts.failures = self.attempts.lost_connections = 0
        for row, _ in opened:
            log.info("retry_succeeded", event_id=row.event_id, type=row.type, attempts=row.attempts + 1)


def _about(row: StoredRow) -> SubjectKey | None:
    return None if row.subject is None else (row.source, row.subject)
