"""How a subscriber gets what its queue did not bring: new types, a deleted queue, a gap in a subject.

The order is always the same: the queue is bound first, then the log is read up to a mark written after that,
then the queue is read on. The inbox removes the overlap.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_messaging import inbox, retries
from hub_messaging.dispatch import Dispatcher
from hub_messaging.envelope import Envelope, Undecodable
from hub_messaging.messages import Message
from hub_messaging.metrics import recorded_at
from hub_messaging.tables import inbox_types

MARGIN: Final = timedelta(hours=1)  # clocks differ, and an event may have waited before it was published
PATIENCE: Final = timedelta(seconds=10)  # how long an event waits for an earlier one before the log is asked
EVER: Final = datetime(2000, 1, 1, tzinfo=UTC)  # before any log began
BETWEEN_REPAIRS: Final = timedelta(minutes=5)  # reading the whole log is not done for each gap

log = structlog.get_logger(__name__)


ReadLog = Callable[[datetime | None], Iterable[list[Message]]]
Take = Callable[[list[Message]], None]


class CatchUp:
    """Reads history through a dispatcher when that is needed."""

    def __init__(self, dispatcher: Dispatcher, take: Take) -> None:
        """`take` hands messages to the dispatcher and comes back when all of them are dealt with."""
        self._dispatcher = dispatcher
        self._subscription = dispatcher.subscription
        self._sessions = dispatcher.sessions
        self._take = take
        self._repaired_at = datetime.min.replace(tzinfo=UTC)

    def note_missing_queue(self) -> None:
        """The queue must be made anew: what an earlier one of its name held may be lost."""
        with self._sessions.begin() as session:
            since = _horizon(session, self._subscription)
            if since is None:
                return  # nothing was ever received: every type is behind from the beginning anyway
            session.execute(
                sa.update(inbox_types)
                .where(inbox_types.c.subscription == self._subscription)
                .values(behind_since=sa.func.least(inbox_types.c.behind_since, since))
            )
        log.warning("queue_missing", queue=self._subscription, since=since.isoformat())

    def run(self, read_log: ReadLog) -> None:
        """Read from the log what of the types heard has not been caught up with."""
        with self._sessions() as session:
            behind = _behind(session, self._subscription, self._dispatcher.types)
        if not behind:
            return
        starts = list(behind.values())
        known = [start for start in starts if start is not None]
        since = min(known) if len(known) == len(starts) else None
        for messages in read_log(since):
            self._hand_in(m for m in messages if m.routing_key in behind)
        with self._sessions.begin() as session:
            _caught_up(session, self._subscription, behind)
        log.info("caught_up", queue=self._subscription, types=len(behind))

    def repair(self, read_log: ReadLog, now: datetime) -> None:
        """Look in the log for what deliveries have waited for in vain; what is not there is given up."""
        if now - self._repaired_at < BETWEEN_REPAIRS:
            return
        with self._sessions() as session:
            listed = retries.missing(session, self._subscription, now - PATIENCE)
        if not listed:
            return
        self._repaired_at = now
        subjects = {(gap.source, gap.subject) for gap in listed}
        log.warning("gap", queue=self._subscription, subjects=len(subjects))
        for messages in read_log(None):
            self._hand_in(m for m in messages if _subject_of(m) in subjects)
        with self._sessions.begin() as session:
            for gap in listed:
                if retries.stop_waiting_for(session, self._subscription, gap.source, gap.event_id):
                    log.warning("predecessor_never_came", event_id=gap.event_id, queue=self._subscription)

    def _hand_in(self, messages: Iterator[Message]) -> None:
        wanted = list(messages)
        self._dispatcher.metrics.from_log.inc(len(wanted))
        if wanted:
            self._take(wanted)


def _subject_of(message: Message) -> tuple[str, str] | None:
    try:
        envelope = Envelope.from_bytes(message.body)
    except Undecodable:
        return None
    return envelope.source, envelope.subject


def _horizon(session: Session, subscription: str) -> datetime | None:
    """An instant before which nothing can have been missed.

    What was not received was published after what arrived last, and that not before it was recorded.
    """
    last = inbox.last_arrival(session, subscription)
    if last is None:
        return None
    event_id, received_at = last
    recorded = recorded_at(UUID(event_id))
    return EVER if recorded is None else min(recorded, received_at) - MARGIN


def _behind(session: Session, subscription: str, types: Iterable[str]) -> dict[str, datetime | None]:
    """The types that are to be read from the log, and since when; None is from its beginning."""
    rows = session.execute(sa.select(inbox_types).where(inbox_types.c.subscription == subscription))
    known = {row.type: row.behind_since for row in rows}
    return {t: known.get(t) for t in sorted(types) if t not in known or known[t] is not None}


def _caught_up(session: Session, subscription: str, types: Iterable[str]) -> None:
    rows = [{"subscription": subscription, "type": type_, "behind_since": None} for type_ in types]
    new = insert(inbox_types).values(rows)
    session.execute(
        new.on_conflict_do_update(index_elements=["subscription", "type"], set_={"behind_since": None})
    )
