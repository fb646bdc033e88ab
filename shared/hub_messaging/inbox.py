"""What has been received: the memory that makes a repeated delivery change nothing, and where failures wait.

A delivery whose handler raised is kept here with its body and is tried again later; the events behind it
about the same subject wait for it, in order, and nothing else does.
"""

import hashlib
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_messaging.envelope import Envelope
from hub_messaging.tables import DONE, HELD, PARKED, WAITING, inbox

# How long after a failed attempt the next one comes; after the last of them the delivery is parked.
RETRY_AFTER: Final = tuple(timedelta(seconds=s) for s in (1, 10, 60, 600, 3600))
JITTER: Final = 0.2  # up to a fifth longer, so that many failures do not return in step


# Written once, with arrays for the rows, so that a batch costs two round trips and no building of SQL.
_BLOCKED = sa.text(
    """
    SELECT DISTINCT source, subject FROM inbox
    WHERE subscription = :subscription AND state <> 'done' AND subject IS NOT NULL
    """
)
_RECEIVE = sa.text(
    """
    INSERT INTO inbox (subscription, source, event_id, type, subject, state, body)
    SELECT :subscription, source, event_id, type, subject, :state, body
    FROM unnest(CAST(:sources AS text[]), CAST(:event_ids AS text[]), CAST(:types AS text[]),
                CAST(:subjects AS text[]), CAST(:bodies AS bytea[]))
         WITH ORDINALITY AS delivery (source, event_id, type, subject, body, n)
    ORDER BY n
    ON CONFLICT DO NOTHING
    RETURNING source, event_id
    """
)


class Permanent(Exception):
    """Raised by a handler that will never succeed with this event: it is parked without another attempt."""


@dataclass(frozen=True)
class Delivery:
    """One event as it reached this service."""

    event: Any  # of the class that its type names
    envelope: Envelope
    body: bytes


class Batch(Sequence[Delivery]):
    """Deliveries in order; while one is looked at, events recorded in the session name it as their cause."""

    def __init__(self, session: Session, deliveries: Sequence[Delivery]) -> None:
        self._session = session
        self._deliveries = deliveries

    def __iter__(self) -> Iterator[Delivery]:
        for delivery in self._deliveries:
            set_cause(self._session, delivery)
            yield delivery

    def __getitem__(self, index: Any) -> Any:
        return self._deliveries[index]

    def __len__(self) -> int:
        return len(self._deliveries)


def set_cause(session: Session, delivery: Delivery) -> None:
    """Events recorded in this transaction from now on answer this delivery."""
    session.info["causation_id"] = str(delivery.envelope.id)
    session.info["correlation_id"] = delivery.envelope.correlation_id
    session.info["traceparent"] = delivery.envelope.traceparent


def unseen(session: Session, subscription: str, deliveries: Sequence[Delivery]) -> list[Delivery]:
    """Record deliveries as received; give those that are new and that nothing holds up."""
    blocked = _blocked_subjects(session, subscription)
    free = [d for d in deliveries if (d.envelope.source, d.envelope.subject) not in blocked]
    held = [d for d in deliveries if (d.envelope.source, d.envelope.subject) in blocked]
    if held:
        _insert(session, subscription, held, state=HELD)
    new = _insert(session, subscription, free, state=DONE) if free else set()
    result = []
    for delivery in free:
        key = (delivery.envelope.source, str(delivery.envelope.id))
        if key in new:
            new.remove(key)  # the same event twice in one batch counts once
            result.append(delivery)
    return result


def keep_failed(session: Session, subscription: str, delivery: Delivery, error: BaseException) -> str:
    """Keep a delivery whose first attempt failed; gives its state, waiting or parked."""
    values = _failure(error, attempts=1)
    row = _row(subscription, delivery) | values | {"first_error": values["last_error"], "body": delivery.body}
    session.execute(insert(inbox).values(row).on_conflict_do_nothing())
    return str(values["state"])


def park_unreadable(session: Session, subscription: str, body: bytes, error: BaseException) -> None:
    """Park a message that cannot be understood, its bytes kept as they came."""
    said = _say(error)
    row = {
        "subscription": subscription,
        "source": "",
        "event_id": hashlib.sha256(body).hexdigest(),
        "state": PARKED,
        "attempts": 1,
        "first_error": said,
        "last_error": said,
        "body": body,
    }
    session.execute(insert(inbox).values(row).on_conflict_do_nothing())


