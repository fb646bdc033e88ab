"""Reactions to places on Work Groups: given, ended, restored and completed."""

from typing import Final

from sqlalchemy.orm import Session

from hub_contracts.enrolment import (
    ParticipantCompleted,
    ParticipantEnrolled,
    ParticipantWithdrawn,
    WithdrawalUndone,
)
from hub_contracts.vocabulary import WithdrawalCause
from hub_messaging.delivery import Delivery
from hub_notifications.domain.messages import Timing
from hub_notifications.domain.participations import PlaceState
from hub_notifications.domain.threads import group_thread
from hub_notifications.models import Place
from hub_notifications.steps.scheduling import schedule
from hub_platform.upserts import update_newer, upsert_newer

STATE_OF_CAUSE: Final[dict[str, PlaceState]] = {
    WithdrawalCause.TRANSFERRED: PlaceState.TRANSFERRED,
    WithdrawalCause.GROUP_CANCELLED: PlaceState.GROUP_CANCELLED,
}


def on_participant_enrolled(
    session: Session, delivery: Delivery[ParticipantEnrolled], timing: Timing
) -> None:
    """Schedule the e-mail that confirms a place, with the sessions that have a date."""
    event = delivery.event
    row = Place(
        enrolment_id=event.enrolment_id,
        work_group_id=event.work_group_id,
        teacher_id=event.teacher_id,
        state=PlaceState.ACTIVE,
        given_at=delivery.occurred_at,
        transferred_from=event.transferred_from,
        revision=delivery.revision,
    )
    if upsert_newer(session, row):
        schedule(session, [group_thread(event.work_group_id, event.teacher_id)], timing)


def on_place_ended(
    session: Session, delivery: Delivery[ParticipantWithdrawn | ParticipantCompleted], timing: Timing
) -> None:
    """Notify a participant that their place has ended or that they have completed the Work Group."""
    event = delivery.event
    state = PlaceState.COMPLETED
    if isinstance(event, ParticipantWithdrawn):
        state = STATE_OF_CAUSE.get(event.cause or "", PlaceState.WITHDRAWN)
    row = Place(enrolment_id=event.enrolment_id, state=state, revision=delivery.revision)
    if update_newer(session, row):
        schedule(session, [group_thread(event.work_group_id, event.teacher_id)], timing)


def on_withdrawal_undone(session: Session, delivery: Delivery[WithdrawalUndone], timing: Timing) -> None:
    """Restore a place, and confirm it to a participant who was notified of the withdrawal."""
    event = delivery.event
    row = Place(
        enrolment_id=event.enrolment_id,
        state=PlaceState.ACTIVE,
        given_at=delivery.occurred_at,
        revision=delivery.revision,
    )
    if update_newer(session, row):
        schedule(session, [group_thread(event.work_group_id, event.teacher_id)], timing)
