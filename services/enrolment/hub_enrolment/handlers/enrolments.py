"""Places on work groups: giving, moving and taking back."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import ParticipantEnrolled, ParticipantWithdrawn
from hub_contracts.vocabulary import ParticipantRole, WithdrawalCause, WithdrawalReason
from hub_enrolment.commands.enrolments import EnrolParticipant, TransferParticipant, WithdrawParticipant
from hub_enrolment.domain import enrolments
from hub_enrolment.domain.enrolments import Given
from hub_enrolment.domain.refusals import Refused, Unknown
from hub_enrolment.handlers import offers, programmes, work_groups
from hub_enrolment.handlers.schools import school_of
from hub_enrolment.handlers.schools_on_groups import tell_schools
from hub_enrolment.handlers.work_groups import Locked
from hub_enrolment.models import Enrolment
from hub_enrolment.store import enrolments as store
from hub_kernel.england import day_in_england
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id


class Holder(NamedTuple):
    """Whose place it is, and as what."""

    teacher_id: UUID
    urn: str  # of the school at which they teach when the place is given
    role: str


# Long: a place on request, by an offer and by an application are given by the same rules.
def enrol_participant(
    session: Session,
    command: EnrolParticipant,
    *,
    now: datetime,
    by: str,
    asked_at: datetime | None = None,
    offered: bool = False,
) -> Enrolment:
    """Give a teacher a place on a work group.

    `asked_at`: when the place was asked for, where that was before now; it says whether it was in time.
    `offered`: the teacher has an open offer.

    Raises:
        Unknown: `unknown_work_group`; Refused: `unknown_teacher`; both, and Conflict: see `enrolments.enrol`
            and `programmes.check_path`.
    """
    today = day_in_england(now)
    school = school_of(session, command.teacher_id, command.urn, day=today)
    locked = work_groups.lock_work_group(session, command.work_group_id)
    group, programme = locked
    places = store.places(session, group, programme, teacher_id=command.teacher_id, urn=school.urn, day=today)
    overridden = command.override_reason is not None
    given = enrolments.enrol(
        places,
        school,
        at=asked_at or now,
        on=today,
        override=overridden,
        offered=offered,
    )
    programmes.check_path(session, programme, school.urn, day=today, pointer="/teacher_id")
    return save_place(
        session,
        locked,
        Holder(command.teacher_id, school.urn, command.role),
        given,
        override_reason=command.override_reason,
        now=now,
        by=by,
    )


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
    take_back(session, enrolment, command.reason, now=now, by=by)
    if enrolment.role == enrolments.LEAD:
        tell_schools(session, locked, [enrolment.urn], now=now, by=by)
    work_groups.follow_change(session, locked, now=now, by=by)
    offers.offer_free_places(session, locked, now=now, by=by)
    return enrolment


def transfer_participant(
    session: Session, command: TransferParticipant, *, now: datetime, by: str
) -> Enrolment:
    """Move a place to another group of its programme; gives the place there, of the same school.

    Raises:
        Unknown: `unknown_enrolment`; Refused: `unknown_work_group`; both, and Conflict: see
            `enrolments.transfer`.
    """
    known = find_enrolment(session, command.enrolment_id)
    left, joined = _lock_both(session, known.work_group_id, command.work_group_id)
    enrolment = find_enrolment(session, command.enrolment_id)  # as it is now that both groups are held
    places = store.places(
        session,
        joined.group,
        joined.programme,
        teacher_id=enrolment.teacher_id,
        urn=enrolment.urn,
        day=day_in_england(now),
    )
    given = enrolments.transfer(
        places,
        enrolment.status,
        same_group=joined.group.id == left.group.id,
        same_programme=joined.programme.id == left.programme.id,
    )
    take_back(session, enrolment, "transferred", now=now, by=by)
    if enrolment.role == enrolments.LEAD:
        tell_schools(session, left, [enrolment.urn], now=now, by=by)
    holder = Holder(enrolment.teacher_id, enrolment.urn, enrolment.role)
    moved = save_place(session, joined, holder, given, transferred_from=enrolment.id, now=now, by=by)
    work_groups.follow_change(session, left, now=now, by=by)
    offers.offer_free_places(session, left, now=now, by=by)
    return moved


def find_enrolment(session: Session, enrolment_id: UUID) -> Enrolment:
    """One place.

    Raises:
        Unknown: `unknown_enrolment`.
    """
    enrolment = store.find_enrolment(session, enrolment_id)
    if enrolment is None:
        raise Unknown("unknown_enrolment", "There is no such enrolment.")
    return enrolment


# Long: what a new place can carry are several things.
def save_place(
    session: Session,
    locked: Locked,
    holder: Holder,
    given: Given,
    *,
    override_reason: str | None = None,
    transferred_from: UUID | None = None,
    now: datetime,
    by: str,
) -> Enrolment:
    """Save a place that was decided on while the group was locked, with its events."""
    group = locked.group
    enrolment = Enrolment(
        id=new_id(),
        work_group_id=group.id,
        teacher_id=holder.teacher_id,
        urn=holder.urn,
        role=holder.role,
        status="active",
        enrolled_at=now,
        override_reason=override_reason if given.over_cap else None,
        transferred_from=transferred_from,
        **made(now, by),
    )
    session.add(enrolment)
    session.flush()
    outbox.record(session, _enrolled(enrolment), occurred_at=now, by=by)
    if given.school_joins or holder.role == enrolments.LEAD:
        tell_schools(session, locked, [holder.urn], now=now, by=by)
    work_groups.follow_change(session, locked, now=now, by=by)
    return enrolment


def take_back(session: Session, enrolment: Enrolment, reason: str, *, now: datetime, by: str) -> None:
    """End a place, with its event; the group is locked by the caller.

    `reason` is a participant's, or what the hub itself does: one of `enrolments.CAUSES`.
    """
    enrolment.status = "transferred" if reason == "transferred" else "withdrawn"
    enrolment.withdrawn_at, enrolment.withdrawn_reason = now, reason
    enrolment.touch(now=now, by=by)
    session.flush()
    by_hub = reason in enrolments.CAUSES
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


def _lock_both(session: Session, left_id: UUID, joined_id: UUID) -> tuple[Locked, Locked]:
    """The group that a place leaves and the one that it joins, locked in the order of their ids.

    Raises:
        Refused: `unknown_work_group`.
    """
    locked = {}
    for group_id in sorted({left_id, joined_id}):
        try:
            locked[group_id] = work_groups.lock_work_group(session, group_id)
        except Unknown as exc:  # the body names it, not the address
            raise Refused(exc.code, exc.detail, "/work_group_id") from exc
    return locked[left_id], locked[joined_id]


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
