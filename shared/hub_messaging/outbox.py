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

from hub_messaging.envelope import Envelope, Event, Posted
from hub_messaging.tables import outbox
from hub_messaging.tracing import current_traceparent

WAKE_CHANNEL = "hub_outbox"

# Written once, with arrays for the rows, so that a command costs two round trips and no building of SQL.
# The place of a type is that of its newest event among the new ones, from 1.
_ALLOT = sa.text(
    """
    INSERT INTO outbox_subjects AS known (subject, revision, latest)
    SELECT subject, events, places
    FROM unnest(CAST(:subjects AS text[]), CAST(:events AS integer[]), CAST(:places AS jsonb[]))
      AS wanted (subject, events, places)
    ON CONFLICT (subject) DO UPDATE SET
      revision = known.revision + excluded.revision,
      before = known.latest,
      latest = known.latest || (
        SELECT jsonb_object_agg(type, known.revision + place::integer)
        FROM jsonb_each_text(excluded.latest) AS named (type, place)
      )
    RETURNING subject, revision, before
    """
)
_WRITE = sa.text(
    """
    WITH written AS (
      INSERT INTO outbox (id, type, version, subject, revision, after, data,
                          occurred_at, recorded_by, correlation_id, causation_id, traceparent)
      SELECT id, type, version, subject, revision, after, data,
             :occurred_at, :recorded_by, :correlation_id, :causation_id, :traceparent
      FROM unnest(CAST(:ids AS uuid[]), CAST(:types AS text[]), CAST(:versions AS integer[]),
                  CAST(:subjects AS text[]), CAST(:revisions AS integer[]), CAST(:after AS text[]),
                  CAST(:data AS jsonb[]))
           WITH ORDINALITY AS event (id, type, version, subject, revision, after, data, n)
      ORDER BY n
    )
    SELECT pg_notify(:channel, '')
    """
)


# The data stay JSON text: they are sent as they are kept.
_UNPUBLISHED = sa.text(
    """
    SELECT position, CAST(id AS text), type, version, subject, revision, occurred_at, CAST(data AS text),
           correlation_id, causation_id, traceparent, after
    FROM outbox WHERE published_at IS NULL ORDER BY position LIMIT :limit
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
    cause["traceparent"] = current_traceparent() or cause["traceparent"]
    places = _allot(session, listed)
    rows = {
        "ids": [str(id_) for id_ in ids],
        "types": [event.type for event in listed],
        "versions": [event.version for event in listed],
        "subjects": [event.subject for event in listed],
        "revisions": [revision for revision, _ in places],
        "after": [after for _, after in places],
        "data": [json.dumps(event.to_data(), ensure_ascii=False) for event in listed],
    }
    session.execute(
        _WRITE, rows | cause | {"occurred_at": occurred_at, "recorded_by": by, "channel": WAKE_CHANNEL}
    )
    return ids


def unpublished(session: Session, source: str, limit: int) -> list[tuple[int, Posted]]:
    """The oldest events that the broker has not confirmed, ready to go, with their positions."""
    return [(row[0], _posted(row, source)) for row in session.execute(_UNPUBLISHED, {"limit": limit})]


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


def oldest_unpublished(session: Session) -> datetime | None:
    """When the event that has waited longest was recorded."""
    waiting = sa.select(outbox.c.recorded_at).where(outbox.c.published_at.is_(None))
    return session.scalar(waiting.order_by(outbox.c.position).limit(1))


def history(
    session: Session, source: str, *, after: int = 0, limit: int = 1000
) -> list[tuple[int, Envelope]]:
    """Published events from the oldest on, with their positions, from behind the position `after`."""
    wanted = (
        sa.select(outbox)
        .where(outbox.c.position > after, outbox.c.published_at.is_not(None))
        .order_by(outbox.c.position)
        .limit(limit)
    )
    return [(row.position, _envelope(row, source)) for row in session.execute(wanted)]


def publish_again(session: Session, since: datetime) -> int:
    """Let the relay send once more what was recorded from an instant on: to a broker that has lost all.

    Subscribers of ours know what they have received; it changes nothing there. Gives how many are sent.
    """
    again = (
        sa.update(outbox)
        .where(outbox.c.recorded_at >= since)
        .values(published_at=None)
        .returning(outbox.c.position)
    )
    return len(session.execute(again).all())


def forget(session: Session, before: datetime) -> int:
    """Delete what the broker confirmed before an instant; gives how many events that were."""
    deleted = sa.delete(outbox).where(outbox.c.published_at < before).returning(outbox.c.position)
    return len(session.execute(deleted).all())


def _allot(session: Session, events: Sequence[Event]) -> list[tuple[int, str | None]]:
    """Lock the subjects and number the events; in one fixed order, so that two senders cannot deadlock.

    Gives the revision of each event and what it comes after.
    """
    wanted: dict[str, list[str]] = {}
    for event in events:
        wanted.setdefault(event.subject, []).append(event.type)
    subjects = sorted(wanted)
    values = {
        "subjects": subjects,
        "events": [len(wanted[subject]) for subject in subjects],
        "places": [json.dumps({t: n for n, t in enumerate(wanted[s], start=1)}) for s in subjects],
    }
    allotted = session.execute(_ALLOT, values)
    known = {row.subject: (row.revision - len(wanted[row.subject]), row.before) for row in allotted}
    places = []
    for event in events:
        revision, before = known[event.subject]
        places.append((revision + 1, _after(before)))
        known[event.subject] = (revision + 1, before | {event.type: revision + 1})
    return places


def _after(newest: dict[str, int]) -> str | None:
    return ",".join(f"{type_}={revision}" for type_, revision in sorted(newest.items())) or None


def _posted(row: Any, source: str) -> Posted:
    _, id_, type_, version, subject, revision, occurred_at, data, *known = row
    envelope = Envelope(id_, source, type_, version, subject, revision, occurred_at, {}, *known)
    return Posted(id_, type_, source, envelope.with_json(data))


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
        after=row.after,
        data=row.data,
    )
