"""Deletion of rows past their retention: in small batches, in the order of insertion."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, Protocol
from uuid import uuid4

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_messaging import retention
from hub_messaging.delivery_states import DeliveryState
from hub_messaging.retention import RetentionState, Seen
from hub_messaging.tables import StoredRow, inbox, inbox_forgotten, outbox, outbox_forgotten
from hub_messaging.wall_clock import utc_now

NOTE_SECONDS: Final = 300.0  # between two records of running time; a restart loses at most twice that
TURN_SECONDS: Final = 0.25  # of deletion at a time, while queue and outbox wait
BATCH: Final = 1000  # rows deleted in one transaction

_OID: Final = sa.text("SELECT CAST(CAST(CAST(:name AS text) AS regclass) AS oid)")
_CLOCK: Final = sa.select(sa.func.clock_timestamp())

log = structlog.get_logger(__name__)


class Sessions(Protocol):
    """A sessionmaker, or sessions.OneConnection."""

    def begin(self) -> AbstractContextManager[Session]:
        """Open a transaction that commits at its end."""


@dataclass(frozen=True)
class Rows:
    """The rows of one table that share a retention limit."""

    lines: sa.Table  # stores their limit
    key: Mapping[str, str]  # of the row in that table
    place: sa.Column[int]  # position; grows from row to row
    time: sa.Column[datetime]
    mine: Sequence[sa.ColumnElement[bool]]  # selects the rows
    ended: sa.ColumnElement[bool]  # only finished rows are deleted
    days: int

    def line(self, session: Session) -> StoredRow:
        """Lock and return the row with their limit; insert it if there is none."""
        session.execute(insert(self.lines).values(**self.key).on_conflict_do_nothing())
        return session.execute(sa.select(self.lines).where(*self._key()).with_for_update()).one()

    def write(self, session: Session, **values: object) -> None:
        """Update the row with their limit."""
        session.execute(sa.update(self.lines).where(*self._key()).values(values))

    def head(self, session: Session) -> tuple[int, datetime | None]:
        """Return the last position and the time of the row there."""
        last = sa.select(self.place, self.time).where(*self.mine, self.time.is_not(None))
        row = session.execute(last.order_by(self.place.desc()).limit(1)).first()
        return (0, None) if row is None else (row[0], row[1])

    def oldest(self, session: Session, ripe: int) -> datetime | None:
        """Return the earliest time of the rows up to a position."""
        earliest = sa.select(sa.func.min(self.time)).where(*self.mine, self.ended, self.place <= ripe)
        return session.scalar(earliest)

    def delete(self, session: Session, line: RetentionState, after: int) -> tuple[int, int | None]:
        """Delete a batch of the rows behind a position.

        Returns the number deleted and the position reached; None at the end.
        """
        window = sa.select(self.place).where(
            *self.mine, self.place > after, self.place <= line.ripe(self.days)
        )
        places = list(session.scalars(window.order_by(self.place).limit(BATCH)))
        if not places:
            return 0, None
        table = self.place.table
        old = sa.delete(table).where(
            *self.mine, self.place.between(places[0], places[-1]), self.ended, self.time < line.before
        )
        deleted = session.execute(old).rowcount  # type: ignore[attr-defined]
        return deleted, places[-1] if len(places) == BATCH else None

    def table_oid(self, session: Session) -> int:
        """Return the table's OID: a table that a rebuild has switched to has positions of its own."""
        return int(session.scalar(_OID, {"name": self.place.table.name}) or 0)

    def clock(self, session: Session) -> datetime:
        """Return the database server's time, which stamps the rows."""
        return session.execute(_CLOCK).scalar_one()  # type: ignore[no-any-return]

    def _key(self) -> list[sa.ColumnElement[bool]]:
        return [self.lines.c[name] == value for name, value in self.key.items()] or [self.lines.c.only_row]


def outbox_rows(_session: Session | None = None) -> list[Rows]:
    """Return the published rows of the outbox."""
    ended = outbox.c.published_at.is_not(None)
    return [
        Rows(
            outbox_forgotten,
            {},
            outbox.c.position,
            outbox.c.published_at,
            (),
            ended,
            retention.OUTBOX_DAYS,
        )
    ]


def inbox_rows(subscription: str) -> Callable[[Session], list[Rows]]:
    """Return the inbox rows of a subscription, by source."""

    def rows(session: Session) -> list[Rows]:
        return [_of_source(subscription, source) for source in _sources(session, subscription)]

    return rows


