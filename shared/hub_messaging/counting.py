"""Counts of events, updated by the statements that change the rows, so that no table is ever counted.

A publisher counts what the broker has confirmed, a subscriber what it has received, by routing key and for
ever: what retention deletes stays counted. What was published and not received has been lost on the way.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_messaging.marks import Mark
from hub_messaging.tables import StoredRow, inbox_counts, inbox_gaps, outbox_counts

_ROUTING_KEY: Final = "CASE version WHEN 1 THEN type ELSE type || '.v' || version END"  # routing_key_of

MARK_PUBLISHED = sa.text(
    f"""
    WITH marked AS (
      UPDATE outbox SET published_at = clock_timestamp()
      WHERE position = ANY(CAST(:positions AS bigint[])) AND published_at IS NULL
      RETURNING {_ROUTING_KEY} AS routing_key
    )
    INSERT INTO outbox_counts AS known (routing_key, published)
    SELECT routing_key, count(*) FROM marked GROUP BY routing_key ORDER BY routing_key
    ON CONFLICT (routing_key) DO UPDATE SET published = known.published + excluded.published
    """  # noqa: S608 - our own text
)

# An event that is sent again is counted again when the broker has confirmed it.
SEND_AGAIN = sa.text(
    f"""
    WITH published AS (
      SELECT position, {_ROUTING_KEY} AS routing_key FROM outbox
      WHERE recorded_at >= :since AND published_at IS NOT NULL
      FOR UPDATE
    ), uncounted AS (
      UPDATE outbox_counts SET published = outbox_counts.published - again.number
      FROM (SELECT routing_key, count(*) AS number FROM published GROUP BY routing_key) AS again
      WHERE outbox_counts.routing_key = again.routing_key
    ), pending AS (
      UPDATE outbox SET published_at = NULL FROM published WHERE outbox.position = published.position
    )
    SELECT count(*) FROM outbox WHERE recorded_at >= :since
    """  # noqa: S608 - our own text
)


class Kind(NamedTuple):
    """The events of one publisher and routing key that one subscription receives: a row of the counts."""

    subscription: str
    source: str
    routing_key: str


@dataclass(frozen=True)
class Loss:
    """Events of one kind that were published and never arrived."""

    source: str
    routing_key: str
    missing: int
    complete_at: datetime | None  # when the publisher wrote the newest mark by which nothing was missing

    @property
    def publisher(self) -> str:
        """The service that published them."""
        return self.source.rpartition("/")[2]


def published(session: Session | sa.Connection) -> dict[str, int]:
    """Return the number of events that the broker has ever confirmed, by routing key."""
    return {row.routing_key: row.published for row in session.execute(sa.select(outbox_counts))}


def add(session: Session, kind: Kind, *, received: int = 0, done: int = 0, accepted: int = 0) -> None:
    """Add to the counts of one kind of event."""
    changes = {"received": received, "done": done, "accepted": accepted}
    named = kind._asdict()
    new = insert(inbox_counts).values(named | changes | {"newest_at": sa.func.clock_timestamp()})
    added: dict[str, object] = {name: inbox_counts.c[name] + new.excluded[name] for name in changes}
    if received > 0:
        added["newest_at"] = new.excluded.newest_at
    session.execute(new.on_conflict_do_update(index_elements=list(named), set_=added))


def move(session: Session, row: StoredRow, source: str, routing_key: str, *, doubled: bool) -> None:
    """Count an inbox row as another kind of event, because an operator has edited it.

    What a publisher has counted is not changed by that, so neither is what is missing. `doubled`: the row is
    kept under its old name as well.
    """
    if row.subject is not None and not doubled:
        add(session, Kind(row.subscription, row.source, row.type), received=-1, accepted=1)
    # An unreadable message had not been counted: once readable, its event is no longer missing.
    accepted = 0 if row.subject is None else -1
    add(session, Kind(row.subscription, source, routing_key), received=1, accepted=accepted)


def compare(session: Session, subscription: str, mark: Mark) -> list[Loss]:
    """Compare a publisher's counts with those of its deliveries, store the result, return what is missing.

    Every delivery that arrived before the mark has been recorded.
    """
    keys = sorted(mark.subscribed)
    values = {
        "subscription": subscription,
        "source": mark.source,
        "keys": keys,
        "told": [mark.published.get(key, 0) for key in keys],
        "marked_at": mark.written_at,
    }
    return [Loss(mark.source, *row) for row in session.execute(_COMPARE, values)]


def losses(session: Session, subscription: str) -> list[Loss]:
    """Return the events of a subscription that are missing as of the latest marks."""
    return _compared(session, inbox_counts.c.subscription == subscription, inbox_counts.c.missing > 0)


def compared(session: Session) -> list[Loss]:
    """Return the number missing of each kind of event that a mark has counted, 0 included."""
    return _compared(session, inbox_counts.c.marked_at.is_not(None))


def _compared(session: Session, *wanted: sa.ColumnElement[bool]) -> list[Loss]:
    ordered = (inbox_counts.c.subscription, inbox_counts.c.source, inbox_counts.c.routing_key)
    rows = session.execute(sa.select(inbox_counts).where(*wanted).order_by(*ordered))
    return [Loss(row.source, row.routing_key, row.missing, row.complete_at) for row in rows]


def gaps(session: Session) -> int:
    """Count events that took effect without their predecessor, which no operator has accepted yet."""
    return session.scalar(sa.select(sa.func.count()).select_from(inbox_gaps)) or 0


def clear_unsubscribed(session: Session, subscription: str, subscribed: Sequence[str]) -> None:
    """Reset the missing events of types to which this release no longer subscribes."""
    unheard = inbox_counts.c.routing_key.not_in(list(subscribed))
    session.execute(
        sa.update(inbox_counts)
        .where(inbox_counts.c.subscription == subscription, unheard, inbox_counts.c.marked_at.is_not(None))
        .values(missing=0, marked_at=None)
    )


_COMPARE = sa.text(
    """
    WITH marked AS (
      INSERT INTO inbox_counts AS known
        (subscription, source, routing_key, published, marked_at, complete_at, missing)
      SELECT :subscription, :source, routing_key, published, CAST(:marked_at AS timestamptz),
             CASE WHEN published = 0 THEN CAST(:marked_at AS timestamptz) END, published
      FROM unnest(CAST(:keys AS text[]), CAST(:told AS bigint[])) AS told (routing_key, published)
      ON CONFLICT (subscription, source, routing_key) DO UPDATE SET
        published = excluded.published,
        marked_at = excluded.marked_at,
        accepted = CASE WHEN known.accepted > 0  -- what has come after all is not given up any more
                        THEN least(known.accepted, greatest(0, excluded.published - known.received))
                        ELSE known.accepted END,
        complete_at = CASE WHEN excluded.published <= known.received + known.accepted
                           THEN excluded.marked_at ELSE known.complete_at END,
        missing = greatest(0, excluded.published - known.received - known.accepted)
      RETURNING routing_key, missing, complete_at
    )
    SELECT routing_key, missing, complete_at FROM marked WHERE missing > 0 ORDER BY routing_key
    """
)
