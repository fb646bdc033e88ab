"""Everything that this service holds of one person, for a subject access request (UK GDPR, article 15)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Table, Text, cast, or_, select
from sqlalchemy.orm import Session

from hub_enrolment.models import Base, Enrolment, Teacher
from hub_messaging.tables import outbox

# Every table with rows of a person, in the order in which they are told; a test finds one that is forgotten.
HEADINGS: Final[Mapping[str, str]] = {
    "teachers": "Who you are and how we reach you",
    "school_memberships": "Where you work and have worked",
    "membership_corrections": "What was put right about where you work",
    "leader_roles": "Roles in the hub that you hold or have held",
    "work_group_leads": "Work groups that you lead or have led",
    "enrolments": "Your places on work groups",
    "undone_withdrawals": "Withdrawals from work groups that were undone",
    "application_participants": "Places that your school has applied for, for you",
    "waiting_list": "Work groups on whose waiting list you stand or have stood",
    "apologies": "Sessions that you told us you could not come to",
    "attendances": "How you attended the sessions of your work groups",
    "attendance_corrections": "What was put right about how you attended",
    "task_reports": "Classroom tasks that you reported on",
    "lesson_study_parts": "Lesson studies that you took part in",
    "pd_day_registrations": "Professional development days and conferences that you have registered for",
    "pd_day_attendances": "How you attended professional development days and conferences",
}
TOLD: Final = "What we have told our other services about you: by a number that stands for you, never by name"

# Who typed it in is another person's data; the count of changes is nobody's. The keys of names are the names
# again, in the spelling by which they are compared.
LEFT_OUT: Final = frozenset(
    {
        "changed_by",
        "corrected_by",
        "created_by",
        "marked_by",
        "noted_by",
        "registered_by",
        "revision",
        "undone_by",
    }
    | {"given_key", "family_key", "name_key", "former_name_keys"}
    | {"different_from"}  # other people
)


def held_of(session: Session, teacher_id: UUID) -> list[dict[str, Any]]:
    """Each table's rows of one person under a heading; a heading without rows is there, too."""
    sections = [
        {"heading": heading, "items": _rows(session, Base.metadata.tables[name], teacher_id)}
        for name, heading in HEADINGS.items()
    ]
    columns = (outbox.c.type.label("event"), outbox.c.occurred_at)
    records = Base.metadata.tables[Teacher.__tablename__]
    own = session.scalars(select(records.c.id).where(of_person(records, teacher_id)))
    data = cast(outbox.c.data, Text)
    about = or_(*(data.contains(str(own_id)) for own_id in own))
    told = session.execute(select(*columns).where(about).order_by(outbox.c.position)).mappings()
    return [*sections, {"heading": TOLD, "items": [_plain(row) for row in told]}]


def _rows(session: Session, table: Table, teacher_id: UUID) -> list[dict[str, Any]]:
    columns = [column for column in table.c if column.name not in LEFT_OUT]
    statement = select(*columns).where(of_person(table, teacher_id)).order_by(*table.primary_key)
    return [_plain(row) for row in session.execute(statement).mappings()]


def of_person(table: Table, teacher_id: UUID) -> ColumnElement[bool]:
    """Which rows of a table are theirs: by person, merged records too, or, behind that, by place."""
    if table.name == Teacher.__tablename__:
        return or_(table.c.id == teacher_id, table.c.merged_into == teacher_id)
    if "teacher_id" in table.c:
        return table.c.teacher_id == teacher_id
    return table.c.enrolment_id.in_(select(Enrolment.id).where(Enrolment.teacher_id == teacher_id))


def _plain(row: Mapping[Any, Any]) -> dict[str, Any]:
    """Names of columns as words, dates and instants in ISO 8601."""
    return {
        str(name).replace("_", " "): value.isoformat() if isinstance(value, date | datetime) else value
        for name, value in row.items()
    }
