"""What is erased of a person, and what they still hold."""

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

# Free words about one person; a test finds a column that is forgotten.
WORDS: Final = (
    ("attendance_corrections", "note"),
    ("membership_corrections", "note"),
    ("task_reports", "note"),
    ("undone_withdrawals", "note"),
)


def years_of_places(session: Session, teacher_id: UUID) -> list[str]:
    """The academic year of each work group that is not over and on which somebody holds a place."""
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
    """The last day of each leadership role; None where there is none."""
    return list(session.scalars(select(LeaderRole.ends_on).where(LeaderRole.teacher_id == teacher_id)))


def records_of(session: Session, teacher_id: UUID) -> list[Teacher]:
    """A teacher's record and those that were merged into it, held."""
    statement = select(Teacher).where(or_(Teacher.id == teacher_id, Teacher.merged_into == teacher_id))
    return list(session.scalars(statement.order_by(Teacher.id).with_for_update()))


def erase_words(session: Session, teacher_id: UUID) -> None:
    """Free words of and about somebody; whether there was a report or a correction stays."""
    for name, column in WORDS:
        table = personal_data.table(name)
        of_person = personal_data.of_person(table, teacher_id)
        session.execute(update(table).where(of_person, table.c[column].is_not(None)).values({column: None}))


def leave_open_pd_days(session: Session, teacher_id: UUID) -> None:
    """Free the places on PD days to come; who was at one stays counted."""
    still_open = select(PDDay.id).where(PDDay.status == "open")
    session.execute(
        delete(PDDayRegistration).where(
            PDDayRegistration.teacher_id == teacher_id, PDDayRegistration.pd_day_id.in_(still_open)
        )
    )
