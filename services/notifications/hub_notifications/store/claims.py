"""Claimed messages that are not sent now: suppressed or postponed."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.orm import Session, aliased

from hub_notifications.models import Message

MERGED = "merged"  # the reason code of a message whose content another message of the thread includes


def suppress(session: Session, claim_id: UUID, message_id: UUID, reason: str, *, now: datetime) -> None:
    """Suppress a claimed message that no longer applies."""
    session.execute(
        update(Message)
        .where(Message.id == message_id, Message.claim == claim_id)
        .values(status="suppressed", reason=reason, claim=None, claimed_until=None, changed_at=now)
    )


@dataclass(frozen=True, kw_only=True)
class Postponement:
    """When a message is claimed again, and why not now; without a time, with the next batch."""

    due_at: datetime | None = None  # hub time
    retry_at: datetime | None = None  # real time
    reason: str | None = None


def postpone(
    session: Session, claim_id: UUID, message_id: UUID, until: Postponement, *, now: datetime
) -> None:
    """Release a claimed message without counting an attempt."""
    suppress_duplicates(session, claim_id, message_id, now=now)
    values = {
        "status": "due",
        "claim": None,
        "claimed_until": None,
        "reason": until.reason,
        "changed_at": now,
    }
    if until.due_at is not None:
        values["due_at"] = until.due_at
    if until.retry_at is not None:
        values["retry_at"] = until.retry_at
    session.execute(
        update(Message).where(Message.id == message_id, Message.claim == claim_id).values(**values)
    )


def suppress_duplicates(
    session: Session, claim_id: UUID, message_id: UUID | None = None, *, now: datetime
) -> None:
    """Suppress messages that became due meanwhile in the threads of a claim, before its own are released.

    At most one message may be due for each thread and item; the released one will include all changes.
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
