"""Forged events that took effect before origins were checked: found with the outboxes, then undone.

An event that took effect is forged when its publisher never recorded it. The publishers' outboxes are the
evidence, as far back as they reach.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_messaging import counting, missing_events
from hub_messaging.delivery_states import DeliveryState
from hub_messaging.envelope import Envelope, Undecodable
from hub_messaging.json_text import JsonObject
from hub_messaging.metrics import recorded_at
from hub_messaging.operator_actions import Operator
from hub_messaging.retries import FORGED
from hub_messaging.stored_deliveries import Key, is_
from hub_messaging.tables import (
    StoredRow,
    inbox,
    inbox_audit,
    inbox_gaps,
    inbox_subjects,
    outbox,
    outbox_forgotten,
    outbox_subjects,
)

BATCH: Final = 2_000  # deliveries compared, or undone, at a time
MARGIN: Final = timedelta(hours=1)  # clocks differ
NEVER_RECORDED: Final = "its publisher never recorded it"
OTHERWISE: Final = "its publisher recorded another event under this id"


@dataclass(frozen=True)
class Received:
    """One row of the inbox, as far as it can be compared."""

    key: Key
    type: str | None
    subject: str | None
    revision: int | None
    state: str
    received_at: datetime
    body: bytes | None


@dataclass(frozen=True)
class Recorded:
    """One row of a publisher's outbox."""

    type: str
    subject: str
    revision: int
    data: JsonObject


@dataclass(frozen=True)
class Forgery:
    """A delivery that no publisher sent."""

    received: Received
    why: str
    hides: str | None = None  # the type of the true event whose id it bears


def received(session: Session) -> Iterator[list[Received]]:
    """Every delivery that names an event, in batches; not those that an operator has edited."""
    columns = (inbox.c.type, inbox.c.subject, inbox.c.revision, inbox.c.state, inbox.c.received_at)
    name = (inbox.c.subscription, inbox.c.source, inbox.c.event_id)
    wanted = sa.select(*name, *columns, inbox.c.body).where(
        inbox.c.source != "", inbox.c.original_body.is_(None)
    )
    for rows in session.execute(wanted, execution_options={"yield_per": BATCH}).partitions():
        yield [
            Received(Key(*row[:3]), *row[3:8], None if row.body is None else bytes(row.body)) for row in rows
        ]


def recorded(publisher: Session, ids: Iterable[str]) -> dict[str, Recorded]:
    """Return the rows that a publisher recorded under these ids."""
    wanted = sa.select(outbox.c.id, outbox.c.type, outbox.c.subject, outbox.c.revision, outbox.c.data)
    rows = publisher.execute(wanted.where(outbox.c.id.in_([*ids])))
    return {str(row.id): Recorded(row.type, row.subject, row.revision, row.data) for row in rows}


def kept_since(publisher: Session) -> datetime | None:
    """The instant from which a publisher's outbox holds everything; None when it never forgot anything."""
    line = publisher.scalar(sa.select(sa.func.max(outbox_forgotten.c.before)))
    first, oldest = publisher.execute(
        sa.select(sa.func.min(outbox.c.position), sa.func.min(outbox.c.published_at))
    ).one()
    if first is None and publisher.scalar(sa.select(sa.exists().select_from(outbox_subjects))):
        return publisher.scalar(sa.select(sa.func.clock_timestamp()))  # it has forgotten everything
    # Earlier releases forgot without writing down how far: then the first positions are gone.
    known = [instant for instant in (line, oldest if (first or 1) > 1 else None) if instant is not None]
    return max(known, default=None)


def is_older(one: Received, since: datetime | None) -> bool:
    """Whether a publisher may have recorded and forgotten an event that its outbox does not hold."""
    if since is None:
        return False
    at = recorded_at(UUID(one.key.event_id)) or one.received_at
    return min(at, one.received_at) < since + MARGIN


def compare(one: Received, known: Recorded | None) -> Forgery | None:
    """Whether a delivery is another event than its publisher recorded under its id, or none of its."""
    if known is None:
        return Forgery(one, NEVER_RECORDED)
    if (one.type, one.subject, one.revision) != (known.type, known.subject, known.revision):
        return Forgery(one, OTHERWISE, known.type)
    if one.body is not None and _data(one.body) not in (None, known.data):
        return Forgery(one, OTHERWISE, known.type)
    return None


