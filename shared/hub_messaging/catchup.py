"""Catching up from the event log: with new types, after a deleted queue, with types subscribed to again.

The order is always the same. The queue is bound, then the log is read up to a mark written after that, then
the queue is read on. The inbox removes the overlap.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_messaging import counting, inbox
from hub_messaging.dispatch import Dispatcher
from hub_messaging.messages import Message
from hub_messaging.metrics import recorded_at
from hub_messaging.tables import inbox_types

MARGIN: Final = timedelta(hours=1)  # clocks differ, and an event may have waited before it was published
EVER: Final = datetime(2000, 1, 1, tzinfo=UTC)  # before any log began

log = structlog.get_logger(__name__)


ReadLog = Callable[[datetime | None], Iterable[list[Message]]]
Take = Callable[[list[Message]], None]


class LogAway(Exception):
    """The event log is unavailable."""


class CatchUp:
    """Reads history through a dispatcher when that is needed, before the queue is read."""

    def __init__(self, dispatcher: Dispatcher, take: Take) -> None:
        """`take` dispatches messages and returns when all of them have been processed."""
        self._dispatcher = dispatcher
        self._subscription = dispatcher.subscription
        self._sessions = dispatcher.sessions
        self._take = take

    def note_missing_queue(self) -> None:
        """Mark all types as behind: the queue does not exist, so messages of an earlier one may be lost."""
        with self._sessions.begin() as session:
            last = inbox.last_arrival(session, self._subscription)
            if last is None:
                return  # nothing was ever received: every type is behind from the beginning
            since = _horizon(*last)
            mark_behind(session, self._subscription, None, since)
        log.warning("queue_missing", queue=self._subscription, since=since.isoformat())

    def note_types(self) -> None:
        """Mark types as behind to which this release no longer subscribes, until a release does again."""
        subscribed = sorted(self._dispatcher.types)
        with self._sessions.begin() as session:
            counting.clear_unsubscribed(session, self._subscription, subscribed)
            for type_ in _newly_unsubscribed(session, self._subscription, subscribed):
                last = inbox.last_arrival(session, self._subscription, type_)
                mark_behind(session, self._subscription, [type_], EVER if last is None else _horizon(*last))
                log.info("type_unsubscribed", queue=self._subscription, type=type_)

    def run(self, read_log: ReadLog) -> None:
        """Read the subscribed types that are behind from the log."""
        with self._sessions() as session:
            wanted = behind(session, self._subscription, self._dispatcher.types)
        if not wanted:
            return
        try:
            for messages in self.read(read_log, wanted):
                self._take(messages)
        except LogAway:
            log.warning("event_log_unavailable", queue=self._subscription, types=len(wanted))
            return  # the queue is read meanwhile; log_repair reads the log later
        log.info("caught_up", queue=self._subscription, types=len(wanted))

    def read(self, read_log: ReadLog, wanted: Mapping[str, datetime | None]) -> Iterator[list[Message]]:
        """Return the log's messages of types that are behind; at the end they are marked as caught up."""
        starts = list(wanted.values())
        known = [start for start in starts if start is not None]
        for messages in read_log(min(known) if len(known) == len(starts) else None):
            # Of a type subscribed to for the first time, all events are read.
            yield self.counted(
                [
                    m
                    for m in messages
                    if m.routing_key in wanted
                    and (wanted[m.routing_key or ""] is None or not self.passes_over(m))
                ]
            )
        with self._sessions.begin() as session:
            _caught_up(session, self._subscription, wanted)

    def counted(self, messages: list[Message]) -> list[Message]:
        """Count messages from the log in the metrics, and return them."""
        self._dispatcher.metrics.from_log.inc(len(messages))
        return messages

    def passes_over(self, message: Message) -> bool:
        """Whether an event is so old that its inbox row may have been deleted."""
        memory = self._dispatcher.memory
        return memory is not None and memory.passes_over(message)


def mark_behind(session: Session, subscription: str, types: Iterable[str] | None, since: datetime) -> None:
    """Mark known types (None: all of them) to be read from the log from an instant on."""
    mine = [inbox_types.c.subscription == subscription]
    if types is not None:
        mine.append(inbox_types.c.type.in_(list(types)))
    earlier = sa.func.least(inbox_types.c.behind_since, since)
    session.execute(sa.update(inbox_types).where(*mine).values(behind_since=earlier))


def behind(session: Session, subscription: str, types: Iterable[str]) -> dict[str, datetime | None]:
    """Return the types to be read from the log and the instant to start at; None is its beginning."""
    rows = session.execute(sa.select(inbox_types).where(inbox_types.c.subscription == subscription))
    known = {row.type: row.behind_since for row in rows}
    return {t: known.get(t) for t in sorted(types) if t not in known or known[t] is not None}


def _newly_unsubscribed(session: Session, subscription: str, subscribed: list[str]) -> list[str]:
    """Store which types are subscribed to now, and return those that no longer are."""
    mine, is_subscribed = inbox_types.c.subscription == subscription, inbox_types.c.type.in_(subscribed)
    known = sa.select(inbox_types.c.type).where(mine, inbox_types.c.heard, ~is_subscribed)
    left = list(session.scalars(known))
    session.execute(
        sa.update(inbox_types).where(mine, inbox_types.c.heard != is_subscribed).values(heard=is_subscribed)
    )
    return left


def _horizon(event_id: str, received_at: datetime) -> datetime:
    """Return an instant before which no event can have been missed, by the last delivery that arrived.

    A missed event was published after that one, which was published no earlier than it was recorded.
    """
    recorded = recorded_at(UUID(event_id))
    return EVER if recorded is None else min(recorded, received_at) - MARGIN


def _caught_up(session: Session, subscription: str, wanted: Mapping[str, datetime | None]) -> None:
    """Store that types have caught up, except those that have fallen further behind meanwhile."""
    rows = [
        {"subscription": subscription, "type": type_, "behind_since": since}
        for type_, since in wanted.items()
    ]
    new = insert(inbox_types).values(rows)
    known = inbox_types.c.behind_since
    further = sa.case((known.is_distinct_from(new.excluded.behind_since), known))
    session.execute(
        new.on_conflict_do_update(
            index_elements=["subscription", "type"], set_={"behind_since": further, "heard": True}
        )
    )