def _of_source(subscription: str, source: str) -> Rows:
    return Rows(
        inbox_forgotten,
        {"subscription": subscription, "source": source},
        inbox.c.arrival,
        inbox.c.received_at,
        (inbox.c.subscription == subscription, inbox.c.source == source),
        inbox.c.state == DeliveryState.DONE,
        retention.INBOX_DAYS,
    )


# Walks the primary key from source to source: a DISTINCT would read every row.
_SOURCES: Final = sa.text(
    """
    WITH RECURSIVE found AS (
      SELECT min(source) AS source FROM inbox WHERE subscription = :subscription
      UNION ALL
      SELECT (SELECT min(source) FROM inbox WHERE subscription = :subscription AND source > found.source)
      FROM found WHERE source IS NOT NULL
    )
    SELECT source FROM found WHERE source <> ''
    """
)


def _sources(session: Session, subscription: str) -> list[str]:
    return list(session.scalars(_SOURCES, {"subscription": subscription}))


@dataclass
class RetentionWorker:
    """Deletes rows for one process; of all processes of a service, one is active."""

    sessions: Sessions
    rows: Callable[[Session], list[Rows]]
    now: Callable[[], datetime] = utc_now
    monotonic: Callable[[], float] = time.monotonic
    me: str = field(default_factory=lambda: str(uuid4()))
    _noted_at: float | None = None
    _seen: dict[str, tuple[str | None, float, float]] = field(default_factory=dict)
    _left: dict[str, tuple[Rows, RetentionState, int]] = field(default_factory=dict)

    def turn(self) -> None:
        """Record running time and delete a batch; cheap when nothing is due."""
        started = self.monotonic()
        if self._noted_at is None or started - self._noted_at >= NOTE_SECONDS:
            self._noted_at = started
            with self.sessions.begin() as session:
                listed = self.rows(session)
            for rows in listed:
                with self.sessions.begin() as session:
                    self._note(session, rows)
        for name in list(self._left):
            while name in self._left and self.monotonic() - started < TURN_SECONDS:
                self._delete(name)

    def _note(self, session: Session, rows: Rows) -> None:
        """Add running time; after a day of it, make a mark and move the limit."""
        name, kept = str(rows.key), rows.line(session)
        elapsed = self._elapsed(name, kept)
        if elapsed is None:
            return
        line = retention.after_running(_line(kept), elapsed)
        table_oid = rows.table_oid(session)
        if kept.table_oid not in (None, table_oid):
            line = RetentionState(line.before, line.waited)  # positions of another table do not apply
        values: dict[str, object] = {"keeper": self.me, "table_oid": table_oid}
        head, newest = rows.head(session)
        clock = min(self.now(), rows.clock(session))
        stopped = retention.contradicts(clock, newest)
        if retention.is_due(line):
            line = retention.marked(line, head, rows.days)
            seen = Seen(clock, newest, rows.oldest(session, line.ripe(rows.days)))
            line = retention.moved(line, seen, rows.days)
            values["moved_at"] = clock
        if "moved_at" in values or kept.keeper != self.me:
            self._left[name] = (rows, line, 0)
        if stopped:
            self._left.pop(name, None)
            log.warning("retention_stopped", table=rows.place.table.name, **rows.key)
        values |= {"before": line.before, "marks": list(line.marks), "stopped": stopped}
        rows.write(session, waited_seconds=line.waited.total_seconds(), **values)
        self._seen[name] = (self.me, line.waited.total_seconds(), self.monotonic())

    def _elapsed(self, name: str, kept: StoredRow) -> timedelta | None:
        """Return the running time to add; None while another process measures it.

        A process that has added nothing since the last look has ended: this one takes over, and its
        unrecorded time is lost.
        """
        now, last = self.monotonic(), self._seen.get(name)
        if kept.keeper == self.me and last is not None:
            return timedelta(seconds=now - last[2])
        found = (kept.keeper, kept.waited_seconds, now)
        self._seen[name] = found
        if kept.keeper is None or (last is not None and last[:2] == found[:2]):
            return timedelta(0)
        self._left.pop(name, None)
        return None

    def _delete(self, name: str) -> None:
        rows, line, after = self._left[name]
        if line.before is None:
            reached = None
        else:
            with self.sessions.begin() as session:
                deleted, reached = rows.delete(session, line, after)
            if deleted:
                log.info("rows_deleted", table=rows.place.table.name, rows=deleted, **rows.key)
        if reached is None:
            del self._left[name]
        else:
            self._left[name] = (rows, line, reached)


def _line(kept: StoredRow) -> RetentionState:
    return RetentionState(
        kept.before, timedelta(seconds=kept.waited_seconds), tuple(kept.marks), kept.stopped
    )
