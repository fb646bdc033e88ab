"""Appoint teachers to leadership roles, and end roles."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_enrolment.commands.teachers import AppointLeader, EndLeader
from hub_enrolment.domain import leaders, teachers
from hub_enrolment.domain.teachers import Appointment
from hub_enrolment.models import LeaderRole
from hub_enrolment.steps.leaders import appointed, close_role
from hub_enrolment.store import leaders as store
from hub_enrolment.store import teachers as teacher_store
from hub_enrolment.store.standing_schools import standing_school
from hub_kernel.academic_years import AcademicYear
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Refused, Unknown
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id


def appoint_leader(session: Session, command: AppointLeader, *, now: datetime, by: str) -> LeaderRole:
    """Appoint a teacher to a leadership role, recorded with their present school and trust.

    Raises:
        Refused: `unknown_teacher`, `ends_before_start`; Conflict: `already_appointed`.
    """
    home = teacher_store.school_of(session, command.teacher_id, lock=True)
    if home is None:
        raise Refused("unknown_teacher", "There is no such teacher.", "/teacher_id")
    home = standing_school(session, home.urn, day=day_in_england(now), pointer="/teacher_id")
    asked = Appointment(role=command.role, starts_on=command.starts_on, ends_on=command.ends_on)
    held = teacher_store.appointments(session, [command.teacher_id]).get(command.teacher_id, [])
    teachers.check_appointment(asked, held)
    leader = LeaderRole(
        id=new_id(),
        teacher_id=command.teacher_id,
        role=command.role,
        core_leadership=command.core_leadership,
        urn=home.urn,
        trust_uid=home.trust_uid,
        starts_on=command.starts_on,
        ends_on=command.ends_on,
        cohort=command.cohort,
        **made(now, by),
    )
    session.add(leader)
    session.flush()
    outbox.record(session, appointed(leader), occurred_at=now, by=by)
    return leader


def find_leader(session: Session, leader_role_id: UUID) -> LeaderRole:
    """Return a leadership role.

    Raises:
        Unknown: `unknown_leader`.
    """
    leader = session.get(LeaderRole, leader_role_id)
    if leader is None:
        raise Unknown("unknown_leader", "There is no such leadership role.")
    return leader


def end_leader(session: Session, command: EndLeader, *, now: datetime, by: str) -> LeaderRole:
    """Set the last day of a role; the teacher is locked for the decision.

    Raises:
        Unknown: `unknown_leader`; Refused, Conflict: see `leaders.end`.
    """
    leader, held = find_leader(session, command.leader_role_id), None
    while leader.teacher_id != held:  # before the lock a merger may give the role to another record
        held = leader.teacher_id
        teacher_store.lock_teacher(session, held)
        session.refresh(leader)
    others = [_appointment(one) for one in store.others_of(session, leader)]
    years = map(AcademicYear.parse, store.years_of_groups(session, leader.teacher_id))
    groups_n = sum(year.ends_on > command.ends_on for year in years)
    leaders.end(_appointment(leader), command.ends_on, others=others, groups_n=groups_n)
    close_role(session, leader, command.ends_on, now=now, by=by)
    return leader


def _appointment(leader: LeaderRole) -> Appointment:
    return Appointment(role=leader.role, starts_on=leader.starts_on, ends_on=leader.ends_on)
