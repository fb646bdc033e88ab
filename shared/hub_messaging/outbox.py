"""Events that the broker has not confirmed yet, written in the transaction of the change itself.

The row lock on a subject's counter keeps the order within it: the next transaction that records an event
about the subject waits until this one has ended, and positions are allotted under that lock.
"""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from hub_messaging import counting
from hub_messaging.envelope import SCHEMAS, Envelope, Event, Posted, routing_key_of
from hub_messaging.tables import StoredRow, outbox
from hub_messaging.tracing import current_traceparent

WAKE_CHANNEL = "hub_outbox"

# Written once, with arrays for the rows, so that a command costs one round trip and no building of SQL.
# `latest` maps each event type to the index (from 1) of its last event in this transaction, within a subject;
# `earlier` the same of the events before one. Both become revisions here, where the counter is known.
_RECORD = sa.text(
    """
    WITH allotted AS (
      INSERT INTO outbox_subjects AS known (subject, revision, latest)
      SELECT subject, events, latest
      FROM unnest(CAST(:subjects AS text[]), CAST(:events AS integer[]), CAST(:latest AS jsonb[]))
        AS wanted (subject, events, latest)
      ON CONFLICT (subject) DO UPDATE SET
        revision = known.revision + excluded.revision,
        before = known.latest,
        latest = known.latest || (
          SELECT jsonb_object_agg(type, known.revision + position_in_batch::integer)
          FROM jsonb_each_text(excluded.latest) AS named (type, position_in_batch)
        )
      RETURNING subject, revision, before
    ), written AS (
      INSERT INTO outbox (id, type, version, subject, revision, after, data, occurred_at, change_id,
                          recorded_by, correlation_id, causation_id, traceparent)
      SELECT id, type, version, subject, revision - remaining, (
               SELECT string_agg(named.type || '=' || named.revision, ',' ORDER BY named.type COLLATE "C")
               FROM jsonb_each_text(before || coalesce((
                 SELECT jsonb_object_agg(
                   generated.type,
                   revision - remaining - event.position_in_batch + generated.position_in_batch::integer)
                 FROM jsonb_each_text(earlier) AS generated (type, position_in_batch)
               ), '{}')) AS named (type, revision)
             ), data, occurred_at, change_id, :recorded_by, :correlation_id, :causation_id, :traceparent
      FROM unnest(CAST(:ids AS uuid[]), CAST(:types AS text[]), CAST(:versions AS integer[]),
                  CAST(:event_subjects AS text[]), CAST(:positions AS integer[]),
                  CAST(:remaining AS integer[]),
                  CAST(:earlier AS jsonb[]), CAST(:data AS jsonb[]), CAST(:times AS timestamptz[]),
                  CAST(:changes AS text[]))
           WITH ORDINALITY
           AS event (id, type, version, subject, position_in_batch, remaining, earlier, data, occurred_at,
                     change_id, n)
           JOIN allotted USING (subject)
      ORDER BY n
    )
    SELECT pg_notify(:channel, '')
    """
)


# The data stay JSON text: they are sent as they are stored.
_UNPUBLISHED = sa.text(
    """
    SELECT position, CAST(id AS text), type, version, subject, revision, occurred_at, CAST(data AS text),
           correlation_id, causation_id, traceparent, after, change_id
    FROM outbox WHERE published_at IS NULL ORDER BY position LIMIT :limit
    """
)


def record(session: Session, event: Event, *, occurred_at: datetime, by: str | None = None) -> UUID:
    """Record an event; it is published once this transaction has been committed.

    Args:
        session: the transaction that makes the change.
        event: the event to record.
        occurred_at: the instant of the event (aware), not that of its publication.
        by: the account that caused it; stays in this database.
    """
    return record_all(session, [event], occurred_at=occurred_at, by=by)[0]


def record_all(
    session: Session, events: Iterable[Event], *, occurred_at: datetime, by: str | None = None
) -> list[UUID]:
    """Record many events in their order, in few statements; otherwise as `record`."""
    return record_each(session, [(event, occurred_at) for event in events], by=by)


