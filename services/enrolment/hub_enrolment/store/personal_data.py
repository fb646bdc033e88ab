"""Which rows of which tables belong to one person: for subject access, mergers and erasures."""

from typing import Final
from uuid import UUID

from sqlalchemy import ColumnElement, Table, or_, select

from hub_enrolment.models import Base, Enrolment, Teacher

# Every table with rows of a person, in the order of a subject access report; a test compares the models.
TABLES: Final = (
    "teachers",
    "school_memberships",
    "membership_corrections",
    "leader_roles",
    "work_group_leads",
    "enrolments",
    "undone_withdrawals",
    "application_participants",
    "waiting_list",
    "apologies",
    "attendances",
    "attendance_corrections",
    "task_reports",
    "lesson_study_parts",
    "pd_day_registrations",
    "pd_day_attendances",
)


def table(name: str) -> Table:
    """Return one of `TABLES` by its name."""
    return Base.metadata.tables[name]


def of_person(table: Table, teacher_id: UUID) -> ColumnElement[bool]:
    """Return the condition for a person's rows of a table: by id, merged records included, or by place."""
    if table.name == Teacher.__tablename__:
        return or_(table.c.id == teacher_id, table.c.merged_into == teacher_id)
    if "teacher_id" in table.c:
        return table.c.teacher_id == teacher_id
    return table.c.enrolment_id.in_(select(Enrolment.id).where(Enrolment.teacher_id == teacher_id))
