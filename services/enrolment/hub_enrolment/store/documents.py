"""What papers say: names beside places, sessions held beside marks."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.orm import Session

from hub_enrolment.domain.documents import Held
from hub_enrolment.domain.names import name_key
from hub_enrolment.domain.sessions import PRESENT, started_at
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
    return dict(sorted(named.items(), key=lambda item: ([name_key(word) for word in item[1]], item[0])))


def places_of_holder(session: Session, enrolment: Enrolment) -> list[UUID]:
    """Every place that the holder of one has or had on the same group."""
    return list(
        session.scalars(
            select(Enrolment.id).where(
                Enrolment.work_group_id == enrolment.work_group_id,
                Enrolment.teacher_id == enrolment.teacher_id,
            )
        )
    )


def sessions_held(session: Session, work_group_id: UUID, place_ids: Sequence[UUID]) -> list[Held]:
    """The sessions of a group that have been held, each with the mark of one of some places.

    Of two marks the one that says that the participant was there.
    """
    own = and_(Attendance.session_id == GroupSession.id, Attendance.enrolment_id.in_(place_ids))
    there = Attendance.mark.in_(PRESENT)
    columns = (GroupSession.held_on, GroupSession.starts_at, GroupSession.ends_at)
    mark = func.coalesce(func.min(Attendance.mark).filter(there), func.min(Attendance.mark))
    rows = session.execute(
        select(*columns, mark)
        .outerjoin(Attendance, own)
        .where(GroupSession.work_group_id == work_group_id, GroupSession.status == "completed")
        .group_by(GroupSession.id)
        .order_by(GroupSession.seq)
    )
    return [
        Held(
            began_at=started_at(starts_at, held_on=held_on),
            minutes=(ends_at - starts_at) // MINUTE,
            mark=mark,
        )
        for held_on, starts_at, ends_at, mark in rows
        if held_on is not None  # which a constraint says of completed sessions; this tells the type checker
    ]
