"""Moves: a teacher works at another school, or at one more."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from hub_contracts.enrolment import TeacherMovedSchool
from hub_enrolment.commands.teachers import MoveTeacher
from hub_enrolment.domain import memberships, schools, teachers
from hub_enrolment.handlers.schools import school_state
from hub_enrolment.handlers.teachers import change, lock_named
from hub_enrolment.models import MembershipCorrection, SchoolMembership
from hub_enrolment.store import teachers as store
from hub_kernel.england import day_in_england
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id


@dataclass(frozen=True, kw_only=True)
class Moved:
    """A move that was noted: where the teacher works now, and whether messages may go to their address."""

    membership: SchoolMembership
    address_confirmed: bool


# Long: a list of values is no complexity.
def move_teacher(session: Session, command: MoveTeacher, *, now: datetime, by: str) -> Moved:
    """Note that somebody works at another school; their places keep the school of the day.

    The membership that is left ends on the day before `moved_on`; where that was before the day on which the
    person was registered, its first day is that day, too, and the trail says so. An address is often the
    school's that is left: unless the command gives one or keeps it, it becomes unconfirmed. Who leaves no
    school keeps theirs.

    Raises:
        Unknown: `unknown_teacher`; Refused: `unknown_school`, `school_not_open`, `email_and_keep_email`;
            it, and Conflict: see `memberships.move`; Conflict, too: see `lock_teacher`.
    """
    answered = teachers.address_answered(command.email, keep_email=command.keep_email)
    teacher = lock_named(session, command.teacher_id)
    asked = memberships.Move(from_urn=command.from_urn, to_urn=command.to_urn, moved_on=command.moved_on)
    school = school_state(session, command.to_urn, pointer="/to_urn")
    left = memberships.move(store.memberships(session, teacher.id), asked, today=day_in_england(now))
    schools.check_open(school, command.moved_on, pointer="/to_urn")
    if left is not None:
        over = session.get_one(SchoolMembership, left.id)
        if left.starts_on is not None:
            session.add(_noted_too_late(over, left, now=now, by=by))
            over.starts_on = left.starts_on
        over.ends_on = left.ends_on
        over.touch(now=now, by=by)
    joined = SchoolMembership(
        id=new_id(),
        teacher_id=teacher.id,
        urn=command.to_urn,
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
        from_urn=command.from_urn,
        to_urn=command.to_urn,
        role=command.role,
        moved_on=command.moved_on,
    )
    outbox.record(session, event, occurred_at=now, by=by)
    return Moved(membership=joined, address_confirmed=teacher.address_confirmed)


def _noted_too_late(
    over: SchoolMembership, left: memberships.Left, *, now: datetime, by: str
) -> MembershipCorrection:
    """The trail of a membership that had ended before the hub registered the person."""
    facts = {"urn": over.urn, "role": over.role}
    return MembershipCorrection(
        id=new_id(),
        teacher_id=over.teacher_id,
        membership_id=over.id,
        **{f"{when}_{name}": value for when in ("old", "new") for name, value in facts.items()},
        old_starts_on=over.starts_on,
        old_ends_on=over.ends_on,
        new_starts_on=left.starts_on,
        new_ends_on=left.ends_on,
        enrolment_ids=[],
        note="The person had moved before the hub registered them.",
        corrected_at=now,
        corrected_by=by,
    )
