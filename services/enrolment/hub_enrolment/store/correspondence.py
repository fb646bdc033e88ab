"""Whose messages are a person's or a school's: notifications asks, because it keeps neither."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, func, or_, select, union
from sqlalchemy.orm import Session

from hub_enrolment.models import (
    Application,
    ApplicationParticipant,
    Enrolment,
    PDDay,
    PDDayRegistration,
    SchoolMembership,
    Teacher,
    WaitingEntry,
)


def records(session: Session, teacher_id: UUID) -> list[UUID]:
    """Return the ids of every record of one person: the one that is left and those merged into it."""
    left = select(func.coalesce(Teacher.merged_into, Teacher.id)).where(Teacher.id == teacher_id)
    statement = select(Teacher.id).where(
        or_(Teacher.id == left.scalar_subquery(), Teacher.merged_into == left.scalar_subquery())
    )
    return list(session.scalars(statement.order_by(Teacher.id)))


def threads(session: Session, urns: Iterable[str]) -> list[tuple[str, UUID]]:
    """Return (subject, teacher id) of everything that people do for these schools.

    Subjects are `work-groups/<id>` for places, waiting lists and applications by the school that they count
    for, and `pd-days/<id>` for registrations by the school of that day. Merged records are named, too.
    """
    schools = set(urns)
    of_groups: CompoundSelect[UUID, UUID] = union(
        select(Enrolment.work_group_id, Enrolment.teacher_id).where(Enrolment.urn.in_(schools)),
        select(WaitingEntry.work_group_id, WaitingEntry.teacher_id).where(WaitingEntry.urn.in_(schools)),
        select(Application.work_group_id, ApplicationParticipant.teacher_id)
        .join(ApplicationParticipant, ApplicationParticipant.application_id == Application.id)
        .where(Application.urn.in_(schools)),
    )
    found = {(f"work-groups/{group_id}", teacher) for group_id, teacher in session.execute(of_groups)}
    found |= {(f"pd-days/{day_id}", teacher) for day_id, teacher in session.execute(_days(schools))}
    merged = session.execute(
        select(Teacher.merged_into, Teacher.id).where(Teacher.merged_into.in_({one for _, one in found}))
    ).all()
    found |= {(subject, before) for subject, teacher in found for left, before in merged if left == teacher}
    return sorted(found)


def _days(schools: set[str]) -> Select[UUID, UUID]:
    works_there = (
        SchoolMembership.teacher_id == PDDayRegistration.teacher_id,
        SchoolMembership.urn.in_(schools),
        SchoolMembership.starts_on <= PDDay.day,
        or_(SchoolMembership.ends_on.is_(None), SchoolMembership.ends_on >= PDDay.day),
    )
    return (
        select(PDDayRegistration.pd_day_id, PDDayRegistration.teacher_id)
        .join(PDDay, PDDay.id == PDDayRegistration.pd_day_id)
        .join(SchoolMembership, works_there[0])
        .where(*works_there[1:])
    )
