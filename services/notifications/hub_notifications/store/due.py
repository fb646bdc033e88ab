"""Messages that are due: written down, moved, withdrawn. At most one for each thread and item."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.threads import Thread
from hub_notifications.models import Message
from hub_platform.ids import new_id


@dataclass(frozen=True, kw_only=True)
class Due:
    """A message to write down."""

    thread: Thread
    kind: Kind
    due_at: datetime  # hub time
    item: str = ""  # "" for the e-mail in words
    about: dict[str, Any] = field(default_factory=dict)
    dedupe_key: str | None = None  # none: one of its own


def schedule(
    session: Session, messages: Sequence[Due], *, settled_at: datetime | None, now: datetime
) -> None:
    """Write messages down; one that is due already in a thread takes the new kind and time.

    `settled_at`: the real time before which none is sent, because more of the same change may be on its way.
    """
    rows = [_row(each, settled_at, now) for each in messages]
    if not rows:
        return
    new = insert(Message).values(rows)
    session.execute(
        new.on_conflict_do_update(
            index_elements=["concerns", "recipient_ref", "item"],
            index_where=Message.status == "due",
            set_={
                "template": new.excluded.template,
                "due_at": new.excluded.due_at,
                "about": new.excluded.about,
                "retry_at": func.greatest(Message.retry_at, new.excluded.retry_at),
                "changed_at": new.excluded.changed_at,
            },
        )
    )


def add_new(session: Session, messages: Sequence[Due], *, now: datetime) -> int:
    """Write down messages whose dedupe key is not there yet; gives how many are new."""
    rows = [_row(each, None, now) for each in messages]
    if not rows:
        return 0
    statement = insert(Message).values(rows).on_conflict_do_nothing()
    return len(session.execute(statement.returning(Message.id)).all())


def withdraw(session: Session, threads: Collection[Thread], reason: str, *, now: datetime) -> None:
    """Suppress the e-mails in words that are due in threads in which there is nothing left to tell."""
    if not threads:
        return
    keys = [(each.concerns, str(each.teacher_id)) for each in threads]
    session.execute(
        update(Message)
        .where(
            Message.status == "due",
            Message.item == "",
            tuple_(Message.concerns, Message.recipient_ref).in_(keys),
        )
        .values(status="suppressed", reason=reason, changed_at=now)
    )


def suppress_to(session: Session, recipient_id: UUID, reason: str, *, now: datetime) -> None:
    """Suppress everything that is due to one person; what is being sent is sent."""
    session.execute(
        update(Message)
        .where(Message.recipient_ref == str(recipient_id), Message.status == "due")
        .values(status="suppressed", reason=reason, changed_at=now)
    )


def _row(message: Due, settled_at: datetime | None, now: datetime) -> dict[str, Any]:
    message_id = new_id()
    own_key = f"{message.thread.concerns}:{message.item or 'e-mail'}:{message_id}"
    return {
        "id": message_id,
        "template": str(message.kind),
        "recipient_ref": str(message.thread.teacher_id),
        "dedupe_key": message.dedupe_key or own_key,
        "concerns": message.thread.concerns,
        "item": message.item,
        "about": message.about,
        "status": "due",
        "attempts": 0,
        "due_at": message.due_at,
        "retry_at": settled_at,
        "created_at": now,
        "changed_at": now,
    }
