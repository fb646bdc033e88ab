"""Operators' view of deliveries without effect: one by one, and by error."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_messaging.delivery_states import UNFINISHED, DeliveryState
from hub_messaging.envelope import Envelope, Undecodable
from hub_messaging.tables import StoredRow, inbox, inbox_audit

_behind = inbox.alias("behind")
# Later deliveries of the subject stay held until this one is done or dropped.
_HELD_BEHIND = (
    sa.select(sa.func.count())
    .where(
        _behind.c.subscription == inbox.c.subscription,
        _behind.c.source == inbox.c.source,
        _behind.c.subject == inbox.c.subject,
        _behind.c.revision > inbox.c.revision,
        _behind.c.state.in_(UNFINISHED),
    )
    .correlate(inbox)
    .scalar_subquery()
)
_COLUMNS = (
    *(column for column in inbox.c if column.name not in {"body", "original_body"}),
    inbox.c.original_body.is_not(None).label("edited"),
)
# The same for all rows in one sort: counting each would be quadratic for many rows of one subject.
_AMONG_OTHERS = (
    sa.func.rank().over(
        partition_by=(inbox.c.subscription, inbox.c.source, inbox.c.subject),
        order_by=inbox.c.revision.desc(),
    )
    - 1
)
_UNFINISHED = (
    sa.select(
        *_COLUMNS,
        sa.case((inbox.c.subject.is_(None), 0), else_=_AMONG_OTHERS).label("behind"),
    )
    .where(inbox.c.state.in_(UNFINISHED))
    .subquery("unfinished")
)


def _error_class(rows: sa.FromClause) -> sa.ColumnElement[str]:
    return sa.func.split_part(sa.func.coalesce(rows.c.last_error, ""), ":", 1)


class Refused(Exception):
    """The action is not possible; the message gives the reason in one sentence. Nothing was changed."""


@dataclass(frozen=True)
class Key:
    """The key of a delivery."""

    subscription: str
    source: str
    event_id: str  # of an undecodable message: the SHA-256 of its bytes


@dataclass(frozen=True)
class StoredDelivery:
    """A delivery that has not taken effect."""

    key: Key
    state: str
    type: str | None  # None, like subject and revision, of an undecodable message
    subject: str | None
    revision: int | None
    received_at: datetime
    attempts: int
    next_attempt_at: datetime | None  # of waiting ones
    first_error: str | None
    last_error: str | None
    behind: int  # later deliveries of its subject that are stored until it is done
    edited: bool


@dataclass(frozen=True)
class Group:
    """Stored deliveries of one type that failed with the same class of error."""

    error: str
    type: str | None
    count: int
    behind: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Action:
    """An operator's action on a delivery."""

    at: datetime
    by: str
    why: str
    action: str
    attempts: int
    last_error: str | None


@dataclass(frozen=True)
class Shown:
    """One delivery with its bodies and history."""

    kept: StoredDelivery
    body: bytes
    original: bytes | None  # the first body, if it has been edited
    history: list[Action]


def stored(
    session: Session,
    states: Iterable[str] = (DeliveryState.PARKED,),
    *,
    error: str | None = None,
    type_: str | None = None,
    limit: int | None = None,
) -> list[StoredDelivery]:
    """Return waiting, held or parked deliveries, oldest first, filtered by class of error and type."""
    wanted = sa.select(_UNFINISHED).where(*_wanted(_UNFINISHED, states, error, type_))
    return _read(session, wanted.order_by(_UNFINISHED.c.arrival).limit(limit))


def count(
    session: Session,
    states: Iterable[str] = (DeliveryState.PARKED,),
    *,
    error: str | None = None,
    type_: str | None = None,
) -> int:
    """Return the number of deliveries that match the filters of `stored`."""
    wanted = sa.select(sa.func.count()).select_from(inbox).where(*_wanted(inbox, states, error, type_))
    return session.scalar(wanted) or 0