def due(session: Session, subscription: str, now: datetime, limit: int = 100) -> list[Any]:
    """Rows that may be tried now, of each subject only the oldest unfinished one; then locked.

    A row is due when its wait is over, or when it was held and what held it is finished.
    """
    oldest = (
        sa.select(sa.func.min(inbox.c.arrival))
        .where(inbox.c.subscription == subscription, inbox.c.state != DONE, inbox.c.subject.is_not(None))
        .group_by(inbox.c.source, inbox.c.subject)
    )
    ready = sa.or_(inbox.c.state == HELD, sa.and_(inbox.c.state == WAITING, inbox.c.next_attempt_at <= now))
    statement = (
        sa.select(inbox)
        .where(inbox.c.subscription == subscription, inbox.c.arrival.in_(oldest), ready)
        .order_by(inbox.c.arrival)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return list(session.execute(statement))


def finish(session: Session, row: Any) -> None:
    """A kept delivery has taken effect."""
    session.execute(
        sa.update(inbox)
        .where(*_is(row))
        .values(state=DONE, body=None, next_attempt_at=None, attempts=row.attempts + 1)
    )


def fail_again(session: Session, row: Any, error: BaseException) -> str:
    """Another attempt at a kept delivery failed; gives its state."""
    values = _failure(error, attempts=row.attempts + 1)
    values["first_error"] = row.first_error or values["last_error"]
    session.execute(sa.update(inbox).where(*_is(row)).values(values))
    return str(values["state"])


def counts(session: Session) -> dict[str, int]:
    """How many deliveries wait, are held and are parked, over all subscriptions of this database."""
    rows = session.execute(
        sa.select(inbox.c.state, sa.func.count().label("n"))
        .where(inbox.c.state != DONE)
        .group_by(inbox.c.state)
    )
    return {WAITING: 0, HELD: 0, PARKED: 0} | {row.state: row.n for row in rows}


def received(session: Session) -> int:
    """How many deliveries have taken effect."""
    return session.scalar(sa.select(sa.func.count()).where(inbox.c.state == DONE)) or 0


def _blocked_subjects(session: Session, subscription: str) -> set[tuple[str, str]]:
    rows = session.execute(_BLOCKED, {"subscription": subscription})
    return {(row.source, row.subject) for row in rows}


def _insert(
    session: Session, subscription: str, deliveries: Sequence[Delivery], *, state: str
) -> set[tuple[str, str]]:
    envelopes = [delivery.envelope for delivery in deliveries]
    rows = {
        "subscription": subscription,
        "state": state,
        "sources": [envelope.source for envelope in envelopes],
        "event_ids": [str(envelope.id) for envelope in envelopes],
        "types": [envelope.type for envelope in envelopes],
        "subjects": [envelope.subject for envelope in envelopes],
        "bodies": [None if state == DONE else delivery.body for delivery in deliveries],
    }
    return {(row.source, row.event_id) for row in session.execute(_RECEIVE, rows)}


def _row(subscription: str, delivery: Delivery) -> dict[str, Any]:
    envelope = delivery.envelope
    return {
        "subscription": subscription,
        "source": envelope.source,
        "event_id": str(envelope.id),
        "type": envelope.type,
        "subject": envelope.subject,
    }


def _failure(error: BaseException, *, attempts: int) -> dict[str, Any]:
    said = _say(error)
    if isinstance(error, Permanent) or attempts > len(RETRY_AFTER):
        return {"state": PARKED, "attempts": attempts, "next_attempt_at": None, "last_error": said}
    wait = RETRY_AFTER[attempts - 1] * (1 + random.random() * JITTER)  # noqa: S311 - jitter, not a secret
    return {
        "state": WAITING,
        "attempts": attempts,
        "next_attempt_at": datetime.now(UTC) + wait,
        "last_error": said,
    }


def _say(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"[:2000]


def _is(row: Any) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        inbox.c.subscription == row.subscription,
        inbox.c.source == row.source,
        inbox.c.event_id == row.event_id,
    )
