"""Lock a teacher; change a teacher that is locked."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from hub_enrolment.domain import teachers
from hub_enrolment.models import Teacher
from hub_enrolment.store import teachers as store
from hub_kernel.refusals import Conflict, Unknown


def add_trn(session: Session, teacher_id: UUID, trn: str, *, now: datetime, by: str) -> None:
    """Give a teacher who is locked and has no TRN the one that a list says.

    Raises:
        Conflict: `trn_taken`.
    """
    if not store.give_trn(session, teacher_id, trn):
        raise trn_taken()
    session.get_one(Teacher, teacher_id).touch(now=now, by=by)
    session.flush()


def trn_taken() -> Conflict:
    """Another teacher has the TRN."""
    return Conflict("trn_taken", "Another teacher has this reference number.", "/trn")


def change(teacher: Teacher, changed: Mapping[str, Any]) -> None:
    """Write new values; a former name or e-mail address is kept, by which people and lists may still go."""
    name, email = teacher.name, teacher.email
    for column, value in changed.items():
        setattr(teacher, column, value)
    teacher.previous_names = teachers.names_before(teacher.previous_names, name, teacher.name)
    teacher.former_emails = teachers.formers(teacher.former_emails, email, teacher.email)


def unknown_teacher() -> Unknown:
    """There is nobody of that id."""
    return Unknown("unknown_teacher", "There is no such teacher.")


def lock_teacher(session: Session, teacher_id: UUID, *, whole: bool = False) -> Teacher:
    """One teacher, to decide about them; `whole`: nor is anything put down that refers to them.

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
    """One teacher whose name is known, to decide about them.

    Raises:
        Unknown: `unknown_teacher`; Conflict: `teacher_merged`, `teacher_anonymised`.
    """
    teacher = lock_teacher(session, teacher_id)
    if teacher.anonymised_on is not None:
        raise Conflict("teacher_anonymised", "Nobody knows any more who this is.")
    return teacher
