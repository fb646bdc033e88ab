"""Erase a teacher's personal data."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub_contracts.enrolment import TeacherAnonymised
from hub_enrolment.commands.mergers import AnonymiseTeacher
from hub_enrolment.domain import erasures
from hub_enrolment.models import Teacher
from hub_enrolment.steps.teachers import lock_teacher
from hub_enrolment.steps.waiting_list import leave_lists
from hub_enrolment.store import erasures as store
from hub_enrolment.store import waiting_list as waiting_store
from hub_kernel.academic_years import AcademicYear
from hub_kernel.england import day_in_england
from hub_messaging import outbox
from hub_platform import idempotency


def anonymise_teacher(session: Session, command: AnonymiseTeacher, *, now: datetime, by: str) -> Teacher:
    """Erase a teacher's names, addresses and numbers, also in merged records, notes and stored answers.

    Places, marks and roles stay, so that counts stay right. A repeated command changes nothing.

    Raises:
        Unknown: `unknown_teacher`; Conflict: `teacher_merged`; it, too: see `erasures.check`.
    """
    teacher = lock_teacher(session, command.teacher_id, whole=True)
    if teacher.anonymised_on is not None:
        return teacher
    today = day_in_england(now)
    years = map(AcademicYear.parse, store.years_of_places(session, teacher.id))
    last_days = store.last_days_of_roles(session, teacher.id)
    erasures.check(
        places_n=sum(erasures.still_held(year.ends_on, today) for year in years),
        roles_n=sum(erasures.still_held(last_day, today) for last_day in last_days),
    )
    for record in store.records_of(session, teacher.id):
        record.given, record.family, record.email = erasures.GIVEN, erasures.FAMILY, erasures.EMAIL
        record.phone = record.trn = record.email_unconfirmed_since = None
        record.previous_names, record.former_trns, record.former_emails = [], [], []
        record.anonymised_on, record.anonymised_reason = today, command.reason
        record.touch(now=now, by=by)
        idempotency.erase(session, str(record.id).encode())
    store.leave_open_pd_days(session, teacher.id)
    leave_lists(session, waiting_store.open_of_teacher(session, teacher.id), now=now, by=by)
    store.erase_notes(session, teacher.id)
    session.flush()
    event = TeacherAnonymised(teacher_id=teacher.id, anonymised_on=today)
    outbox.record(session, event, occurred_at=now, by=by)
    return teacher
