"""Messages: claiming, recording outcomes, reading by id."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.orm import Session

from hub_kernel.refusals import Unknown
from hub_notifications.domain.messages import Clock
from hub_notifications.models import Message


def expired_in_hand(session: Session, *, real_now: datetime) -> Sequence[Message]:
    """Lock and return the messages of expired claims that were handed over without a recorded outcome."""
    return session.scalars(
        select(Message)
        .where(Message.status == "sending", Message.claimed_until < real_now, Message.handed_over)
        .order_by(Message.id)
        .with_for_update(skip_locked=True)
    ).all()


def expired_claims(session: Session, *, real_now: datetime) -> Sequence[UUID]:
    """Return the ids of expired claims; the processes that made them are assumed to have died."""
    claims = session.scalars(
        select(Message.claim)
        .distinct()
        .where(Message.status == "sending", Message.claimed_until < real_now)
        .order_by(Message.claim)
    )
    return [claim for claim in claims if claim is not None]


def claim(
    session: Session, claim_id: UUID, clock: Clock, *, until: datetime, limit: int
) -> Sequence[Message]:
    """Claim up to `limit` messages that are due (hub time) and not postponed (real time).

    Messages that were never postponed come first, by due time, so that a message the mail server rejects does
    not block others; then those whose retry has been due longest.

    `until`: the real time at which the claim expires.
    """
    postponed_until = case((Message.reason.is_(None), None), else_=Message.retry_at)
    due = (
        select(Message.id)
        .where(
            Message.status == "due",
            Message.due_at <= clock.now,
            or_(Message.retry_at.is_(None), Message.retry_at <= clock.real_now),
        )
        .order_by(postponed_until.nulls_first(), Message.due_at, Message.id)
        .limit(limit)
        .with_for_update(skip_locked=True)
        .cte("due")  # evaluated once; a subquery could be evaluated for each row, with different results
    )
    taken = session.scalars(
        update(Message)
        .where(Message.id.in_(select(due.c.id)))
        .values(status="sending", claim=claim_id, claimed_until=until, changed_at=clock.now)
        .returning(Message)
    )
    return sorted(taken, key=_sending_order)


def _sending_order(message: Message) -> tuple[bool, float, datetime, UUID]:
    """Return the sort key of the ORDER BY in `claim`: RETURNING gives the rows in no order."""
    is_postponed = message.reason is not None and message.retry_at is not None
    until = message.retry_at.timestamp() if is_postponed and message.retry_at is not None else 0.0
    return is_postponed, until, message.due_at, message.id


def mark_handed_over(session: Session, claim_id: UUID, message_id: UUID) -> bool:
    """Mark a message before it is handed to the mail server; return whether the claim is still valid."""
    held = session.scalar(
        update(Message)
        .where(Message.id == message_id, Message.claim == claim_id)
        .values(handed_over=True)
        .returning(Message.id)
        .execution_options(synchronize_session=False)
    )
    return held is not None


def record_sent(
    session: Session, claim_id: UUID, ids: Sequence[UUID], values: Mapping[str, object], *, now: datetime
) -> set[UUID]:
    """Record messages as sent; return the ids that were still claimed by this claim."""
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


def record_undelivered(
    session: Session, claim_id: UUID, message_id: UUID, values: Mapping[str, object]
) -> bool:
    """Record that a message was not delivered; return whether the claim was still valid."""
    held = session.scalar(
        update(Message)
        .where(Message.id == message_id, Message.claim == claim_id)
        .values(claim=None, claimed_until=None, handed_over=False, **values)
        .returning(Message.id)
    )
    return held is not None


def release(
    session: Session, claim_id: UUID, *, reason: str | None, retry_at: datetime | None, now: datetime
) -> None:
    """Make all messages of a claim due again, without counting an attempt."""
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


def get_message(session: Session, message_id: UUID, *, lock: bool = False) -> Message:
    """Return one message.

    Raises:
        Unknown: `unknown_message`.
    """
    statement = select(Message).where(Message.id == message_id)
    message = session.scalar(statement.with_for_update() if lock else statement)
    if message is None:
        raise Unknown("unknown_message", "No message with this id exists.")
    return message


def resends_of(session: Session, message_id: UUID) -> int:
    """Return how many resends of a message were requested."""
    return session.scalar(select(func.count()).where(Message.resend_of == message_id)) or 0


def expire(session: Session, claim_id: UUID, *, at: datetime) -> None:
    """End a claim at a real time; its messages stay claimed until they are released."""
    session.execute(
        update(Message)
        .where(Message.claim == claim_id)
        .values(claimed_until=at)
        .execution_options(synchronize_session=False)
    )
