"""Due messages; at most one for each thread and item."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import func, tuple_, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from hub_notifications.domain.kinds import Kind
from hub_notifications.domain.notified import Facts
from hub_notifications.domain.threads import Thread
from hub_notifications.models import Message
from hub_platform.ids import new_id


@dataclass(frozen=True, kw_only=True)
class Due:
    """A message to schedule."""

    thread: Thread
    kind: Kind
    due_at: datetime  # hub time
    item: str = ""  # "" for the e-mail; otherwise entry:…, reminder:… or last-day:…
    about: Facts = field(default_factory=dict)
    dedupe_key: str | None = None  # None: a new key of its own


def schedule(
    session: Session, messages: Sequence[Due], *, settled_at: datetime | None, now: datetime
) -> None:
    """Insert messages; a message that is already due for the same thread and item gets the new kind and time.

    `settled_at`: the real time before which none is sent, because more events of the same change may arrive.
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
    """Insert messages whose deduplication key is new; return how many were inserted."""
    rows = [_row(each, None, now) for each in messages]
    if not rows:
        return 0
    statement = insert(Message).values(rows).on_conflict_do_nothing()
    return len(session.execute(statement.returning(Message.id)).all())


def suppress_in(session: Session, threads: Collection[Thread], reason: str, *, now: datetime) -> None:
    """Suppress the e-mails that are due in some threads; due calendar entries and reminders stay."""
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
    """Suppress every due message to one person; a message that is being sent is still sent."""
    session.execute(
        update(Message)
        .where(Message.recipient_ref == str(recipient_id), Message.status == "due")
        .values(status="suppressed", reason=reason, changed_at=now)
    )


def _row(message: Due, settled_at: datetime | None, now: datetime) -> dict[str, object]:
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
