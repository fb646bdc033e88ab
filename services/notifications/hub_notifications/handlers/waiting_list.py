"""Waiting lists: who waits, who is offered a place, and what becomes of the offer."""

from typing import Any

from sqlalchemy.orm import Session

from hub_contracts.enrolment import (
    PlaceOffered,
    PlaceOfferExpired,
    PlaceOfferExtended,
    WaitingListJoined,
    WaitingListLeft,
)
from hub_notifications.domain.messages import Cause
from hub_notifications.domain.standing import WaitingState
from hub_notifications.domain.threads import group_thread
from hub_notifications.handlers.scheduling import schedule
from hub_notifications.models import WaitingEntry
from hub_notifications.store import facts

WaitingEvent = WaitingListJoined | PlaceOffered | PlaceOfferExtended | PlaceOfferExpired | WaitingListLeft


def on_waiting_list_changed(session: Session, event: WaitingEvent, cause: Cause) -> None:
    """Tell a teacher who waits of an offer or of its end."""
    values: dict[str, Any] = {
        "waiting_id": event.waiting_id,
        "work_group_id": event.work_group_id,
        "teacher_id": event.teacher_id,
        "state": str(_state(event)),
        "changed_at": cause.happened_at,
        "revision": cause.revision,
    }
    if isinstance(event, PlaceOffered | PlaceOfferExtended | PlaceOfferExpired):
        values["expires_at"] = event.expires_at
    if facts.keep(session, WaitingEntry, "waiting_id", values):
        schedule(session, [group_thread(event.work_group_id, event.teacher_id)], cause)


def _state(event: WaitingEvent) -> WaitingState:
    match event:
        case WaitingListJoined():
            return WaitingState.WAITING
        case PlaceOfferExpired():
            return WaitingState.EXPIRED
        case WaitingListLeft():
            cancelled = event.cause == "group_cancelled"
            return WaitingState.GROUP_CANCELLED if cancelled else WaitingState.ENDED
    return WaitingState.OFFERED
