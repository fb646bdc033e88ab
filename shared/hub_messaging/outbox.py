"""Where events wait until the broker has confirmed them: written in the transaction of the change itself.

The order within a subject is held by the row lock on its counter: whoever records the next event about it
waits until this transaction has ended, and positions are allotted under that lock.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from hub_messaging.envelope import Envelope, Event
from hub_messaging.tables import outbox

WAKE_CHANNEL = "hub_outbox"

# Written once, with arrays for the rows, so that a command costs two round trips and no building of SQL.
_ALLOT = sa.text(
    """
    INSERT INTO outbox_subjects (subject, revision)
    SELECT subject, events
    FROM unnest(CAST(:subjects AS text[]), CAST(:events AS integer[])) AS wanted (subject, events)
    ON CONFLICT (subject) DO UPDATE SET revision = outbox_subjects.revision + excluded.revision
    RETURNING subject, revision
    """
)
_WRITE = sa.text(
    """
    WITH written AS (
      INSERT INTO outbox (id, type, version, subject, revision, data,
                          occurred_at, recorded_by, correlation_id, causation_id, traceparent)
      SELECT id, type, version, subject, revision, data,
             :occurred_at, :recorded_by, :correlation_id, :causation_id, :traceparent
      FROM unnest(CAST(:ids AS uuid[]), CAST(:types AS text[]), CAST(:versions AS integer[]),
                  CAST(:subjects AS text[]), CAST(:revisions AS integer[]), CAST(:data AS jsonb[]))
           WITH ORDINALITY AS event (id, type, version, subject, revision, data, n)
      ORDER BY n
    )
    SELECT pg_notify(:channel, '')
    """
)


def record(session: Session, event: Event, *, occurred_at: datetime, by: str | None = None) -> UUID:
    """Write down that something happened; it is published once this transaction has been committed.

    Args:
        session: the transaction that makes the change.
        event: what happened.
        occurred_at: when it happened (aware), never when it was sent.
        by: the subject of whoever did it; stays in this database.
    """
    return record_all(session, [event], occurred_at=occurred_at, by=by)[0]


def record_all(
    session: Session, events: Iterable[Event], *, occurred_at: datetime, by: str | None = None
) -> list[UUID]:
    """Write down many events, in their order; the same promise as `record`, in few statements."""
    if occurred_at.tzinfo is None:
        raise ValueError("occurred_at needs a time zone")
    listed = list(events)
    if not listed:
        return []
    ids = [uuid7() for _ in listed]
    cause = {name: session.info.get(name) for name in ("correlation_id", "causation_id", "traceparent")}
    rows = {
        "ids": [str(id_) for id_ in ids],
        "types": [event.type for event in listed],
        "versions": [event.version for event in listed],
        "subjects": [event.subject for event in listed],
        "revisions": _allot(session, listed),
        "data": [json.dumps(event.to_data(), ensure_ascii=False) for event in listed],
    }
    session.execute(
        _WRITE, rows | cause | {"occurred_at": occurred_at, "recorded_by": by, "channel": WAKE_CHANNEL}
    )
    return ids


def unpublished(session: Session, source: str, limit: int) -> list[tuple[int, Envelope]]:
    """The oldest events that the broker has not confirmed, with their positions."""
    rows = session.execute(
        sa.select(outbox).where(outbox.c.published_at.is_(None)).order_by(outbox.c.position).limit(limit)
    )
    return [(row.position, _envelope(row, source)) for row in rows]


def mark_published(session: Session, positions: Sequence[int]) -> None:
    """Note that the broker has confirmed these."""
    session.execute(
        sa.update(outbox)
        .where(outbox.c.position == sa.any_(sa.cast(list(positions), sa.ARRAY(sa.BigInteger))))
        .values(published_at=sa.func.clock_timestamp())
    )


def counts(session: Session) -> tuple[int, int]:
    """How many events were ever recorded here, and how many of them wait to be published."""
    waiting = sa.func.count().filter(outbox.c.published_at.is_(None))
    row = session.execute(sa.select(sa.func.count(), waiting).select_from(outbox)).one()
    return row[0], row[1]


def _allot(session: Session, events: Sequence[Event]) -> list[int]:
    """Lock the subjects and number the events; in one fixed order, so that two senders cannot deadlock."""
    wanted: dict[str, int] = {}
    for event in events:
        wanted[event.subject] = wanted.get(event.subject, 0) + 1
    subjects = sorted(wanted)
    raised = session.execute(_ALLOT, {"subjects": subjects, "events": [wanted[s] for s in subjects]})
    following = {row.subject: row.revision - wanted[row.subject] + 1 for row in raised}
    revisions = []
    for event in events:
        revisions.append(following[event.subject])
        following[event.subject] += 1
    return revisions


def _envelope(row: Any, source: str) -> Envelope:
    return Envelope(
        id=row.id,
        source=source,
        type=row.type,
        version=row.version,
        subject=row.subject,
        revision=row.revision,
        time=row.occurred_at,
        correlation_id=row.correlation_id,
        causation_id=row.causation_id,
        traceparent=row.traceparent,
        data=row.data,
    )
