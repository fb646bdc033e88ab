"""Lock a teacher; change a teacher that is locked."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_enrolment.domain import teachers
from hub_enrolment.models import Teacher
from hub_enrolment.store import teachers as store
from hub_kernel.refusals import Conflict, Unknown
from hub_platform.json_values import Values


def add_trn(session: Session, teacher_id: UUID, trn: str, *, now: datetime, by: str) -> None:
    """Give a locked teacher without a TRN the one of a list.

    Raises:
        Conflict: `trn_taken`.
    """
    if not store.give_trn(session, teacher_id, trn):
        raise trn_taken()
    session.get_one(Teacher, teacher_id).touch(now=now, by=by)
    session.flush()


def trn_taken() -> Conflict:
    """Build the refusal of a TRN that another teacher has."""
    return Conflict("trn_taken", "Another teacher has this reference number.", "/trn")


def change(teacher: Teacher, changed: Values) -> None:
    """Write new values; former names and e-mail addresses are kept, as lists may still use them."""
    name, email = teacher.name, teacher.email
    for column, value in changed.items():
        setattr(teacher, column, value)
    teacher.previous_names = teachers.names_before(teacher.previous_names, name, teacher.name)
    teacher.former_emails = teachers.formers(teacher.former_emails, email, teacher.email)


def unknown_teacher() -> Unknown:
    """Build the refusal of an unknown teacher id."""
    return Unknown("unknown_teacher", "There is no such teacher.")


def lock_teacher(session: Session, teacher_id: UUID, *, whole: bool = False) -> Teacher:
    """Lock a teacher for a decision; `whole` also blocks new rows that refer to them.

    Raises:
        Unknown: `unknown_teacher`; Conflict: `teacher_merged`, `teacher_anonymised`.
    """
    teacher = store.lock_teacher(session, teacher_id, whole=whole)
    if teacher is None:
        raise unknown_teacher()
    if teacher.merged_into is not None:
        detail = f"This record was merged; {teacher.merged_into} is the one that is left."
        raise Conflict("teacher_merged", detail)
    return teacher


def lock_named(session: Session, teacher_id: UUID) -> Teacher:
    """Lock a teacher whose personal data was not erased.

    Raises:
        Unknown: `unknown_teacher`; Conflict: `teacher_merged`, `teacher_anonymised`.
    """
    teacher = lock_teacher(session, teacher_id)
    if teacher.anonymised_on is not None:
        raise Conflict("teacher_anonymised", "This teacher's personal data was erased.")
    return teacher
