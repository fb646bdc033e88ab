"""The subjects and people of a school's messages: notifications asks by RPC, as it stores neither."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import CompoundSelect, Select, or_, select, union
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
from hub_enrolment.store import successions as succession_store


@dataclass(frozen=True, order=True)
class Thread:
    """One teacher's part in a Work Group or PD day on behalf of a school."""

    subject: str  # of the messages: work-groups/<id> or pd-days/<id>
    teacher_id: UUID


@dataclass(frozen=True)
class SchoolThreads:
    """A school's URNs, those of its predecessors included, and the threads of its messages."""

    urns: Sequence[str]
    threads: Sequence[Thread]


def school_threads(session: Session, urn: str, *, day: date) -> SchoolThreads:
    """Return the threads of a school and of those for which it stands on a day.

    A place, waiting-list entry or application belongs to the school for which it counts, a registration for a
    PD day to the teacher's school on that day. Merged records have threads of their own.
    """
    urns = succession_store.stood_for(session, urn, day)
    of_groups: CompoundSelect[UUID, UUID] = union(
        select(Enrolment.work_group_id, Enrolment.teacher_id).where(Enrolment.urn.in_(urns)),
        select(WaitingEntry.work_group_id, WaitingEntry.teacher_id).where(WaitingEntry.urn.in_(urns)),
        select(Application.work_group_id, ApplicationParticipant.teacher_id)
        .join(ApplicationParticipant, ApplicationParticipant.application_id == Application.id)
        .where(Application.urn.in_(urns)),
    )
    found = {Thread(f"work-groups/{group_id}", teacher) for group_id, teacher in session.execute(of_groups)}
    found |= {Thread(f"pd-days/{day_id}", teacher) for day_id, teacher in session.execute(_pd_days(urns))}
    merged = session.execute(
        select(Teacher.merged_into, Teacher.id).where(
            Teacher.merged_into.in_({thread.teacher_id for thread in found})
        )
    ).all()
    found |= {
        Thread(thread.subject, origin)
        for thread in found
        for target, origin in merged
        if target == thread.teacher_id
    }
    return SchoolThreads(urns=sorted(urns), threads=sorted(found))


def _pd_days(urns: Collection[str]) -> Select[UUID, UUID]:
    works_there = (
        SchoolMembership.teacher_id == PDDayRegistration.teacher_id,
        SchoolMembership.urn.in_(urns),
        SchoolMembership.starts_on <= PDDay.day,
        or_(SchoolMembership.ends_on.is_(None), SchoolMembership.ends_on >= PDDay.day),
    )
    return (
        select(PDDayRegistration.pd_day_id, PDDayRegistration.teacher_id)
        .join(PDDay, PDDay.id == PDDayRegistration.pd_day_id)
        .join(SchoolMembership, works_there[0])
        .where(*works_there[1:])
    )
