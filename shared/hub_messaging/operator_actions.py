"""Operators' actions on deliveries that have not taken effect: replay, edit, drop.

Every action is recorded with the operator and the reason, in its own transaction. Rows locked by the reader
or another operator are skipped, so no action waits for another.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from hub_messaging import counting, retries, stored_statements
from hub_messaging.delivery_states import DeliveryState
from hub_messaging.envelope import Envelope, Undecodable
from hub_messaging.stored_deliveries import Key, Refused, is_, key_of
from hub_messaging.tables import StoredRow, inbox

# A held delivery has not failed: it follows its predecessor.
OPEN_TO_CHANGE: Final = (DeliveryState.PARKED, DeliveryState.WAITING)
STAYS_FORGED: Final = "did not come through its publisher's exchange and can only be dropped."

_NAME: Final = ("subscription", "source", "event_id")
# Many bodies at once would need much memory, and only `edit` reads one.
_FACTS: Final = tuple(column for column in inbox.c if column.name not in {"body", "original_body"})


@dataclass(frozen=True)
class Operator:
    """An operator's name and reason, recorded with each action."""

    by: str
    why: str

    def __post_init__(self) -> None:
        if not self.by.strip() or not self.why.strip():
            raise Refused("Give your name and the reason: both are recorded with the delivery.")


def replay(session: Session, keys: Sequence[Key], operator: Operator, now: datetime) -> list[Key]:
    """Retry parked deliveries at once, and return their keys.

    Deliveries that are not parked, are locked, or are forged stay as they are. Attempts continue to count: a
    delivery that fails again after the last wait is parked again.

    Raises:
        Refused: only forged deliveries were named.
    """
    taken = _take(session, keys, (DeliveryState.PARKED,), _FACTS)
    rows = [row for row in taken if not retries.was_forged(row)]
    if taken and not rows:
        raise Refused(f"{taken[0].event_id} {STAYS_FORGED}")
    _set(session, rows, state=DeliveryState.WAITING, next_attempt_at=now)
    _write_down(session, rows, operator, "replay")
    return [key_of(row) for row in rows]


def drop(session: Session, keys: Sequence[Key], operator: Operator) -> list[Key]:
    """Drop parked or waiting deliveries, so that later events of their subjects proceed; return their keys.

    Their bodies stay stored.
    """
    rows = _take(session, keys, OPEN_TO_CHANGE, _FACTS)
    _set(session, rows, state=DeliveryState.DROPPED, next_attempt_at=None)
    retries.reach(session, *rows)
    _write_down(session, rows, operator, "drop")
    return [key_of(row) for row in rows]


def edit(session: Session, key: Key, body: bytes, operator: Operator) -> Key:
    """Replace the body of a parked or waiting delivery, and return its key, which follows the body.

    The first body stays stored. A delivery that gets another key leaves a dropped row under the old one: a
    redelivery of the message must change nothing, and deliveries that waited for it must proceed.

    Raises:
        Refused: the body is not an event, or a known one; or the delivery is not open to change, as a
            forged one never is.
    """
    try:
        envelope = Envelope.from_bytes(body)
    except Undecodable as exc:
        raise Refused(f"The new body is not an event: {exc}.") from exc
    rows = _take(session, [key], OPEN_TO_CHANGE)
    if not rows:
        raise Refused(f"{key.event_id} is neither parked nor waiting, or another process has locked it.")
    (row,) = rows
    if retries.was_forged(row):
        raise Refused(f"{key.event_id} {STAYS_FORGED}")
    if bytes(row.body) == body:
        raise Refused("The new body is the same as the old one.")
    named = Key(key.subscription, envelope.source, str(envelope.id))
    _replace(session, row, named, envelope, body)
    counting.move(session, row, named.source, envelope.routing_key, doubled=named != key)
    _write_down(session, [row], operator, "edit")
    if named != key:
        _leave_behind(session, row)
        _write_down(session, [row], operator, "edit", named)
    elif (row.subject, row.revision) != (envelope.subject, envelope.revision):
        retries.reach(session, row)
    return named


def _replace(session: Session, row: StoredRow, named: Key, envelope: Envelope, body: bytes) -> None:
    moved = (row.subject, row.revision) != (envelope.subject, envelope.revision)
    values = {
        "source": named.source,
        "event_id": named.event_id,
        "type": envelope.routing_key,
        "subject": envelope.subject,
        "revision": envelope.revision,
        "body": body,
        "original_body": row.body if row.original_body is None else row.original_body,
        "after_revision": None if moved else row.after_revision,
    }
    try:
        with session.begin_nested():
            session.execute(sa.update(inbox).where(*is_(key_of(row))).values(values))
    except IntegrityError as exc:
        raise Refused(f"An event {named.event_id} of {named.source} is known already.") from exc


def _leave_behind(session: Session, row: StoredRow) -> None:
    names = ("subscription", "source", "event_id", "type", "subject", "revision", "received_at", "attempts")
    errors = {"first_error": row.first_error, "last_error": row.last_error}
    values = {name: getattr(row, name) for name in names} | errors
    session.execute(sa.insert(inbox).values(values | {"state": DeliveryState.DROPPED, "body": row.body}))
    retries.reach(session, row)


def _take(
    session: Session,
    keys: Sequence[Key],
    states: Sequence[str],
    columns: Sequence[sa.ColumnElement[object]] = tuple(inbox.c),
) -> list[StoredRow]:
    """Lock and return the rows of these keys in these states, except those locked by others."""
    if not keys:
        return []
    listed = [sa.bindparam(None, [getattr(key, name) for key in keys], ARRAY(sa.Text)) for name in _NAME]
    named = sa.func.unnest(*listed).table_valued(*_NAME, name="named").render_derived()
    wanted = (
        sa.select(*columns)
        .join(named, sa.and_(*(inbox.c[name] == named.c[name] for name in _NAME)))
        .where(inbox.c.state.in_(states))
        .order_by(inbox.c.arrival)
        .with_for_update(skip_locked=True, of=inbox)
    )
    return list(session.execute(wanted))


def _set(session: Session, rows: Sequence[StoredRow], **values: object) -> None:
    arrivals = [row.arrival for row in rows]
    session.execute(sa.update(inbox).where(inbox.c.arrival.in_(arrivals)).values(values))


def _write_down(
    session: Session, rows: Sequence[StoredRow], operator: Operator, action: str, named: Key | None = None
) -> None:
    keys = [named or key_of(row) for row in rows]
    values = {
        "by": operator.by,
        "why": operator.why,
        "action": action,
        "subscriptions": [key.subscription for key in keys],
        "sources": [key.source for key in keys],
        "event_ids": [key.event_id for key in keys],
        "attempts": [row.attempts for row in rows],
        "errors": [row.last_error for row in rows],
    }
    session.execute(stored_statements.WRITE_DOWN, values)
