"""Enrol, withdraw and transfer participants of Work Groups."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.vocabulary import ParticipantRole
from hub_enrolment.commands.enrolments import EnrolParticipant, TransferParticipant, WithdrawParticipant
from hub_enrolment.domain import transfers
from hub_enrolment.models import Enrolment
from hub_enrolment.steps.enrolments import NewPlace, PlaceRequest, enrol, save_place, take_back, withdraw
from hub_enrolment.steps.offers import offer_free_places
from hub_enrolment.steps.schools_on_groups import publish_schools
from hub_enrolment.steps.work_groups import follow_change
from hub_enrolment.store import enrolments as store
from hub_enrolment.store.enrolments import find_enrolment
from hub_enrolment.store.work_groups import Locked, lock_work_group
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Refused, Unknown


def enrol_participant(session: Session, command: EnrolParticipant, *, now: datetime, by: str) -> Enrolment:
    """Enrol a teacher on a Work Group, by a request made now.

    Raises:
        Unknown, Refused, Conflict: see `steps.enrolments.enrol`.
    """
    return enrol(session, command, PlaceRequest(asked_at=now), now=now, by=by)


def withdraw_participant(
    session: Session, command: WithdrawParticipant, *, now: datetime, by: str
) -> Enrolment:
    """Withdraw a participant from a Work Group.

    Raises:
        Unknown: `unknown_enrolment`; Conflict: `not_active`.
    """
    return withdraw(session, command.enrolment_id, command.reason, now=now, by=by)


def transfer_participant(
    session: Session, command: TransferParticipant, *, now: datetime, by: str
) -> Enrolment:
    """Transfer a place to another group of its programme; return the new place, with the same school.

    Raises:
        Unknown: `unknown_enrolment`; Refused: `unknown_work_group`; both, and Conflict: see
            `transfers.transfer`.
    """
    known = find_enrolment(session, command.enrolment_id)
    left, joined = _lock_both(session, known.work_group_id, command.work_group_id)
    enrolment = find_enrolment(session, command.enrolment_id)  # as it is now that both groups are locked
    places = store.places(
        session,
        joined,
        teacher_id=enrolment.teacher_id,
        urn=enrolment.urn,
        day=day_in_england(now),
    )
    given = transfers.transfer(
        places,
        enrolment.status,
        same_group=joined.group.id == left.group.id,
        same_programme=joined.programme.id == left.programme.id,
    )
    take_back(session, enrolment, "transferred", now=now, by=by)
    if enrolment.role == ParticipantRole.LEAD_PARTICIPANT:
        publish_schools(session, left, [enrolment.urn], now=now, by=by)
    place = NewPlace(
        enrolment.teacher_id, enrolment.urn, enrolment.role, given, transferred_from=enrolment.id
    )
    moved = save_place(session, joined, place, now=now, by=by)
    follow_change(session, left, now=now, by=by)
    offer_free_places(session, left, now=now, by=by)
    return moved


def _lock_both(session: Session, left_id: UUID, joined_id: UUID) -> tuple[Locked, Locked]:
    """Lock the two groups of a transfer in the order of their ids; return the old and the new one.

    Raises:
        Refused: `unknown_work_group`.
    """
    locked = {}
    for group_id in sorted({left_id, joined_id}):
        try:
            locked[group_id] = lock_work_group(session, group_id)
        except Unknown as exc:  # the body names the group, not the URL
            raise Refused(exc.code, exc.detail, "/work_group_id") from exc
    return locked[left_id], locked[joined_id]
