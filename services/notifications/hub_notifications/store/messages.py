"""Messages: written down once, claimed, recorded."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, case, cast, func, literal, or_, select, tuple_, update
from sqlalchemy.orm import Session

from hub_notifications.domain.messages import STATUSES
from hub_notifications.models import Message, Visit
from hub_platform.paging import PageRequest


def expired_in_hand(session: Session, *, real_now: datetime) -> Sequence[Message]:
    """Lock and read what was handed to the mail server and never recorded, and whose claim has run out."""
    return session.scalars(
        select(Message)
        .where(Message.status == "sending", Message.claimed_until < real_now, Message.handed_over)
        .order_by(Message.id)
        .with_for_update(skip_locked=True)
    ).all()


def expired_claims(session: Session, *, real_now: datetime) -> Sequence[UUID]:
    """Name the claims of senders that have not been heard of for so long that they are taken for dead."""
    claims = session.scalars(
        select(Message.claim)
        .distinct()
        .where(Message.status == "sending", Message.claimed_until < real_now)
        .order_by(Message.claim)
    )
    return [claim for claim in claims if claim is not None]


def claim(
    session: Session, claim_id: UUID, *, now: datetime, real_now: datetime, until: datetime, limit: int
) -> Sequence[Message]:
    """Take the messages that are due (hub time) and not put off (real time).

    Those that were never put off come first, in the order in which they are due, so that a message that gives
    the mail server trouble does not stand in the way of others; then those whose retry is due longest.

    `until`: the real time until which no other sender sees them.
    """
    put_off = case((Message.reason.is_(None), None), else_=Message.retry_at)
    due = (
        select(Message.id)
        .where(
            Message.status == "due",
            Message.due_at <= now,
            or_(Message.retry_at.is_(None), Message.retry_at <= real_now),
        )
        .order_by(put_off.nulls_first(), Message.due_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte(
            "due"
        )  # evaluated once; a subquery may be evaluated anew for each row, with other rows each time
    )
    taken = session.scalars(
        update(Message)
        .where(Message.id.in_(select(due.c.id)))
        .values(status="sending", claim=claim_id, claimed_until=until, changed_at=now)
        .returning(Message)
    )
    return sorted(taken, key=_in_turn)


def _in_turn(message: Message) -> tuple[bool, float, datetime, UUID]:
    was_put_off = message.reason is not None and message.retry_at is not None
    put_off = message.retry_at.timestamp() if was_put_off and message.retry_at is not None else 0.0
    return was_put_off, put_off, message.due_at, message.id


def hand_over(session: Session, claim_id: UUID, message_id: UUID) -> bool:
    """Note that a message is about to be handed to the mail server; whether this claim still held it."""
    held = session.scalar(
        update(Message)
        .where(Message.id == message_id, Message.claim == claim_id)
        .values(handed_over=True)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return held is not None


def record_sent(
    session: Session, claim_id: UUID, ids: Sequence[UUID], values: dict[str, Any], *, now: datetime
) -> set[UUID]:
    """Record delivery; gives those that this claim still held."""
    rows = session.scalars(
        update(Message)
        .where(Message.id.in_(ids), Message.claim == claim_id)
        .values(
            status="sent",
            sent_at=now,
            attempts=Message.attempts + 1,
            reason=None,
            claim=None,
            claimed_until=None,
            handed_over=False,
            changed_at=now,
            **values,
        )
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return set(rows)


def record_unsent(session: Session, claim_id: UUID, message_id: UUID, values: dict[str, Any]) -> bool:
    """Record that a message was not delivered; whether this claim still held it."""
    held = session.scalar(
        update(Message)
        .where(Message.id == message_id, Message.claim == claim_id)
        .values(claim=None, claimed_until=None, handed_over=False, **values)
        .returning(Message.id)
    )
    return held is not None


def put_back(
    session: Session, claim_id: UUID, *, reason: str | None, retry_at: datetime | None, now: datetime
) -> None:
    """Let everything that a claim still holds wait, with no attempt used up."""
    session.execute(
        update(Message)
        .where(Message.claim == claim_id)
        .values(
            status="due",
            claim=None,
            claimed_until=None,
            handed_over=False,
            reason=reason,
            retry_at=retry_at,
            changed_at=now,
        )
    )


def find(session: Session, message_id: UUID, *, lock: bool = False) -> Message | None:
    """One message."""
    statement = select(Message).where(Message.id == message_id)
    return session.scalar(statement.with_for_update() if lock else statement)


def resends_of(session: Session, message_id: UUID) -> int:
    """How often a message was asked for again."""
    return session.scalar(select(func.count()).where(Message.resend_of == message_id)) or 0


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """Which messages a list asks for; None asks for any."""

    status: str | None = None
    template: str | None = None
    reason: str | None = None
    concerns: str | None = None  # the thread: work-groups/<id>, pd-days/<id> visits/<id> or pd-leads/<id>
    recipients: Collection[str] | None = None
    threads: Collection[tuple[str, str]] | None = None  # subject and recipient
    visits_to: Collection[str] = ()  # URNs: messages about visits to them, beside those of `threads`
    begins: datetime | None = None  # created from this instant
    ends: datetime | None = None  # until just before this one


def list_messages(
    session: Session, page: PageRequest, wanted: Wanted
) -> tuple[Sequence[Message], str | None]:
    """One page of messages, oldest first."""
    statement = select(Message).where(*_conditions(wanted))
    return page.fetch(session, statement, [Message.id])


def _conditions(wanted: Wanted) -> Iterator[ColumnElement[bool]]:
    for name in ("status", "template", "reason", "concerns"):
        value = getattr(wanted, name)
        if value is not None:
            yield getattr(Message, name) == value
    if wanted.recipients is not None:
        yield Message.recipient_ref.in_(wanted.recipients)
    if wanted.threads is not None:
        visits = select(literal("visits/") + cast(Visit.visit_id, Text)).where(
            Visit.urn.in_(wanted.visits_to)
        )
        yield or_(
            tuple_(Message.concerns, Message.recipient_ref).in_(list(wanted.threads)),
            Message.concerns.in_(visits),
        )
    if wanted.begins is not None:
        yield Message.created_at >= wanted.begins
    if wanted.ends is not None:
        yield Message.created_at < wanted.ends


def count_due(session: Session, *, now: datetime) -> int:
    """How many messages are to be sent by a hub time, those being sent included."""
    unsent = or_(Message.status == "sending", (Message.status == "due") & (Message.due_at <= now))
    return session.scalar(select(func.count()).select_from(Message).where(unsent)) or 0


def summary(session: Session) -> dict[str, int]:
    """How many messages are in each status."""
    counts = select(Message.status, func.count().label("n")).group_by(Message.status)
    return dict.fromkeys(STATUSES, 0) | {row.status: row.n for row in session.execute(counts)}
