"""What those who wait for a place on a Work Group must be told."""

from sqlalchemy.orm import Session

from hub_contracts.enrolment import PlaceOffered, PlaceOfferExpired
from hub_notifications.domain import messages, waiting_list
from hub_notifications.domain.messages import Cause, NewMessage
from hub_notifications.store import facts
from hub_notifications.store import messages as store


def on_place_offered(session: Session, event: PlaceOffered, cause: Cause) -> None:
    """Offer a place, while the offer stands and is not taken."""
    if waiting_list.stands(event.expires_at, cause.now):
        key = messages.offer_key(event.waiting_id)
        _tell(session, event, cause, "place_offered", key)


def on_place_offer_expired(session: Session, event: PlaceOfferExpired, cause: Cause) -> None:
    """Say that an offer has passed, and do not make it any more."""
    concerns = _concerns(event)
    store.suppress(session, concerns, "offer_over", template="place_offered", now=cause.now)
    key = messages.offer_expired_key(event.waiting_id)
    _tell(session, event, cause, "place_offer_expired", key)


def _tell(
    session: Session, event: PlaceOffered | PlaceOfferExpired, cause: Cause, template: str, dedupe_key: str
) -> None:
    """Write to somebody who waits, unless they were given a place since."""
    if facts.holds_place(session, event.work_group_id, event.teacher_id, since=cause.happened_at):
        return
    message = NewMessage(
        template=template,
        recipient_id=event.teacher_id,
        dedupe_key=dedupe_key,
        concerns=_concerns(event),
        about={
            "work_group_id": str(event.work_group_id),
            "offer_told_at": cause.happened_at.isoformat(),
            "expires_at": event.expires_at.isoformat(),
        },
    )
    store.write_down(session, [message], now=cause.now)


def _concerns(event: PlaceOffered | PlaceOfferExpired) -> str:
    return f"waiting-list/{event.waiting_id}"