def reached_before(publisher: Session, subjects: Iterable[str]) -> dict[str, int]:
    """Subject → the revision up to which its publisher has forgotten its events; true ones reached that."""
    first = (
        sa.select(outbox.c.subject, sa.func.min(outbox.c.revision).label("revision"))
        .where(outbox.c.subject.in_([*subjects]))
        .group_by(outbox.c.subject)
        .subquery()
    )
    wanted = (
        sa.select(
            outbox_subjects.c.subject, sa.func.coalesce(first.c.revision - 1, outbox_subjects.c.revision)
        )
        .outerjoin(first, first.c.subject == outbox_subjects.c.subject)
        .where(outbox_subjects.c.subject.in_([*subjects]))
    )
    return {row[0]: row[1] for row in publisher.execute(wanted)}


def undo(
    session: Session,
    forgeries: Sequence[Forgery],
    reached: Mapping[tuple[str, str], int],
    operator: Operator,
) -> list[Forgery]:
    """Take out of the inbox what forgeries left there; gives those that were, not those in other hands.

    A body that is still there is kept in a dropped row without a subject. A true event that was taken for a
    repeat of a forgery is read from the log.

    Args:
        session: of the subscriber's database.
        forgeries: at most BATCH of them.
        reached: source and subject → as `reached_before` has it.
        operator: who does it, and why.
    """
    undone = [one for one in forgeries if _take_out(session, one, operator)]
    highest: dict[tuple[str, str, str], int] = {}
    for one in [forgery.received for forgery in undone]:
        if one.subject is not None:
            about = (one.key.subscription, one.key.source, one.subject)
            highest[about] = max(highest.get(about, 0), one.revision or 0)
    for about in sorted(highest):
        _go_back(session, about, highest[about], reached.get(about[1:], 0))
    hidden: dict[str, set[str]] = {}
    for forgery in undone:
        if forgery.hides is not None:
            hidden.setdefault(forgery.received.key.subscription, set()).add(forgery.hides)
    for subscription, types in sorted(hidden.items()):
        missing_events.ask(session, subscription, sorted(types), operator)
    return undone


def _received(row: StoredRow) -> Received:
    body = None if row.body is None else bytes(row.body)
    key = Key(row.subscription, row.source, row.event_id)
    return Received(key, row.type, row.subject, row.revision, row.state, row.received_at, body)


def _take_out(session: Session, forgery: Forgery, operator: Operator) -> bool:
    one = forgery.received
    row = session.execute(sa.select(inbox).where(*is_(one.key)).with_for_update(skip_locked=True)).first()
    if row is None or (row.state, row.subject, row.revision) != (one.state, one.subject, one.revision):
        return False
    name = asdict(one.key)
    session.execute(sa.delete(inbox).where(*is_(one.key)))
    session.execute(sa.delete(inbox_gaps).where(*(inbox_gaps.c[part] == name[part] for part in name)))
    if row.type is not None:
        kind = counting.Kind(row.subscription, row.source, row.type)
        counting.add(session, kind, received=-1, done=-int(row.state == DeliveryState.DONE))
    if row.body is not None:
        _keep_body(session, row, forgery.why)
    said = {"by": operator.by, "why": operator.why, "action": "forged"}
    done = {"attempts": row.attempts, "last_error": row.last_error}
    session.execute(sa.insert(inbox_audit).values(name | said | done))
    return True


def _keep_body(session: Session, row: StoredRow, why: str) -> None:
    """Under a name that is not the true event's, like a forgery that comes now."""
    body = bytes(row.body)
    values = {
        "subscription": row.subscription,
        "source": "",
        "event_id": hashlib.sha256(body).hexdigest(),
        "state": DeliveryState.DROPPED,
        "received_at": row.received_at,
        "attempts": row.attempts,
        "first_error": row.first_error or f"{FORGED}{why}",
        "last_error": f"{FORGED}{why}",
        "body": body,
        "exchange": row.exchange,
    }
    session.execute(insert(inbox).values(values).on_conflict_do_nothing())


def _go_back(session: Session, about: tuple[str, str, str], forged: int, floor: int) -> None:
    """Let a subject have come as far as true events have brought it, when a forgery brought it further."""
    subscription, source, subject = about
    columns = (inbox.c.subscription, inbox.c.source, inbox.c.subject)
    true = sa.select(sa.func.max(inbox.c.revision)).where(
        *(column == value for column, value in zip(columns, about, strict=True)),
        inbox.c.state.in_((DeliveryState.DONE, DeliveryState.DROPPED)),
    )
    revision = max(session.scalar(true) or 0, floor)
    known = inbox_subjects.c
    here = (known.subscription == subscription, known.source == source, known.subject == subject)
    further = (*here, known.revision <= forged, known.revision > revision)
    if revision:
        session.execute(sa.update(inbox_subjects).where(*further).values(revision=revision))
    else:
        session.execute(sa.delete(inbox_subjects).where(*further))


def _data(body: bytes) -> Mapping[str, object] | None:
    try:
        return Envelope.from_bytes(body).data
    except Undecodable:
        return None
