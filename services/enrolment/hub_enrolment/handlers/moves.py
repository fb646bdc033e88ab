"""Record that a teacher moves to another school, or joins one more."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub_contracts.enrolment import TeacherMovedSchool
from hub_contracts.vocabulary import TeacherRole
from hub_enrolment.commands.teachers import MoveTeacher
from hub_enrolment.domain import memberships, schools, teachers
from hub_enrolment.models import SchoolMembership
from hub_enrolment.steps.carried_on import COLUMNS, follow_successions, trail_of
from hub_enrolment.steps.teachers import change, lock_named
from hub_enrolment.store import successions as succession_store
from hub_enrolment.store import teachers as store
from hub_enrolment.store.standing_schools import standing_school
from hub_kernel.england import day_in_england
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A recorded move: the present membership, and whether messages may go to the teacher's address."""

    membership: SchoolMembership
    address_confirmed: bool


# Long: it lists the values of two rows and an event.
def move_teacher(session: Session, command: MoveTeacher, *, now: datetime, by: str) -> Moved:
    """Record a move to another school; places keep the school of the day on which they were given.

    The membership that is left ends on the day before `moved_on`; where that was before the day on which the
    person was registered, its first day is that day, too, and the trail says so. An address is often the
    school's that is left: unless the command gives one or keeps it, it becomes unconfirmed. A teacher who
    leaves no school keeps theirs. A closed school is taken for the one that stood for it on the day.

    Raises:
        Unknown: `unknown_teacher`; Refused: `unknown_school`, `school_not_open`, `email_and_keep_email`;
            it, and Conflict: see `memberships.move`; Conflict, too: see `lock_teacher`.
    """
    answered = teachers.address_answered(command.email, keep_email=command.keep_email)
    teacher = lock_named(session, command.teacher_id)
    held = store.memberships(session, teacher.id)
    school = standing_school(session, command.to_urn, day=command.moved_on, pointer="/to_urn")
    successions = succession_store.around(session, [one.urn for one in held])
    asked = memberships.Move(
        from_urn=memberships.present_urn(held, command.from_urn, successions, today=day_in_england(now)),
        to_urn=school.urn,
        moved_on=command.moved_on,
    )
    left = memberships.move(held, asked, today=day_in_england(now), successions=successions)
    schools.check_open(school, command.moved_on, pointer="/to_urn")
    if left is not None:
        _leave(session, left, now=now, by=by)
    joined = SchoolMembership(
        id=new_id(),
        teacher_id=teacher.id,
        urn=school.urn,
        role=command.role,
        starts_on=command.moved_on,
        ends_on=None,
        **made(now, by),
    )
    session.add(joined)
    change(teacher, {"email": command.email or teacher.email})
    teacher.email_unconfirmed_since = teachers.unconfirmed_since(
        teacher.email_unconfirmed_since, answered=answered, questioned=left is not None, now=now
    )
    teacher.touch(now=now, by=by)
    session.flush()
    event = TeacherMovedSchool(
        teacher_id=teacher.id,
        from_urn=asked.from_urn,
        to_urn=school.urn,
        role=TeacherRole(command.role),
        moved_on=command.moved_on,
    )
    outbox.record(session, event, occurred_at=now, by=by)
    follow_successions(session, teacher, now=now, by=by)
    return Moved(membership=_last(session, joined), address_confirmed=teacher.address_confirmed)


def _last(session: Session, joined: SchoolMembership) -> SchoolMembership:
    """Return the new membership, or the one at a successor that has continued it since."""
    if joined.ends_on is None:
        return joined
    employed = store.find_teacher(session, joined.teacher_id)
    return joined if employed is None else employed.membership


def _leave(session: Session, left: memberships.Left, *, now: datetime, by: str) -> None:
    """End a membership and drop those that began after the move."""
    over = session.get_one(SchoolMembership, left.id)
    for dropped in left.dropped:
        session.delete(session.get_one(SchoolMembership, dropped))
    if left.starts_on is not None:
        new = {name: getattr(over, name) for name in COLUMNS}
        new |= {"starts_on": left.starts_on, "ends_on": left.ends_on}
        note = "The person had moved before the hub registered them."
        session.add(trail_of(over, new, note, now=now, by=by))
        over.starts_on = left.starts_on
    over.ends_on = left.ends_on
    over.touch(now=now, by=by)
    session.flush()
