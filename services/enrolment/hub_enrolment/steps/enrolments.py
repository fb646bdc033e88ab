"""Enrol a teacher on a Work Group, or withdraw them."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import ParticipantEnrolled, ParticipantWithdrawn
from hub_contracts.vocabulary import ParticipantRole, WithdrawalCause, WithdrawalReason
from hub_enrolment.commands.enrolments import EnrolParticipant
from hub_enrolment.domain import enrolments
from hub_enrolment.domain.enrolments import Grant
from hub_enrolment.models import Enrolment
from hub_enrolment.steps.offers import offer_free_places
from hub_enrolment.steps.programmes import check_path
from hub_enrolment.steps.schools_on_groups import publish_schools
from hub_enrolment.steps.work_groups import follow_change
from hub_enrolment.store import enrolments as store
from hub_enrolment.store.enrolments import find_enrolment
from hub_enrolment.store.standing_schools import school_of
from hub_enrolment.store.work_groups import Locked, lock_work_group
from hub_kernel.england import day_in_england
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id


class NewPlace(NamedTuple):
    """A place that was decided on while the Work Group was locked."""

    teacher_id: UUID
    urn: str  # of the school at which the teacher works when the place is given
    role: str
    given: Grant
    override_reason: str | None = None
    transferred_from: UUID | None = None  # the enrolment that the teacher leaves for this one


class PlaceRequest(NamedTuple):
    """When a place was asked for (to check the closing time), and whether the teacher has an open offer."""

    asked_at: datetime
    offered: bool = False


def enrol(
    session: Session, command: EnrolParticipant, request: PlaceRequest, *, now: datetime, by: str
) -> Enrolment:
    """Give a teacher a place on a Work Group, by the same rules on request, by an offer or by an application.

    Raises:
        Unknown: `unknown_work_group`; Refused: `unknown_teacher`; both, and Conflict: see `enrolments.enrol`
            and `check_path`.
    """
    today = day_in_england(now)
    school = school_of(session, command.teacher_id, command.urn, day=today)
    locked = lock_work_group(session, command.work_group_id)
    given = enrolments.enrol(
        store.places(session, locked, teacher_id=command.teacher_id, urn=school.urn, day=today),
        school,
        at=request.asked_at,
        on=today,
        override=command.override_reason is not None,
        offered=request.offered,
    )
    check_path(session, locked.programme, school.urn, day=today, pointer="/teacher_id")
    place = NewPlace(command.teacher_id, school.urn, command.role, given, command.override_reason)
    return save_place(session, locked, place, now=now, by=by)


def withdraw(session: Session, enrolment_id: UUID, reason: str, *, now: datetime, by: str) -> Enrolment:
    """Withdraw a participant, check the group's minimum and offer the free place to the waiting list.

    Raises:
        Unknown: `unknown_enrolment`; Conflict: `not_active`.
    """
    known = find_enrolment(session, enrolment_id)
    locked = lock_work_group(session, known.work_group_id)
    enrolment = find_enrolment(session, enrolment_id)  # as it is now that the group is locked
    enrolments.check_withdrawal(enrolment.status)
    take_back(session, enrolment, reason, now=now, by=by)
    if enrolment.role == ParticipantRole.LEAD_PARTICIPANT:
        publish_schools(session, locked, [enrolment.urn], now=now, by=by)
    follow_change(session, locked, now=now, by=by)
    offer_free_places(session, locked, now=now, by=by)
    return enrolment


def save_place(session: Session, locked: Locked, place: NewPlace, *, now: datetime, by: str) -> Enrolment:
    """Save a new place with its events; the group is locked by the caller."""
    enrolment = Enrolment(
        id=new_id(),
        work_group_id=locked.group.id,
        teacher_id=place.teacher_id,
        urn=place.urn,
        role=place.role,
        status="active",
        enrolled_at=now,
        override_reason=place.override_reason if place.given.over_cap else None,
        transferred_from=place.transferred_from,
        **made(now, by),
    )
    session.add(enrolment)
    session.flush()
    outbox.record(session, _enrolled(enrolment), occurred_at=now, by=by)
    if place.given.school_joins or place.role == ParticipantRole.LEAD_PARTICIPANT:
        publish_schools(session, locked, [place.urn], now=now, by=by)
    follow_change(session, locked, now=now, by=by)
    return enrolment


def take_back(session: Session, enrolment: Enrolment, reason: str, *, now: datetime, by: str) -> None:
    """End a place with its event; the caller has locked the group.

    `reason` is the participant's, or one of `WithdrawalCause` when the hub ends the place.
    """
    enrolment.status = "transferred" if reason == "transferred" else "withdrawn"
    enrolment.withdrawn_at, enrolment.withdrawn_reason = now, reason
    enrolment.touch(now=now, by=by)
    session.flush()
    by_hub = reason in set(WithdrawalCause)
    event = ParticipantWithdrawn(
        enrolment_id=enrolment.id,
        work_group_id=enrolment.work_group_id,
        teacher_id=enrolment.teacher_id,
        urn=enrolment.urn,
        reason=WithdrawalReason("other" if by_hub else reason),
        cause=WithdrawalCause(reason) if by_hub else None,
        withdrawn_on=day_in_england(now),
    )
    outbox.record(session, event, occurred_at=now, by=by)


def _enrolled(enrolment: Enrolment) -> ParticipantEnrolled:
    return ParticipantEnrolled(
        enrolment_id=enrolment.id,
        work_group_id=enrolment.work_group_id,
        teacher_id=enrolment.teacher_id,
        urn=enrolment.urn,
        role=ParticipantRole(enrolment.role),
        enrolled_on=day_in_england(enrolment.enrolled_at),
        transferred_from=enrolment.transferred_from,
    )
