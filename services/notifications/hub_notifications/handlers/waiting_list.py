"""Reactions to waiting lists: teachers are notified of offers and their expiry."""

from sqlalchemy.orm import Session

from hub_contracts.enrolment import (
    PlaceOffered,
    PlaceOfferExpired,
    PlaceOfferExtended,
    WaitingListJoined,
    WaitingListLeft,
)
from hub_contracts.vocabulary import WaitingListExitCause
from hub_messaging.delivery import Delivery
from hub_notifications.domain.messages import Timing
from hub_notifications.domain.participations import WaitingState
from hub_notifications.domain.threads import group_thread
from hub_notifications.models import WaitingEntry
from hub_notifications.steps.scheduling import schedule
from hub_platform.upserts import upsert_newer

WaitingEvent = WaitingListJoined | PlaceOffered | PlaceOfferExtended | PlaceOfferExpired | WaitingListLeft


def on_waiting_list_changed(session: Session, delivery: Delivery[WaitingEvent], timing: Timing) -> None:
    """Store the state of a waiting-list entry, and notify the teacher of an offer or its expiry."""
    event = delivery.event
    row = WaitingEntry(
        waiting_id=event.waiting_id,
        work_group_id=event.work_group_id,
        teacher_id=event.teacher_id,
        state=_state(event),
        changed_at=delivery.occurred_at,
        revision=delivery.revision,
    )
    if isinstance(event, PlaceOffered | PlaceOfferExtended | PlaceOfferExpired):
        row.expires_at = event.expires_at
    if upsert_newer(session, row):
        schedule(session, [group_thread(event.work_group_id, event.teacher_id)], timing)


def _state(event: WaitingEvent) -> WaitingState:
    match event:
        case WaitingListJoined():
            return WaitingState.WAITING
        case PlaceOfferExpired():
            return WaitingState.EXPIRED
        case WaitingListLeft():
            is_cancelled = event.cause == WaitingListExitCause.GROUP_CANCELLED
            return WaitingState.GROUP_CANCELLED if is_cancelled else WaitingState.ENDED
    return WaitingState.OFFERED
