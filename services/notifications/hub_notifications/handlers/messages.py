"""Sending a message again on request of hub staff."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub_notifications.commands import ResendMessage
from hub_notifications.domain import messages
from hub_notifications.models import Message
from hub_notifications.store import messages as store
from hub_platform.ids import new_id


def resend_message(session: Session, command: ResendMessage, *, now: datetime, by: str) -> Message:
    """Schedule a copy of a message; the original stays as it is.

    Whether it still applies to the recipient is decided when it is sent. The content of a failed message is
    decided again.

    Raises:
        Unknown: `unknown_message`.
        Conflict: `still_due` or `suppressed`.
    """
    message = store.get_message(session, command.message_id, lock=True)
    messages.check_resend(message.status)
    copy_id = new_id()
    copy = Message(
        id=copy_id,
        template=message.template,
        recipient_ref=message.recipient_ref,
        dedupe_key=messages.resend_key(message.dedupe_key, store.resends_of(session, message.id) + 1),
        concerns=message.concerns,
        item=f"resend:{copy_id}",
        about={"anew": message.item} | message.about,
        status="due",
        attempts=0,
        due_at=now,
        resend_of=message.id,
        resend_by=by,
        created_at=now,
        changed_at=now,
    )
    session.add(copy)
    session.flush()
    return copy
