"""What papers say: names beside places."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub_enrolment.models import Enrolment, School, Teacher


def names_of_places(session: Session, work_group_id: UUID) -> dict[UUID, tuple[str, str, str]]:
    """Family name, given name and school by place, those given back too, in the order of the names."""
    columns = (Enrolment.id, Teacher.family, Teacher.given, School.name)
    rows = session.execute(
        select(*columns)
        .join(Teacher, Teacher.id == Enrolment.teacher_id)
        .join(School, School.urn == Enrolment.urn)
        .where(Enrolment.work_group_id == work_group_id)
    )
    named = {place_id: (family, given, school) for place_id, family, given, school in rows}
    return dict(sorted(named.items(), key=lambda item: ([word.casefold() for word in item[1]], item[0])))