def groups(session: Session, states: Iterable[str] = (DeliveryState.PARKED,)) -> list[Group]:
    """Return deliveries grouped by error and type, the largest group first."""
    rows, error = _UNFINISHED.c, _error_class(_UNFINISHED).label("error")
    number = sa.func.count().label("count")
    wanted = (
        sa.select(
            error,
            rows.type,
            number,
            sa.func.sum(rows.behind).label("behind"),
            sa.func.min(rows.received_at).label("first_at"),
            sa.func.max(rows.received_at).label("last_at"),
        )
        .where(*_wanted(_UNFINISHED, states, None, None))
        .group_by(error, rows.type)
        .order_by(number.desc(), error, rows.type)
    )
    return [
        Group(row.error, row.type, row[2], int(row.behind), row.first_at, row.last_at)
        for row in session.execute(wanted)
    ]


def find(session: Session, name: str) -> list[StoredDelivery]:
    """Return deliveries by id or by its first or last characters, including dropped ones."""
    escaped = name.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    named = sa.or_(inbox.c.event_id.like(f"{escaped}%"), inbox.c.event_id.like(f"%{escaped}"))
    # Each part has an index of its own.
    found = _named(session, inbox.c.state.in_(UNFINISHED), named)
    return found + _named(session, inbox.c.state == DeliveryState.DROPPED, named)


def show(session: Session, key: Key) -> Shown:
    """Return one delivery with its bodies and history.

    Raises:
        Refused: it has taken effect, or was never received.
    """
    row = session.execute(sa.select(inbox).where(*is_(key), inbox.c.body.is_not(None))).first()
    if row is None:
        raise Refused(f"{key.event_id} is not stored here: it has taken effect, or was never received.")
    (found,) = _named(session, *is_(key))
    original = None if row.original_body is None else bytes(row.original_body)
    return Shown(found, bytes(row.body), original, history(session, key))


def history(session: Session, key: Key) -> list[Action]:
    """Return operators' actions on a delivery, oldest first."""
    audit = inbox_audit.c
    named = (audit.subscription == key.subscription, audit.source == key.source)
    rows = session.execute(
        sa.select(audit.at, audit.by, audit.why, audit.action, audit.attempts, audit.last_error)
        .where(*named, audit.event_id == key.event_id)
        .order_by(audit.id)
    )
    return [Action(*row) for row in rows]


def name_of(body: bytes) -> tuple[str, str]:
    """Return the source and event id that identify a message here, decodable or not."""
    try:
        envelope = Envelope.from_bytes(body)
    except Undecodable:
        return "", hashlib.sha256(body).hexdigest()
    return envelope.source, str(envelope.id)


def _wanted(
    rows: sa.FromClause, states: Iterable[str], error: str | None, type_: str | None
) -> tuple[sa.ColumnElement[bool], ...]:
    wanted: list[sa.ColumnElement[bool]] = [rows.c.state.in_(list(states))]
    if error is not None:
        wanted.append(_error_class(rows).in_([error]))
    if type_ is not None:
        wanted.append(rows.c.type == type_)
    return tuple(wanted)


def _named(session: Session, *wanted: sa.ColumnElement[bool]) -> list[StoredDelivery]:
    rows = sa.select(*_COLUMNS, _HELD_BEHIND.label("behind"))
    return _read(session, rows.where(*wanted).order_by(inbox.c.arrival))


def _read(session: Session, wanted: sa.Select[*tuple[object, ...]]) -> list[StoredDelivery]:
    names = [field.name for field in fields(StoredDelivery) if field.name != "key"]
    rows = session.execute(wanted)
    return [StoredDelivery(key=key_of(row), **{name: getattr(row, name) for name in names}) for row in rows]


def key_of(row: StoredRow) -> Key:
    """The name of a row."""
    return Key(row.subscription, row.source, row.event_id)


def is_(key: Key) -> tuple[sa.ColumnElement[bool], ...]:
    """The row of a name."""
    return (
        inbox.c.subscription == key.subscription,
        inbox.c.source == key.source,
        inbox.c.event_id == key.event_id,
    )
