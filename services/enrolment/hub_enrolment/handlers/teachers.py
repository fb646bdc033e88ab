"""Teachers and leaders."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_contracts.enrolment import LeaderAppointed, TeacherRegistered
from hub_enrolment.commands.teachers import AppointLeader, RegisterTeacher
from hub_enrolment.domain import schools, teachers
from hub_enrolment.domain.calendar import day_in_england
from hub_enrolment.domain.refusals import Conflict, Refused, Unknown
from hub_enrolment.domain.teachers import Appointment
from hub_enrolment.handlers.schools import school_state
from hub_enrolment.models import LeaderRole, SchoolMembership, Teacher
from hub_enrolment.store import teachers as store
from hub_enrolment.store.inserts import insert_unless_taken
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id


def register_teacher(session: Session, command: RegisterTeacher, *, now: datetime, by: str) -> store.Employed:
    """Put down somebody who works at a school.

    Raises:
        Refused: `bad_trn`, `trn_and_trnless`, `unknown_school`, `school_not_open`.
        Conflict: `trn_taken`.
    """
    today = day_in_england(now)
    trn = teachers.trn_to_keep(command.trn, trnless=command.trnless)
    schools.check_open(school_state(session, command.urn, pointer="/urn"), today)
    teacher = Teacher(
        id=new_id(),
        given=command.given,
        family=command.family,
        email=command.email,
        trn=trn,
        trnless=command.trnless,
        phase=command.phase,
        **made(now, by),
    )
    membership = SchoolMembership(
        id=new_id(),
        teacher_id=teacher.id,
        urn=command.urn,
        role=command.role,
        starts_on=today,
        ends_on=None,
        **made(now, by),
    )
    if not insert_unless_taken(session, teacher, "trn"):
        raise Conflict("trn_taken", "Another teacher has this reference number.", "/trn")
    session.add(membership)
    session.flush()
    event = TeacherRegistered(teacher_id=teacher.id, urn=command.urn, role=command.role)
    outbox.record(session, event, occurred_at=now, by=by)
    return store.Employed(teacher, membership)


def find_teacher(session: Session, teacher_id: UUID) -> store.Employed:
    """One teacher with the school where they teach.

    Raises:
        Unknown: `unknown_teacher`.
    """
    employed = store.find_teacher(session, teacher_id)
    if employed is None:
        raise Unknown("unknown_teacher", "There is no such teacher.")
    return employed


def appoint_leader(session: Session, command: AppointLeader, *, now: datetime, by: str) -> LeaderRole:
    """Give somebody a leadership role; their school and trust of today are kept with it.

    Raises:
        Refused: `unknown_teacher`, `ends_before_start`; Conflict: `already_appointed`.
    """
    home = store.school_of(session, command.teacher_id, lock=True)
    if home is None:
        raise Refused("unknown_teacher", "There is no such teacher.", "/teacher_id")
    asked = Appointment(role=command.role, starts_on=command.starts_on, ends_on=command.ends_on)
    held = store.appointments(session, [command.teacher_id]).get(command.teacher_id, [])
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
        **made(now, by),
    )
    session.add(leader)
    session.flush()
    event = LeaderAppointed(
        leader_role_id=leader.id,
        teacher_id=leader.teacher_id,
        role=leader.role,
        urn=leader.urn,
        trust_uid=leader.trust_uid,
        core_leadership=leader.core_leadership,
        starts_on=leader.starts_on,
        ends_on=leader.ends_on,
    )
    outbox.record(session, event, occurred_at=now, by=by)
    return leader


def find_leader(session: Session, leader_role_id: UUID) -> LeaderRole:
    """One role of one person.

    Raises:
        Unknown: `unknown_leader`.
    """
    leader = session.get(LeaderRole, leader_role_id)
    if leader is None:
        raise Unknown("unknown_leader", "There is no such leadership role.")
    return leader


def contacts(session: Session, teacher_ids: Sequence[UUID]) -> dict[str, dict[str, str]]:
    """How to write to these people; who is not known is left out."""
    return {
        str(teacher_id): {"given": given, "family": family, "email": email}
        for teacher_id, (given, family, email) in store.contacts(session, teacher_ids).items()
    }