def record_each(
    session: Session | sa.Connection,
    facts: Iterable[tuple[Event, datetime]],
    *,
    by: str | None = None,
    ids: Sequence[UUID] | None = None,
    change_ids: Sequence[str | None] | None = None,
) -> list[UUID]:
    """Record many events, each with its own instant (aware), in the order given.

    `ids` and `change_ids` are given where events are versions of a change, one of each for every event.

    Raises:
        ValueError: an instant has no time zone; nothing is recorded.
    """
    listed = list(facts)
    if not listed:
        return []
    if any(occurred_at.tzinfo is None for _, occurred_at in listed):
        raise ValueError("occurred_at needs a time zone")
    events = [event for event, _ in listed]
    ids = list(ids or (uuid7() for _ in events))
    cause = {name: session.info.get(name) for name in ("correlation_id", "causation_id", "traceparent")}
    cause["traceparent"] = current_traceparent() or cause["traceparent"]
    rows = {
        "ids": [str(id_) for id_ in ids],
        "types": [event.type for event in events],
        "versions": [event.version for event in events],
        "data": [json.dumps(event.to_data(), ensure_ascii=False) for event in events],
        "times": [occurred_at for _, occurred_at in listed],
        "changes": list(change_ids or [None] * len(events)),
    }
    session.execute(_RECORD, rows | _order(events) | cause | {"recorded_by": by, "channel": WAKE_CHANNEL})
    return ids


def unpublished(
    session: Session | sa.Connection, source: str, limit: int, schemas: str = SCHEMAS
) -> list[tuple[int, Posted]]:
    """Return the oldest events that the broker has not confirmed, ready to publish, with their positions."""
    return [
        (row[0], _posted(row, source, schemas)) for row in session.execute(_UNPUBLISHED, {"limit": limit})
    ]


def mark_published(session: Session | sa.Connection, positions: Sequence[int]) -> None:
    """Mark events as confirmed by the broker."""
    session.execute(counting.MARK_PUBLISHED, {"positions": list(positions)})


def counts(session: Session) -> tuple[int, int]:
    """Return the numbers of events ever recorded here and of those not published yet."""
    waiting = pending(session)
    return sum(counting.published(session).values()) + waiting, waiting


def pending(session: Session) -> int:
    """Return the number of events not published yet."""
    waiting = sa.select(sa.func.count()).select_from(outbox).where(outbox.c.published_at.is_(None))
    return session.scalar(waiting) or 0


def oldest_unpublished(session: Session) -> datetime | None:
    """Return the instant at which the oldest unpublished event was recorded."""
    waiting = sa.select(outbox.c.recorded_at).where(outbox.c.published_at.is_(None))
    return session.scalar(waiting.order_by(outbox.c.position).limit(1))


def history(
    session: Session, source: str, *, after: int = 0, limit: int = 1000
) -> list[tuple[int, Envelope]]:
    """Return published events behind the position `after`, oldest first, with their positions."""
    wanted = (
        sa.select(outbox)
        .where(outbox.c.position > after, outbox.c.published_at.is_not(None))
        .order_by(outbox.c.position)
        .limit(limit)
    )
    return [(row.position, envelope_of(row, source)) for row in session.execute(wanted)]


def publish_again(session: Session, since: datetime) -> int:
    """Make the relay publish again the events recorded from an instant on: after the broker lost its data.

    Our subscribers recognise repeats, which change nothing there. Returns the number of events.
    """
    return int(session.execute(counting.SEND_AGAIN, {"since": since}).scalar_one())


def _order(events: Sequence[Event]) -> dict[str, Sequence[object]]:
    """Return each event's position among the new ones of its subject, and the subjects to lock.

    They are locked in one fixed order, so that two transactions cannot deadlock.
    """
    subjects = [event.subject for event in events]
    latest: dict[str, dict[str, int]] = {subject: {} for subject in sorted(set(subjects))}
    counts = Counter(subjects)
    reached: Counter[str] = Counter()
    positions, earlier = [], []
    for event, subject in zip(events, subjects, strict=True):
        reached[subject] += 1
        positions.append(reached[subject])
        earlier.append(json.dumps(latest[subject]))
        latest[subject][routing_key_of(event.type, event.version)] = reached[subject]
    return {
        "subjects": list(latest),
        "events": [counts[subject] for subject in latest],
        "latest": [json.dumps(newest) for newest in latest.values()],
        "event_subjects": subjects,
        "positions": positions,
        "remaining": [counts[one] - position for one, position in zip(subjects, positions, strict=True)],
        "earlier": earlier,
    }


def _posted(row: StoredRow, source: str, schemas: str) -> Posted:
    _, id_, type_, version, subject, revision, occurred_at, data, *known = row
    envelope = Envelope(id_, source, type_, version, subject, revision, occurred_at, {}, *known)
    return Posted(id_, type_, envelope.routing_key, source, envelope.with_json(data, schemas))


def envelope_of(row: StoredRow, source: str) -> Envelope:
    """Return the envelope of a row of the outbox."""
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
        change_id=row.change_id,
        data=row.data,
    )
