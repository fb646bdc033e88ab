"""Places on work groups: giving and taking back."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import ParticipantEnrolled, ParticipantWithdrawn, SchoolEnrolled
from hub_enrolment.commands.enrolments import EnrolParticipant, WithdrawParticipant
from hub_enrolment.domain import enrolments
from hub_enrolment.domain.calendar import day_in_england
from hub_enrolment.domain.refusals import Refused, Unknown
from hub_enrolment.handlers import offers, work_groups
from hub_enrolment.models import Enrolment
from hub_enrolment.store import enrolments as store
from hub_enrolment.store import teachers as teacher_store
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id


# Long: a place on request, by an offer and by an application are given by the same rules.
def enrol_participant(
    session: Session,
    command: EnrolParticipant,
    *,
    now: datetime,
    by: str,
    asked_at: datetime | None = None,
    offered: bool = False,
    agreement_version: str | None = None,
) -> Enrolment:
    """Give a teacher a place on a work group.

    `asked_at`: when the place was asked for, where that was before now; it says whether it was in time.
    `offered`: the teacher has an open offer. `agreement_version`: what the school's head has agreed to.

    Raises:
        Unknown: `unknown_work_group`; Refused: `unknown_teacher`; both, and Conflict: see `enrolments.enrol`.
    """
    school = teacher_store.school_of(session, command.teacher_id)
    locked = work_groups.lock_work_group(session, command.work_group_id)
    if school is None:
        raise Refused("unknown_teacher", "There is no such teacher.", "/teacher_id")
    group, programme = locked
    places = store.places(session, group, programme, teacher_id=command.teacher_id, urn=school.urn)
    given = enrolments.enrol(places, school, at=asked_at or now, on=day_in_england(now), offered=offered)
    enrolment = Enrolment(
        id=new_id(),
        work_group_id=group.id,
        teacher_id=command.teacher_id,
        urn=school.urn,
        role=command.role,
        status="active",
        enrolled_at=now,
        **made(now, by),
    )
    session.add(enrolment)
    session.flush()
    events: list[ParticipantEnrolled | SchoolEnrolled] = [_enrolled(enrolment)]
    if given.school_joins:
        joined = SchoolEnrolled(
            work_group_id=group.id,
            ncp_code=programme.ncp_code,
            urn=school.urn,
            academic_year=programme.academic_year,
            lead_participants_n=int(command.role == "lead_participant"),
            agreement_version=agreement_version,
        )
        events.append(joined)
    outbox.record_all(session, events, occurred_at=now, by=by)
    work_groups.follow_change(session, locked, now=now, by=by)
    return enrolment


def withdraw_participant(
    session: Session, command: WithdrawParticipant, *, now: datetime, by: str
) -> Enrolment:
    """Take a place back; a confirmed group may fall below its minimum by it, and who waits is offered it.

    Raises:
        Unknown: `unknown_enrolment`; Conflict: `not_active`.
    """
    known = find_enrolment(session, command.enrolment_id)
    locked = work_groups.lock_work_group(session, known.work_group_id)
    enrolment = find_enrolment(session, command.enrolment_id)  # as it is now that the group is held
    enrolments.check_withdrawal(enrolment.status)
    enrolment.status, enrolment.withdrawn_at, enrolment.withdrawn_reason = "withdrawn", now, command.reason
    enrolment.touch(now=now, by=by)
    session.flush()
    event = ParticipantWithdrawn(
        enrolment_id=enrolment.id,
        work_group_id=enrolment.work_group_id,
        teacher_id=enrolment.teacher_id,
        urn=enrolment.urn,
        reason=command.reason,
        withdrawn_on=day_in_england(now),
    )
    outbox.record(session, event, occurred_at=now, by=by)
    work_groups.follow_change(session, locked, now=now, by=by)
    offers.offer_free_places(session, locked, now=now, by=by)
    return enrolment


def find_enrolment(session: Session, enrolment_id: UUID) -> Enrolment:
    """One place.

    Raises:
        Unknown: `unknown_enrolment`.
    """
    enrolment = store.find_enrolment(session, enrolment_id)
    if enrolment is None:
        raise Unknown("unknown_enrolment", "There is no such enrolment.")
    return enrolment


def _enrolled(enrolment: Enrolment) -> ParticipantEnrolled:
    return ParticipantEnrolled(
        enrolment_id=enrolment.id,
        work_group_id=enrolment.work_group_id,
        teacher_id=enrolment.teacher_id,
        urn=enrolment.urn,
        role=enrolment.role,
        enrolled_on=day_in_england(enrolment.enrolled_at),
    )
