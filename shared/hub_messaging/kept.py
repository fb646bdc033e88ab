"""Deliveries that have not taken effect, as an operator sees them: one by one, and by error."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_messaging.envelope import Envelope, Undecodable
from hub_messaging.tables import DROPPED, PARKED, UNFINISHED, inbox, inbox_audit

_behind = inbox.alias("behind")
# Those that are held stay so until this one is done or dropped.
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
_ERROR_CLASS = sa.func.split_part(sa.func.coalesce(inbox.c.last_error, ""), ":", 1)


class Refused(Exception):
    """What was asked for cannot be done; the message says why in one sentence, and nothing was changed."""


@dataclass(frozen=True)
class Key:
    """The name of a delivery."""

    subscription: str
    source: str
    event_id: str  # of a message that could not be read: the SHA-256 of its bytes


@dataclass(frozen=True)
class Kept:
    """A delivery that has not taken effect."""

    key: Key
    state: str
    type: str | None  # None, like subject and revision, while the message cannot be read
    subject: str | None
    revision: int | None
    received_at: datetime
    attempts: int
    next_attempt_at: datetime | None  # of those that wait
    first_error: str | None
    last_error: str | None
    behind: int  # later events about its subject that are kept until it is done
    edited: bool


@dataclass(frozen=True)
class Group:
    """Kept deliveries of one type that failed with the same class of error."""

    error: str
    type: str | None
    count: int
    behind: int
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True)
class Action:
    """What an operator did to a delivery."""

    at: datetime
    by: str
    why: str
    action: str
    attempts: int
    last_error: str | None


@dataclass(frozen=True)
class Shown:
    """One delivery with everything that is known of it."""

    kept: Kept
    body: bytes
    original: bytes | None  # as it came, when it has been edited
    history: list[Action]


def kept(
    session: Session,
    states: Iterable[str] = (PARKED,),
    *,
    error: str | None = None,
    type_: str | None = None,
    limit: int | None = None,
) -> list[Kept]:
    """Deliveries in these states, oldest first; of one class of error, of one type."""
    return _read(session, *_wanted(states, error, type_), limit=limit)


def count(
    session: Session,
    states: Iterable[str] = (PARKED,),
    *,
    error: str | None = None,
    type_: str | None = None,
) -> int:
    """How many deliveries `kept` gives without a limit."""
    wanted = sa.select(sa.func.count()).select_from(inbox).where(*_wanted(states, error, type_))
    return session.scalar(wanted) or 0


def groups(session: Session, states: Iterable[str] = (PARKED,)) -> list[Group]:
    """The same, together by error and type, the largest group first."""
    each = (
        sa.select(
            _ERROR_CLASS.label("error"), inbox.c.type, inbox.c.received_at, _HELD_BEHIND.label("behind")
        )
        .where(*_wanted(states, None, None))
        .subquery()
    )
    number = sa.func.count().label("count")
    wanted = (
        sa.select(
            each.c.error,
            each.c.type,
            number,
            sa.func.sum(each.c.behind).label("behind"),
            sa.func.min(each.c.received_at).label("first_at"),
            sa.func.max(each.c.received_at).label("last_at"),
        )
        .group_by(each.c.error, each.c.type)
        .order_by(number.desc(), each.c.error, each.c.type)
    )
    return [
        Group(row.error, row.type, row[2], int(row.behind), row.first_at, row.last_at)
        for row in session.execute(wanted)
    ]


def find(session: Session, name: str) -> list[Kept]:
    """Deliveries whose id is, begins with or ends with a name, dropped ones included."""
    escaped = name.lower().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    named = sa.or_(inbox.c.event_id.like(f"{escaped}%"), inbox.c.event_id.like(f"%{escaped}"))
    return _read(session, inbox.c.state.in_((*UNFINISHED, DROPPED)), named)


def show(session: Session, key: Key) -> Shown:
    """Everything about one delivery.

    Raises:
        Refused: it has taken effect, or was never received.
    """
    row = session.execute(sa.select(inbox).where(*is_(key), inbox.c.body.is_not(None))).first()
    if row is None:
        raise Refused(f"{key.event_id} is not kept here: it has taken effect, or was never received.")
    (found,) = _read(session, *is_(key))
    original = None if row.original_body is None else bytes(row.original_body)
    return Shown(found, bytes(row.body), original, history(session, key))


def history(session: Session, key: Key) -> list[Action]:
    """What operators did to a delivery, oldest first."""
    audit = inbox_audit.c
    named = (audit.subscription == key.subscription, audit.source == key.source)
    rows = session.execute(
        sa.select(audit.at, audit.by, audit.why, audit.action, audit.attempts, audit.last_error)
        .where(*named, audit.event_id == key.event_id)
        .order_by(audit.id)
    )
    return [Action(*row) for row in rows]


def name_of(body: bytes) -> tuple[str, str]:
    """The source and event id under which a message is known here, whether it can be read or not."""
    try:
        envelope = Envelope.from_bytes(body)
    except Undecodable:
        return "", hashlib.sha256(body).hexdigest()
    return envelope.source, str(envelope.id)


def _wanted(
    states: Iterable[str], error: str | None, type_: str | None
) -> tuple[sa.ColumnElement[bool], ...]:
    wanted: list[sa.ColumnElement[bool]] = [inbox.c.state.in_(list(states))]
    if error is not None:
        wanted.append(_ERROR_CLASS.in_([error]))
    if type_ is not None:
        wanted.append(inbox.c.type == type_)
    return tuple(wanted)


def _read(session: Session, *wanted: sa.ColumnElement[bool], limit: int | None = None) -> list[Kept]:
    rows = session.execute(
        sa.select(inbox, _HELD_BEHIND.label("behind")).where(*wanted).order_by(inbox.c.arrival).limit(limit)
    )
    return [
        Kept(
            key=key_of(row),
            state=row.state,
            type=row.type,
            subject=row.subject,
            revision=row.revision,
            received_at=row.received_at,
            attempts=row.attempts,
            next_attempt_at=row.next_attempt_at,
            first_error=row.first_error,
            last_error=row.last_error,
            behind=row.behind,
            edited=row.original_body is not None,
        )
        for row in rows
    ]


def key_of(row: Any) -> Key:
    """The name of a row."""
    return Key(row.subscription, row.source, row.event_id)


def is_(key: Key) -> tuple[sa.ColumnElement[bool], ...]:
    """The row of a name."""
    return (
        inbox.c.subscription == key.subscription,
        inbox.c.source == key.source,
        inbox.c.event_id == key.event_id,
    )
