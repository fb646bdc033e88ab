"""Register a teacher who is new to the hub."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub_contracts.enrolment import TeacherRegistered
from hub_contracts.vocabulary import TeacherRole
from hub_enrolment.commands.teachers import RegisterTeacher
from hub_enrolment.domain import schools, teachers
from hub_enrolment.domain.evidence import Person
from hub_enrolment.models import SchoolMembership, Teacher
from hub_enrolment.steps.teachers import trn_taken
from hub_enrolment.store.inserts import insert_unless_taken
from hub_enrolment.store.standing_schools import standing_school
from hub_enrolment.store.teachers import Employed
from hub_kernel.england import day_in_england
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id


def described_by(command: RegisterTeacher) -> Person:
    """Return the description of a person that matching needs.

    Raises:
        Refused: `bad_trn`, `trn_and_trnless`.
    """
    return Person(
        given=command.given,
        family=command.family,
        trn=teachers.trn_to_keep(command.trn, trnless=command.trnless),
        emails=frozenset({command.email}),
        urns=frozenset({command.urn}),
        roles=frozenset({command.role}),
    )


# Long: it lists the values of two rows.
def register_teacher(session: Session, command: RegisterTeacher, *, now: datetime, by: str) -> Employed:
    """Register a teacher of whom the hub has no record.

    A closed school is taken for the one that stands for it today.

    Raises:
        Refused: `name_missing`, `bad_trn`, `trn_and_trnless`, `unknown_school`, `school_not_open`.
        Conflict: `trn_taken`.
    """
    teachers.check_name(command.given, command.family)
    today = day_in_england(now)
    trn = teachers.trn_to_keep(command.trn, trnless=command.trnless)
    school = standing_school(session, command.urn, day=today, pointer="/urn")
    schools.check_open(school, today)
    teacher = Teacher(
        id=new_id(),
        given=command.given,
        family=command.family,
        email=command.email,
        trn=trn,
        trnless=command.trnless,
        phase=command.phase,
        previous_names=[],
        phone=command.phone,
        contact_opt_out=command.contact_opt_out,
        different_from=sorted(command.different_from),
        **made(now, by),
    )
    membership = SchoolMembership(
        id=new_id(),
        teacher_id=teacher.id,
        urn=school.urn,
        role=command.role,
        starts_on=today,
        ends_on=None,
        **made(now, by),
    )
    if not insert_unless_taken(session, teacher, "trn"):
        raise trn_taken()
    session.add(membership)
    session.flush()
    event = TeacherRegistered(teacher_id=teacher.id, urn=school.urn, role=TeacherRole(command.role))
    outbox.record(session, event, occurred_at=now, by=by)
    return Employed(teacher, membership)
