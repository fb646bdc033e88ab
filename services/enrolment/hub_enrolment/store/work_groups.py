"""Work groups with what belongs to them."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, distinct, exists, func, select
from sqlalchemy.orm import Session

from hub_enrolment.domain.programmes import Limits
from hub_enrolment.domain.work_groups import Composition, composition
from hub_enrolment.models import Enrolment, Programme, WorkGroup, WorkGroupLead
from hub_enrolment.store import schools


@dataclass(frozen=True)
class Described:
    """A work group as it is shown."""

    row: WorkGroup
    programme: Programme
    lead_ids: list[UUID]
    teachers_n: int
    schools_n: int  # distinct URNs; successors are only followed when a group is confirmed


def lock_work_group(session: Session, work_group_id: UUID) -> tuple[WorkGroup, Programme] | None:
    """One work group, held until the transaction ends: decisions about it are made one after the other."""
    row = session.execute(
        select(WorkGroup, Programme)
        .join(Programme, Programme.id == WorkGroup.programme_id)
        .where(WorkGroup.id == work_group_id)
        .with_for_update(of=WorkGroup, key_share=True)
        .execution_options(populate_existing=True)
    ).one_or_none()
    return None if row is None else (row[0], row[1])


def find_work_group(session: Session, work_group_id: UUID) -> Described | None:
    """One work group."""
    row = session.get(WorkGroup, work_group_id)
    return None if row is None else describe(session, [row])[0]


def lead_ids(session: Session, work_group_id: UUID) -> list[UUID]:
    """Who leads a work group; nobody leads one that is not there."""
    statement = (
        select(WorkGroupLead.teacher_id)
        .where(WorkGroupLead.work_group_id == work_group_id)
        .order_by(WorkGroupLead.position)
    )
    return list(session.scalars(statement))


def list_work_groups(*, led_by: UUID | None = None, status: str | None = None) -> Select[WorkGroup]:
    """The work groups that a list asks for."""
    statement = select(WorkGroup)
    if led_by is not None:
        leads_it = (WorkGroupLead.work_group_id == WorkGroup.id, WorkGroupLead.teacher_id == led_by)
        statement = statement.where(exists().where(*leads_it))
    return statement if status is None else statement.where(WorkGroup.status == status)


def describe(session: Session, groups: Sequence[WorkGroup]) -> list[Described]:
    """Work groups with all that is shown of them, in three statements however many they are."""
    ids = [group.id for group in groups]
    programmes = session.scalars(select(Programme).where(Programme.id.in_({g.programme_id for g in groups})))
    by_id = {programme.id: programme for programme in programmes}
    leads: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for lead in session.scalars(
        select(WorkGroupLead).where(WorkGroupLead.work_group_id.in_(ids)).order_by(WorkGroupLead.position)
    ):
        leads[lead.work_group_id].append(lead.teacher_id)
    counted = session.execute(
        select(Enrolment.work_group_id, func.count(), func.count(distinct(Enrolment.urn)))
        .where(Enrolment.work_group_id.in_(ids), Enrolment.status == "active")
        .group_by(Enrolment.work_group_id)
    )
    counts = {group_id: (teachers_n, schools_n) for group_id, teachers_n, schools_n in counted}
    return [
        Described(group, by_id[group.programme_id], leads[group.id], *counts.get(group.id, (0, 0)))
        for group in groups
    ]


def count(session: Session, work_group_id: UUID) -> Composition:
    """How many hold a place now, and from how many schools; a school and its successor are one."""
    urns = session.scalars(
        select(Enrolment.urn).where(Enrolment.work_group_id == work_group_id, Enrolment.status == "active")
    ).all()
    return composition(urns, schools.successors(session, urns))


def limits_of(programme: Programme) -> Limits:
    """How large a programme's groups are meant to be."""
    return Limits(
        min_schools=programme.min_schools,
        min_teachers=programme.min_teachers,
        max_teachers=programme.max_teachers,
        max_per_school=programme.max_per_school,
    )
