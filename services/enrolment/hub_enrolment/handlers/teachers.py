"""Find teachers, and correct their details."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from hub_enrolment.commands.teachers import ChangeTeacher
from hub_enrolment.domain import teachers
from hub_enrolment.steps.teachers import change, lock_named, trn_taken, unknown_teacher
from hub_enrolment.store import teachers as store
from hub_kernel.refusals import Stale


def change_teacher(
    session: Session, command: ChangeTeacher, *, expected: int | None, now: datetime, by: str
) -> store.Employed:
    """Correct a teacher's details; a replaced name is kept.

    An e-mail address, also the same one again, or `keep_email` confirms the address.

    `expected` is the revision that the sender has seen. Nothing new changes nothing.

    Raises:
        Unknown: `unknown_teacher`; Stale: `stale`.
        Refused: `name_missing`, `bad_trn`, `trn_and_trnless`, `email_and_keep_email`.
        Conflict: `trn_taken`; it, too: see `lock_teacher`.
    """
    teacher = lock_named(session, command.teacher_id)
    if teacher.revision != expected:
        raise Stale("stale", f"The teacher has been changed since; now at revision {teacher.revision}.")
    values = dict(command.changes)
    teachers.check_name(values.get("given", teacher.given), values.get("family", teacher.family))
    trnless = values.get("trnless", teacher.trnless)
    values["trn"] = teachers.trn_to_keep(values.get("trn", teacher.trn), trnless=trnless)
    if teachers.address_answered(values.get("email"), keep_email=command.keep_email):
        values["email_unconfirmed_since"] = None
    changed = {name: value for name, value in values.items() if value != getattr(teacher, name)}
    if changed:
        before, trn = teacher.trn, changed.get("trn")
        if trn is not None and not store.give_trn(session, teacher.id, trn):
            raise trn_taken()
        teacher.former_trns = teachers.formers(teacher.former_trns, before, values["trn"])
        change(teacher, changed)
        teacher.touch(now=now, by=by)
        session.flush()
    return find_teacher(session, teacher.id)


def find_teacher(session: Session, teacher_id: UUID) -> store.Employed:
    """Return a teacher with their school; for a merged record the one it was merged into.

    Raises:
        Unknown: `unknown_teacher`.
    """
    employed = store.find_teacher(session, teacher_id)
    if employed is None:
        raise unknown_teacher()
    return employed
