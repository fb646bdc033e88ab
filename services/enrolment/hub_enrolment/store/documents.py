"""What papers say: names beside places, sessions held beside marks."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, select
from sqlalchemy.orm import Session

from hub_enrolment.domain.documents import Held
from hub_enrolment.models import Attendance, Enrolment, GroupSession, School, Teacher

MINUTE: Final = timedelta(minutes=1)


def names_of_places(session: Session, work_group_id: UUID) -> dict[UUID, tuple[str, str, str]]:
    """School, family name and given name by place, those given back too, in the order of these words."""
    columns = (Enrolment.id, School.name, Teacher.family, Teacher.given)
    rows = session.execute(
        select(*columns)
        .join(Teacher, Teacher.id == Enrolment.teacher_id)
        .join(School, School.urn == Enrolment.urn)
        .where(Enrolment.work_group_id == work_group_id)
    )
    named = {place_id: (school, family, given) for place_id, school, family, given in rows}
    return dict(sorted(named.items(), key=lambda item: ([word.casefold() for word in item[1]], item[0])))


def sessions_held(session: Session, enrolment: Enrolment) -> list[Held]:
    """The sessions of the group that have been held, each with the mark of one place."""
    own = and_(Attendance.session_id == GroupSession.id, Attendance.enrolment_id == enrolment.id)
    columns = (GroupSession.held_on, GroupSession.starts_at, GroupSession.ends_at, Attendance.mark)
    rows = session.execute(
        select(*columns)
        .outerjoin(Attendance, own)
        .where(GroupSession.work_group_id == enrolment.work_group_id, GroupSession.status == "completed")
        .order_by(GroupSession.seq)
    )
    return [
        Held(on=held_on, minutes=(ends_at - starts_at) // MINUTE, mark=mark)
        for held_on, starts_at, ends_at, mark in rows
        if held_on is not None  # which a constraint says of completed sessions; this tells the type checker
    ]
