"""Messages: written down once, claimed, recorded."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.orm import Session

from hub_notifications.domain.messages import STATUSES
from hub_notifications.models import Message
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


def list_messages(
    session: Session,
    page: PageRequest,
    *,
    status: str | None = None,
    template: str | None = None,
    reason: str | None = None,
) -> tuple[Sequence[Message], str | None]:
    """One page of messages, oldest first."""
    statement = select(Message)
    if status is not None:
        statement = statement.where(Message.status == status)
    if template is not None:
        statement = statement.where(Message.template == template)
    if reason is not None:
        statement = statement.where(Message.reason == reason)
    return page.fetch(session, statement, [Message.id])


def count_due(session: Session, *, now: datetime) -> int:
    """How many messages are to be sent by a hub time, those being sent included."""
    unsent = or_(Message.status == "sending", (Message.status == "due") & (Message.due_at <= now))
    return session.scalar(select(func.count()).select_from(Message).where(unsent)) or 0


def summary(session: Session) -> dict[str, int]:
    """How many messages are in each status."""
    counts = select(Message.status, func.count().label("n")).group_by(Message.status)
    return dict.fromkeys(STATUSES, 0) | {row.status: row.n for row in session.execute(counts)}
