"""What a subscriber must get from the event log: new types, a deleted queue, types that were not heard.

The order is always the same: the queue is bound first, then the log is read up to a mark written after that,
then the queue is read on. The inbox removes the overlap.
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
    """The event log cannot be read now."""


class CatchUp:
    """Reads history through a dispatcher when that is needed, before the queue is read."""

    def __init__(self, dispatcher: Dispatcher, take: Take) -> None:
        """`take` hands messages to the dispatcher and comes back when all of them are dealt with."""
        self._dispatcher = dispatcher
        self._subscription = dispatcher.subscription
        self._sessions = dispatcher.sessions
        self._take = take

    def note_missing_queue(self) -> None:
        """The queue must be made anew: what an earlier one of its name held may be lost."""
        with self._sessions.begin() as session:
            last = inbox.last_arrival(session, self._subscription)
            if last is None:
                return  # nothing was ever received: every type is behind from the beginning anyway
            since = _horizon(*last)
            fall_behind(session, self._subscription, None, since)
        log.warning("queue_missing", queue=self._subscription, since=since.isoformat())

    def note_types(self) -> None:
        """Types that are known and not heard any more are behind from now on, until they are heard again."""
        heard = sorted(self._dispatcher.types)
        with self._sessions.begin() as session:
            counting.leave_unheard(session, self._subscription, heard)
            for type_ in _left_unheard(session, self._subscription, heard):
                last = inbox.last_arrival(session, self._subscription, type_)
                fall_behind(session, self._subscription, [type_], EVER if last is None else _horizon(*last))
                log.info("type_unsubscribed", queue=self._subscription, type=type_)

    def run(self, read_log: ReadLog) -> None:
        """Read from the log what of the types heard has not been caught up with."""
        with self._sessions() as session:
            wanted = behind(session, self._subscription, self._dispatcher.types)
        if not wanted:
            return
        try:
            for messages in self.read(read_log, wanted):
                self._take(messages)
        except LogAway:
            log.warning("event_log_unavailable", queue=self._subscription, types=len(wanted))
            return  # the queue is read meanwhile; `healing` asks for the log again
        log.info("caught_up", queue=self._subscription, types=len(wanted))

    def read(self, read_log: ReadLog, wanted: Mapping[str, datetime | None]) -> Iterator[list[Message]]:
        """What the log has of types since they are behind; once all is dealt with they no longer are."""
        starts = list(wanted.values())
        known = [start for start in starts if start is not None]
        for messages in read_log(min(known) if len(known) == len(starts) else None):
            # A type heard for the first time has no past here; of others, no effect is to be repeated.
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
        """Note how many messages of the log are handed in."""
        self._dispatcher.metrics.from_log.inc(len(messages))
        return messages

    def passes_over(self, message: Message) -> bool:
        """Whether an event is so old that the inbox could not tell whether it has taken effect."""
        memory = self._dispatcher.memory
        return memory is not None and memory.passes_over(message)


def fall_behind(session: Session, subscription: str, types: Iterable[str] | None, since: datetime) -> None:
    """Let types that are known (None: all of them) be read from the log from an instant on."""
    mine = [inbox_types.c.subscription == subscription]
    if types is not None:
        mine.append(inbox_types.c.type.in_(list(types)))
    earlier = sa.func.least(inbox_types.c.behind_since, since)
    session.execute(sa.update(inbox_types).where(*mine).values(behind_since=earlier))


def behind(session: Session, subscription: str, types: Iterable[str]) -> dict[str, datetime | None]:
    """The types that are to be read from the log, and since when; None is from its beginning."""
    rows = session.execute(sa.select(inbox_types).where(inbox_types.c.subscription == subscription))
    known = {row.type: row.behind_since for row in rows}
    return {t: known.get(t) for t in sorted(types) if t not in known or known[t] is not None}


def _left_unheard(session: Session, subscription: str, heard: list[str]) -> list[str]:
    """Types that have not been noted as not heard; notes which are heard now."""
    mine, is_heard = inbox_types.c.subscription == subscription, inbox_types.c.type.in_(heard)
    left = list(session.scalars(sa.select(inbox_types.c.type).where(mine, inbox_types.c.heard, ~is_heard)))
    session.execute(
        sa.update(inbox_types).where(mine, inbox_types.c.heard != is_heard).values(heard=is_heard)
    )
    return left


def _horizon(event_id: str, received_at: datetime) -> datetime:
    """An instant before which nothing can have been missed after this delivery had arrived.

    What was not received was published after what arrived last, and that not before it was recorded.
    """
    recorded = recorded_at(UUID(event_id))
    return EVER if recorded is None else min(recorded, received_at) - MARGIN


def _caught_up(session: Session, subscription: str, wanted: Mapping[str, datetime | None]) -> None:
    """Note it for types that have not fallen behind further meanwhile."""
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
