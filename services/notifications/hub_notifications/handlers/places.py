"""Places on Work Groups: given, given up, given back, completed."""

from sqlalchemy.orm import Session

from hub_contracts.enrolment import (
    ParticipantCompleted,
    ParticipantEnrolled,
    ParticipantWithdrawn,
    WithdrawalUndone,
)
from hub_notifications.domain.messages import Cause
from hub_notifications.domain.standing import PlaceState
from hub_notifications.domain.threads import group_thread
from hub_notifications.handlers.scheduling import schedule
from hub_notifications.models import Place
from hub_notifications.store import facts

STATE_OF_CAUSE = {"transferred": PlaceState.TRANSFERRED, "group_cancelled": PlaceState.GROUP_CANCELLED}


def on_participant_enrolled(session: Session, event: ParticipantEnrolled, cause: Cause) -> None:
    """Confirm a place, with the sessions that have a date by then."""
    values = {
        "enrolment_id": event.enrolment_id,
        "work_group_id": event.work_group_id,
        "teacher_id": event.teacher_id,
        "state": str(PlaceState.ACTIVE),
        "given_at": cause.happened_at,
        "transferred_from": event.transferred_from,
        "revision": cause.revision,
    }
    if facts.keep(session, Place, "enrolment_id", values):
        schedule(session, [group_thread(event.work_group_id, event.teacher_id)], cause)


def on_place_ended(
    session: Session, event: ParticipantWithdrawn | ParticipantCompleted, cause: Cause
) -> None:
    """Tell a participant of the end of their place."""
    state = PlaceState.COMPLETED
    if isinstance(event, ParticipantWithdrawn):
        state = STATE_OF_CAUSE.get(event.cause or "", PlaceState.WITHDRAWN)
    values = {"enrolment_id": event.enrolment_id, "state": str(state), "revision": cause.revision}
    if facts.change(session, Place, "enrolment_id", values):
        schedule(session, [group_thread(event.work_group_id, event.teacher_id)], cause)


def on_withdrawal_undone(session: Session, event: WithdrawalUndone, cause: Cause) -> None:
    """Confirm the place again to a participant who was told of the withdrawal; it is their latest place."""
    values = {
        "enrolment_id": event.enrolment_id,
        "state": str(PlaceState.ACTIVE),
        "given_at": cause.happened_at,
        "revision": cause.revision,
    }
    if facts.change(session, Place, "enrolment_id", values):
        schedule(session, [group_thread(event.work_group_id, event.teacher_id)], cause)
