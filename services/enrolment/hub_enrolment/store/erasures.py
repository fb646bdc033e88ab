"""Reads and writes for anonymising a teacher's record."""

from datetime import date
from typing import Final
from uuid import UUID

from sqlalchemy import delete, or_, select, update
from sqlalchemy.orm import Session

from hub_enrolment.models import (
    Enrolment,
    LeaderRole,
    PDDay,
    PDDayRegistration,
    Programme,
    Teacher,
    WorkGroup,
)
from hub_enrolment.store import personal_data
from hub_enrolment.store.leaders import OVER

# Columns with free text about one person; a test finds one that is missing here.
NOTES: Final = (
    ("attendance_corrections", "note"),
    ("membership_corrections", "note"),
    ("task_reports", "note"),
    ("undone_withdrawals", "note"),
)


def years_of_places(session: Session, teacher_id: UUID) -> list[str]:
    """Return the academic years of the groups, not over, on which a person has an active place."""
    return list(
        session.scalars(
            select(Programme.academic_year)
            .join(WorkGroup, WorkGroup.programme_id == Programme.id)
            .join(Enrolment, Enrolment.work_group_id == WorkGroup.id)
            .where(
                Enrolment.teacher_id == teacher_id,
                Enrolment.status == "active",
                WorkGroup.status.not_in(OVER),
            )
        )
    )


def last_days_of_roles(session: Session, teacher_id: UUID) -> list[date | None]:
    """Return the last day of each leadership role of a person; None for one without an end."""
    return list(session.scalars(select(LeaderRole.ends_on).where(LeaderRole.teacher_id == teacher_id)))


def records_of(session: Session, teacher_id: UUID) -> list[Teacher]:
    """Lock and return a teacher's record and those merged into it."""
    statement = select(Teacher).where(or_(Teacher.id == teacher_id, Teacher.merged_into == teacher_id))
    return list(session.scalars(statement.order_by(Teacher.id).with_for_update()))


def erase_notes(session: Session, teacher_id: UUID) -> None:
    """Delete free text by and about a person; the reports and corrections themselves stay."""
    for name, column in NOTES:
        table = personal_data.table(name)
        of_person = personal_data.of_person(table, teacher_id)
        session.execute(update(table).where(of_person, table.c[column].is_not(None)).values({column: None}))


def leave_open_pd_days(session: Session, teacher_id: UUID) -> None:
    """Delete registrations for open PD days; recorded attendance stays."""
    still_open = select(PDDay.id).where(PDDay.status == "open")
    session.execute(
        delete(PDDayRegistration).where(
            PDDayRegistration.teacher_id == teacher_id, PDDayRegistration.pd_day_id.in_(still_open)
        )
    )
