"""Where events wait until the broker has confirmed them: written in the transaction of the change itself.

The order within a subject is held by the row lock on its counter: whoever records the next event about it
waits until this transaction has ended, and positions are allotted under that lock.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from hub_messaging.envelope import Envelope, Event
from hub_messaging.tables import outbox, outbox_subjects

WAKE_CHANNEL = "hub_outbox"
ROWS_PER_INSERT = 1_000


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
    revisions = _allot(session, listed)
    cause = {name: session.info.get(name) for name in ("correlation_id", "causation_id", "traceparent")}
    rows: list[dict[str, Any]] = [
        {
            "id": uuid7(),
            "type": event.type,
            "version": event.version,
            "subject": event.subject,
            "revision": revision,
            "occurred_at": occurred_at,
            "recorded_by": by,
            "data": event.to_data(),
            **cause,
        }
        for event, revision in zip(listed, revisions, strict=True)
    ]
    for start in range(0, len(rows), ROWS_PER_INSERT):
        session.execute(insert(outbox).values(rows[start : start + ROWS_PER_INSERT]))
    session.execute(sa.select(sa.func.pg_notify(WAKE_CHANNEL, "")))
    return [row["id"] for row in rows]


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
    following: dict[str, int] = {}
    for start in range(0, len(subjects), ROWS_PER_INSERT):
        part = [{"subject": s, "revision": wanted[s]} for s in subjects[start : start + ROWS_PER_INSERT]]
        statement = insert(outbox_subjects).values(part)
        raised = statement.on_conflict_do_update(
            index_elements=["subject"],
            set_={"revision": outbox_subjects.c.revision + statement.excluded.revision},
        ).returning(outbox_subjects.c.subject, outbox_subjects.c.revision)
        following |= {
            subject: revision - wanted[subject] + 1 for subject, revision in session.execute(raised)
        }
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
