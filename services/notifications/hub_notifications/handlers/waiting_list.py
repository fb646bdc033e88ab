"""What those who wait for a place on a Work Group must be told."""

from sqlalchemy.orm import Session

from hub_contracts.enrolment import PlaceOffered
from hub_notifications.domain import messages, waiting_list
from hub_notifications.domain.messages import Cause, NewMessage
from hub_notifications.store import facts
from hub_notifications.store import messages as store


def on_place_offered(session: Session, event: PlaceOffered, cause: Cause) -> None:
    """Offer a place, while the offer stands and is not taken."""
    if not waiting_list.stands(event.expires_at, cause.now):
        return
    if facts.holds_place(session, event.work_group_id, event.teacher_id, since=cause.happened_at):
        return
    message = NewMessage(
        template="place_offered",
        recipient_id=event.teacher_id,
        dedupe_key=messages.offer_key(event.waiting_id),
        concerns=f"waiting-list/{event.waiting_id}",
        about={
            "work_group_id": str(event.work_group_id),
            "offered_at": cause.happened_at.isoformat(),
            "expires_at": event.expires_at.isoformat(),
        },
    )
    store.write_down(session, [message], now=cause.now)
