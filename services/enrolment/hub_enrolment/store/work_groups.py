"""Work Groups with their programmes, leads and places."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import Select, and_, bindparam, delete, exists, select
from sqlalchemy.orm import Session

from hub_enrolment.domain.enrolments import HELD
from hub_enrolment.domain.programmes import Limits
from hub_enrolment.domain.work_groups import Composition, SchoolOnGroup, composition
from hub_enrolment.models import Enrolment, Programme, SchoolMembership, WorkGroup, WorkGroupLead
from hub_enrolment.store import successions as succession_store
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Unknown
from hub_platform.paging import where_given


@dataclass(frozen=True)
class Described:
    """A group with its programme, leads and composition."""

    row: WorkGroup
    programme: Programme
    lead_ids: list[UUID]
    teachers_n: int
    schools_n: int  # a school and its successor are one


class Locked(NamedTuple):
    """A Work Group that no other transaction can change until this one ends, with its programme."""

    group: WorkGroup
    programme: Programme


# Built once: building a statement costs more than sending it.
_LOCK = (
    select(WorkGroup, Programme)
    .join(Programme, Programme.id == WorkGroup.programme_id)
    .where(WorkGroup.id == bindparam("work_group_id"))
    .with_for_update(of=WorkGroup, key_share=True)
    .execution_options(populate_existing=True)
)


def lock_work_group(session: Session, work_group_id: UUID) -> Locked:
    """Lock a Work Group until the transaction ends, so that decisions about it are made one after the other.

    Raises:
        Unknown: `unknown_work_group`.
    """
    row = session.execute(_LOCK, {"work_group_id": work_group_id}).one_or_none()
    if row is None:
        raise _unknown()
    return Locked(*row)


def lock_with_terms(session: Session, work_group_id: UUID) -> Locked:
    """Lock a Work Group and read its programme again, to decide by the programme's terms or to publish them.

    A correction of the programme locks the programme's groups, too. The programme that was read while this
    transaction waited for the lock may be the one before the correction.

    Raises:
        Unknown: `unknown_work_group`.
    """
    locked = lock_work_group(session, work_group_id)
    session.refresh(locked.programme)
    return locked


def find_work_group(session: Session, work_group_id: UUID, *, now: datetime) -> Described:
    """Return a Work Group; its schools are counted as of today.

    Raises:
        Unknown: `unknown_work_group`.
    """
    row = session.get(WorkGroup, work_group_id)
    if row is None:
        raise _unknown()
    return describe(session, [row], day=day_in_england(now))[0]


def _unknown() -> Unknown:
    return Unknown("unknown_work_group", "There is no such work group.")


def lead_ids(session: Session, work_group_id: UUID) -> list[UUID]:
    """Return the ids of a group's leads, in order; none for an unknown group."""
    statement = (
        select(WorkGroupLead.teacher_id)
        .where(WorkGroupLead.work_group_id == work_group_id)
        .order_by(WorkGroupLead.position)
    )
    return list(session.scalars(statement))


@dataclass(frozen=True, kw_only=True)
class WorkGroupFilter:
    """The groups that a list asks for; None asks for any."""

    led_by: UUID | None = None  # the lead to whose groups the list is limited
    lead_id: UUID | None = None  # the lead asked for
    status: str | None = None
    programme_id: UUID | None = None
    academic_year: str | None = None
    q: str | None = None  # a part of the title, in any case


def list_work_groups(asked: WorkGroupFilter) -> Select[WorkGroup]:
    """Select the groups that a filter asks for."""
    statement = select(WorkGroup)
    for lead in (asked.led_by, asked.lead_id):
        if lead is not None:
            leads_it = (WorkGroupLead.work_group_id == WorkGroup.id, WorkGroupLead.teacher_id == lead)
            statement = statement.where(exists().where(*leads_it))
    statement = where_given(
        statement, (WorkGroup.status, asked.status), (WorkGroup.programme_id, asked.programme_id)
    )
    if asked.academic_year is not None:
        of_year = (Programme.id == WorkGroup.programme_id, Programme.academic_year == asked.academic_year)
        statement = statement.where(exists().where(*of_year))
    if asked.q is not None:
        statement = statement.where(WorkGroup.title.icontains(asked.q, autoescape=True))
    return statement


