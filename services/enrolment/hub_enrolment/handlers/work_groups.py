"""Programmes and work groups."""

from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import WorkGroupConfirmed, WorkGroupFellBelowMinimum, WorkGroupOpened
from hub_enrolment.commands.work_groups import ConfirmWorkGroup, OpenProgramme, OpenWorkGroup
from hub_enrolment.domain import programmes, work_groups
from hub_enrolment.domain.completions import MIN_ATTENDANCE_PERCENT
from hub_enrolment.domain.programmes import AcademicYear, Limits
from hub_enrolment.domain.refusals import Conflict, Refused, Unknown
from hub_enrolment.models import Programme, WorkGroup, WorkGroupLead
from hub_enrolment.store import teachers as teacher_store
from hub_enrolment.store import work_groups as store
from hub_enrolment.store.inserts import insert_unless_taken
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id


class Locked(NamedTuple):
    """A work group that nobody else can change until the transaction ends."""

    group: WorkGroup
    programme: Programme


def open_programme(session: Session, command: OpenProgramme, *, now: datetime, by: str) -> Programme:
    """Put down a programme of one academic year.

    Raises:
        Refused: `bad_academic_year`, `bad_ncp_code`, `ncp_code_of_other_year`, `limits_contradict`.
        Conflict: `ncp_code_taken`.
    """
    year = AcademicYear.parse(command.academic_year)
    code = None if command.ncp_code is None else programmes.canonical_ncp_code(command.ncp_code, year)
    limits = Limits(
        min_schools=command.min_schools,
        min_teachers=command.min_teachers,
        max_teachers=command.max_teachers,
        max_per_school=command.max_per_school,
    )
    programmes.check_limits(limits)
    programme = Programme(
        id=new_id(),
        title=command.title,
        academic_year=str(year),
        ncp_code=code,
        strand=command.strand,
        phases=list(dict.fromkeys(command.phases)),
        min_schools=limits.min_schools,
        min_teachers=limits.min_teachers,
        max_teachers=limits.max_teachers,
        max_per_school=limits.max_per_school,
        prerequisite_strand=None,
        required_roles=[],
        min_attendance_percent=MIN_ATTENDANCE_PERCENT,
        tasks_required=True,
        **made(now, by),
    )
    if not insert_unless_taken(session, programme, "ncp_code"):
        raise Conflict("ncp_code_taken", f"There is a programme {code} already.", "/ncp_code")
    return programme


def open_work_group(session: Session, command: OpenWorkGroup, *, now: datetime, by: str) -> store.Described:
    """Open a work group for recruitment.

    Raises:
        Refused: `unknown_programme`, `closes_before_opens`, `lead_named_twice`, `not_a_leader`.
    """
    programme = session.get(Programme, command.programme_id)
    if programme is None:
        raise Refused("unknown_programme", "There is no such programme.", "/programme_id")
    work_groups.check_recruitment(command.opens_at, command.closes_at)
    held = teacher_store.appointments(session, command.lead_ids)
    work_groups.check_leads(held, command.lead_ids, AcademicYear.parse(programme.academic_year))
    group = WorkGroup(
        id=new_id(),
        programme_id=programme.id,
        title=command.title,
        status="recruiting",
        capacity=command.capacity or programme.max_teachers,
        opens_at=command.opens_at,
        closes_at=command.closes_at,
        mode=command.mode,
        venue=command.venue,
        **made(now, by),
    )
    session.add(group)
    session.flush()
    session.add_all(
        WorkGroupLead(work_group_id=group.id, position=position, teacher_id=lead_id)
        for position, lead_id in enumerate(command.lead_ids, start=1)
    )
    session.flush()
    event = _opened(group, programme, command.lead_ids)
    outbox.record(session, event, occurred_at=now, by=by)
    return store.Described(group, programme, command.lead_ids, 0, 0)


def find_programme(session: Session, programme_id: UUID) -> Programme:
    """One programme.

    Raises:
        Unknown: `unknown_programme`.
    """
    programme = session.get(Programme, programme_id)
    if programme is None:
        raise Unknown("unknown_programme", "There is no such programme.")
    return programme


def find_work_group(session: Session, work_group_id: UUID) -> store.Described:
    """One work group.

    Raises:
        Unknown: `unknown_work_group`.
    """
    found = store.find_work_group(session, work_group_id)
    if found is None:
        raise unknown_work_group()
    return found


def lock_work_group(session: Session, work_group_id: UUID) -> Locked:
    """One work group, to decide about it.

    Raises:
        Unknown: `unknown_work_group`.
    """
    locked = store.lock_work_group(session, work_group_id)
    if locked is None:
        raise unknown_work_group()
    return Locked(*locked)


def confirm_work_group(
    session: Session, command: ConfirmWorkGroup, *, now: datetime, by: str
) -> store.Described:
    """Say that a group takes place, where it is large and wide enough or for a reason that is kept.

    Raises:
        Unknown: `unknown_work_group`; Refused, Conflict: see `work_groups.confirm`.
    """
    group, programme = lock_work_group(session, command.work_group_id)
    counted = store.count(session, group.id)
    overridden = work_groups.confirm(
        group.status, counted, store.limits_of(programme), override_reason=command.override_reason
    )
    group.status = "confirmed"
    group.confirmed_at, group.confirmed_by = now, by
    group.override_reason = command.override_reason if overridden else None
    group.touch(now=now, by=by)
    session.flush()
    event = _confirmed(group, counted, overridden=overridden)
    outbox.record(session, event, occurred_at=now, by=by)
    return store.describe(session, [group])[0]


def follow_change(session: Session, locked: Locked, *, now: datetime, by: str) -> None:
    """After somebody came or went: a confirmed group falls below its minimum, or reaches it again."""
    group, programme = locked
    if group.status not in {"confirmed", "at_risk"}:
        return
    counted = store.count(session, group.id)
    missing = work_groups.shortfall(counted, store.limits_of(programme))
    status = work_groups.status_after_change(group.status, missing)
    if status == group.status:
        return
    group.status = status
    group.touch(now=now, by=by)
    event: WorkGroupFellBelowMinimum | WorkGroupConfirmed
    if missing is None:
        event = _confirmed(group, counted, overridden=False)
    else:
        event = WorkGroupFellBelowMinimum(
            work_group_id=group.id,
            teachers_n=counted.teachers_n,
            schools_n=counted.schools_n,
            teachers_short=missing.teachers_short,
            schools_short=missing.schools_short,
        )
    outbox.record(session, event, occurred_at=now, by=by)


def unknown_work_group() -> Unknown:
    """There is no such group."""
    return Unknown("unknown_work_group", "There is no such work group.")


def _confirmed(group: WorkGroup, counted: work_groups.Composition, *, overridden: bool) -> WorkGroupConfirmed:
    return WorkGroupConfirmed(
        work_group_id=group.id,
        teachers_n=counted.teachers_n,
        schools_n=counted.schools_n,
        overridden=overridden,
    )


def _opened(group: WorkGroup, programme: Programme, lead_ids: list[UUID]) -> WorkGroupOpened:
    return WorkGroupOpened(
        work_group_id=group.id,
        ncp_code=programme.ncp_code,
        title=group.title,
        academic_year=programme.academic_year,
        strand=programme.strand,
        phases=programme.phases,
        lead_ids=lead_ids,
        capacity=group.capacity,
        min_schools=programme.min_schools,
        min_teachers=programme.min_teachers,
        max_teachers=programme.max_teachers,
        opens_at=group.opens_at,
        closes_at=group.closes_at,
    )
