"""All data that this service stores about one person, for a subject access request (UK GDPR, article 15)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import RowMapping, Table, Text, cast, or_, select
from sqlalchemy.orm import Session

from hub_enrolment.models import Teacher
from hub_enrolment.store.personal_data import TABLES, of_person, table
from hub_messaging.tables import outbox

HEADINGS: Final[Mapping[str, str]] = {
    "teachers": "Who you are and how we reach you",
    "school_memberships": "Where you work and have worked",
    "membership_corrections": "What was put right about where you work",
    "leader_roles": "Roles in the hub that you hold or have held",
    "work_group_leads": "Work Groups that you lead or have led",
    "enrolments": "Your places on Work Groups",
    "undone_withdrawals": "Withdrawals from Work Groups that were undone",
    "application_participants": "Places that your school has applied for, for you",
    "waiting_list": "Work Groups whose waiting list you are or have been on",
    "apologies": "Sessions that you told us you could not come to",
    "attendances": "How you attended the sessions of your Work Groups",
    "attendance_corrections": "What was put right about how you attended",
    "task_reports": "Classroom tasks that you reported on",
    "lesson_study_parts": "Lesson studies that you took part in",
    "pd_day_registrations": "Professional development days and conferences that you have registered for",
    "pd_day_attendances": "How you attended professional development days and conferences",
}
PUBLISHED: Final = (
    "What we have told our other services about you: by a number that stands for you, never by name"
)

# The authors of changes are other people's data; revisions are no personal data. The keys of names repeat
# the names in the spelling by which they are compared.
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


@dataclass(frozen=True)
class Section:
    """A heading with its rows; each maps a column's name, in words, to its value (instants in ISO 8601)."""

    heading: str
    items: Sequence[Mapping[str, object]]


def report(session: Session, teacher_id: UUID) -> list[Section]:
    """Return a section for each of `TABLES`, also where a person has no row, then the published events."""
    sections = [Section(HEADINGS[name], _rows(session, table(name), teacher_id)) for name in TABLES]
    records = table(Teacher.__tablename__)
    own = session.scalars(select(records.c.id).where(of_person(records, teacher_id)))
    data = cast(outbox.c.data, Text)
    about = or_(*(data.contains(str(own_id)) for own_id in own))
    columns = (outbox.c.type.label("event"), outbox.c.occurred_at)
    published = session.execute(select(*columns).where(about).order_by(outbox.c.position)).mappings()
    return [*sections, Section(PUBLISHED, _plain(published))]


def _rows(session: Session, table: Table, teacher_id: UUID) -> list[dict[str, object]]:
    columns = [column for column in table.c if column.name not in LEFT_OUT]
    statement = select(*columns).where(of_person(table, teacher_id)).order_by(*table.primary_key)
    return _plain(session.execute(statement).mappings())


def _plain(rows: Iterable[RowMapping]) -> list[dict[str, object]]:
    """Return rows with their columns' names as words, and dates and instants in ISO 8601."""
    return [
        {
            str(name).replace("_", " "): value.isoformat() if isinstance(value, date | datetime) else value
            for name, value in row.items()
        }
        for row in rows
    ]
