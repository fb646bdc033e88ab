"""Messages that a sender has claimed and that are not sent now."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session, aliased

from hub_notifications.models import Message

MERGED = "merged"  # another message of the thread says everything


def suppress(session: Session, claim_id: UUID, message_id: UUID, reason: str, *, now: datetime) -> None:
    """Do not send a message: what it was about no longer holds."""
    session.execute(
        update(Message)
        .where(Message.id == message_id, Message.claim == claim_id)
        .values(status="suppressed", reason=reason, claim=None, claimed_until=None, changed_at=now)
    )


def put_off(
    session: Session,
    claim_id: UUID,
    message_id: UUID,
    *,
    now: datetime,
    due_at: datetime | None = None,
    retry_at: datetime | None = None,
    reason: str | None = None,
) -> None:
    """Let a message wait, until a hub time or a real time, with no attempt used up."""
    make_room(session, claim_id, message_id, now=now)
    values = {"status": "due", "claim": None, "claimed_until": None, "reason": reason, "changed_at": now}
    if due_at is not None:
        values["due_at"] = due_at
    if retry_at is not None:
        values["retry_at"] = retry_at
    session.execute(
        update(Message).where(Message.id == message_id, Message.claim == claim_id).values(**values)
    )


def make_room(session: Session, claim_id: UUID, message_id: UUID | None = None, *, now: datetime) -> None:
    """Suppress messages that became due in the threads of a claim: what goes back says everything.

    At most one is due for each thread and item.
    """
    claimed = aliased(Message)
    of_claim = [claimed.claim == claim_id]
    if message_id is not None:
        of_claim.append(claimed.id == message_id)
    session.execute(
        update(Message)
        .where(
            Message.status == "due",
            Message.concerns == claimed.concerns,
            Message.recipient_ref == claimed.recipient_ref,
            Message.item == claimed.item,
            *of_claim,
        )
        .values(status="suppressed", reason=MERGED, changed_at=now)
        .execution_options(synchronize_session=False)
    )
