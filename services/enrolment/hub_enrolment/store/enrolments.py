"""Places on work groups."""

from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from hub_enrolment.domain.enrolments import Places
from hub_enrolment.models import Enrolment, Programme, WorkGroup


def places(session: Session, group: WorkGroup, programme: Programme, *, teacher_id: UUID, urn: str) -> Places:
    """What a decision about a place needs; the group is locked by the caller."""
    active = Enrolment.status == "active"
    row = session.execute(
        select(
            func.count().filter(active),
            func.count().filter(active, Enrolment.urn == urn),
            func.count().filter(active, Enrolment.teacher_id == teacher_id),
            func.count().filter(Enrolment.urn == urn),
        ).where(Enrolment.work_group_id == group.id)
    ).one()
    return Places(
        status=group.status,
        capacity=group.capacity,
        opens_at=group.opens_at,
        closes_at=group.closes_at,
        max_per_school=programme.max_per_school,
        taken=row[0],
        taken_by_school=row[1],
        held_by_teacher=row[2] > 0,
        school_seen=row[3] > 0,
    )


def find_enrolment(session: Session, enrolment_id: UUID) -> Enrolment | None:
    """One place as it is now, read anew."""
    return session.get(Enrolment, enrolment_id, populate_existing=True)


def list_enrolments(work_group_id: UUID) -> Select[Enrolment]:
    """The places, also those given back, of one work group."""
    return select(Enrolment).where(Enrolment.work_group_id == work_group_id)