def describe(session: Session, groups: Sequence[WorkGroup], *, day: date) -> list[Described]:
    """Add programme, leads and composition as of a day to groups, in four statements."""
    ids = [group.id for group in groups]
    programmes = session.scalars(select(Programme).where(Programme.id.in_({g.programme_id for g in groups})))
    by_id = {programme.id: programme for programme in programmes}
    leads: defaultdict[UUID, list[UUID]] = defaultdict(list)
    for lead in session.scalars(
        select(WorkGroupLead).where(WorkGroupLead.work_group_id.in_(ids)).order_by(WorkGroupLead.position)
    ):
        leads[lead.work_group_id].append(lead.teacher_id)
    urns = schools_of_places(session, ids)
    successions = succession_store.around(session, {urn for listed in urns.values() for urn in listed})
    return [
        Described(
            group,
            by_id[group.programme_id],
            leads[group.id],
            **vars(composition(urns.get(group.id, ()), successions, day)),
        )
        for group in groups
    ]


def schools_of_places(session: Session, work_group_ids: Iterable[UUID]) -> dict[UUID, list[str]]:
    """Return the URN of each counted place at the time of its enrolment, by group."""
    rows = session.execute(
        select(Enrolment.work_group_id, Enrolment.urn).where(
            Enrolment.work_group_id.in_(list(work_group_ids)), Enrolment.status.in_(HELD)
        )
    )
    found: defaultdict[UUID, list[str]] = defaultdict(list)
    for work_group_id, urn in rows:
        found[work_group_id].append(urn)
    return dict(found)


def count(session: Session, work_group_id: UUID, *, day: date) -> Composition:
    """Count a group's places, and their schools as of a day with successions applied."""
    urns = schools_of_places(session, [work_group_id]).get(work_group_id, [])
    return composition(urns, succession_store.around(session, urns), day)


def schools_on(session: Session, work_group_id: UUID, *, day: date) -> list[SchoolOnGroup]:
    """Return each school with counted places as of a day, and its participants' roles, also at school."""
    of_group = (Enrolment.work_group_id == work_group_id, Enrolment.status.in_(HELD))
    held = session.execute(select(Enrolment.urn, Enrolment.role).where(*of_group)).all()
    works_there = (SchoolMembership.teacher_id == Enrolment.teacher_id, SchoolMembership.ends_on.is_(None))
    jobs = session.execute(
        select(Enrolment.urn, SchoolMembership.urn, SchoolMembership.role)
        .join(SchoolMembership, and_(*works_there))
        .where(*of_group)
    ).all()
    successions = succession_store.around(session, {*(urn for urn, _ in held), *(urn for _, urn, _ in jobs)})
    places = Counter(successions.standing(urn, day) for urn, _ in held)
    roles: defaultdict[str, set[str]] = defaultdict(set)
    for urn, role in held:
        roles[successions.standing(urn, day)].add(role)
    for urn, works_at, role in jobs:
        if successions.same(urn, works_at, day):
            roles[successions.standing(urn, day)].add(role)
    return [
        SchoolOnGroup(urn=urn, places_n=places_n, roles=frozenset(roles[urn]))
        for urn, places_n in sorted(places.items())
    ]


def replace_leads(session: Session, work_group_id: UUID, lead_ids: Sequence[UUID]) -> None:
    """Replace the leads of a group."""
    session.execute(
        delete(WorkGroupLead)
        .where(WorkGroupLead.work_group_id == work_group_id)
        .execution_options(synchronize_session="fetch")
    )
    session.add_all(
        WorkGroupLead(work_group_id=work_group_id, position=position, teacher_id=lead_id)
        for position, lead_id in enumerate(lead_ids, start=1)
    )
    session.flush()


def limits_of(programme: Programme) -> Limits:
    """Return the limits of a programme's groups."""
    return Limits(
        min_schools=programme.min_schools,
        min_teachers=programme.min_teachers,
        max_teachers=programme.max_teachers,
        max_per_school=programme.max_per_school,
    )
