"""Messages: looked at, counted, sent again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hub_kernel.refusals import Unknown
from hub_notifications.commands import ResendMessage
from hub_notifications.domain import messages
from hub_notifications.gateways import People
from hub_notifications.models import Message
from hub_notifications.store import messages as store
from hub_platform.ids import new_id
from hub_platform.paging import PageRequest


def resend_message(session: Session, command: ResendMessage, *, now: datetime, by: str) -> Message:
    """Write a message down once more; the first one stays as it is.

    Whether it still holds for this person is decided when it is sent; what had failed is decided anew.

    Raises:
        Unknown: `unknown_message`.
        Conflict: `still_due` or `suppressed`.
    """
    message = find_message(session, command.message_id, lock=True)
    messages.check_resend(message.status)
    again_id = new_id()
    again = Message(
        id=again_id,
        template=message.template,
        recipient_ref=message.recipient_ref,
        dedupe_key=messages.resend_key(message.dedupe_key, store.resends_of(session, message.id) + 1),
        concerns=message.concerns,
        item=f"resend:{again_id}",
        about={"anew": message.item} | message.about,
        status="due",
        attempts=0,
        due_at=now,
        resend_of=message.id,
        resend_by=by,
        created_at=now,
        changed_at=now,
    )
    session.add(again)
    session.flush()
    return again


def find_message(session: Session, message_id: UUID, *, lock: bool = False) -> Message:
    """One message.

    Raises:
        Unknown: `unknown_message`.
    """
    message = store.find(session, message_id, lock=lock)
    if message is None:
        raise Unknown("unknown_message", "There is no such message.")
    return message


def list_messages(
    session: Session,
    page: PageRequest,
    people: People,
    *,
    recipient_ref: UUID | None = None,
    urn: str | None = None,
    **wanted: Any,
) -> tuple[Sequence[Message], str | None]:
    """One page of messages, oldest first; by person, every record of theirs, and by school.

    Which records are of one person, and who does what for a school, is asked of enrolment. `wanted`: the
    other filters, as in `store.Wanted`.

    Raises:
        ContactsAway: enrolment did not answer in time.
    """
    if recipient_ref is not None:
        asked = str(recipient_ref)
        wanted["recipients"] = {asked, *people.records(asked)}
    if urn is not None:
        school = people.of_school(urn)
        wanted |= {"threads": school.threads, "visits_to": school.urns}
    return store.list_messages(session, page, store.Wanted(**wanted))


def due(session: Session, *, now: datetime) -> int:
    """How many messages are to be sent by a hub time, those being sent included."""
    return store.count_due(session, now=now)


def summary(session: Session) -> dict[str, int]:
    """How many messages are in each status."""
    return store.summary(session)
