"""Reads and writes for merging two records of one person."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final
from uuid import UUID

from sqlalchemy import Table, delete, exists, func, select, tuple_, update
from sqlalchemy.orm import Session

from hub_enrolment.domain import waiting_list
from hub_enrolment.domain.mergers import HeldPlace, Joined
from hub_enrolment.models import (
    ApplicationParticipant,
    Base,
    Enrolment,
    LeaderRole,
    MembershipCorrection,
    PDDayAttendance,
    PDDayRegistration,
    SchoolMembership,
    Teacher,
    WaitingEntry,
    WorkGroupLead,
)
from hub_enrolment.store import personal_data

# Every table with a teacher's id; a test finds one that is missing here. Rows with a place's id follow it.
REFERRING: Final[tuple[type[Base], ...]] = (
    SchoolMembership,
    MembershipCorrection,
    LeaderRole,
    WorkGroupLead,
    Enrolment,
    ApplicationParticipant,
    WaitingEntry,
    PDDayRegistration,
    PDDayAttendance,
)
# Tables with one row for each person and this column: where both records have one, the target's stays.
ONCE_FOR_EACH: Final[tuple[tuple[type[Base], str], ...]] = (
    (ApplicationParticipant, "application_id"),
    (PDDayRegistration, "pd_day_id"),
    (PDDayAttendance, "pd_day_id"),
)


def lock_both(session: Session, ids: Iterable[UUID]) -> dict[UUID, Teacher]:
    """Lock two records, in the order of their ids, and return them by id; no new row can refer to them."""
    rows = session.scalars(
        select(Teacher)
        .where(Teacher.id.in_(list(ids)))
        .order_by(Teacher.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {teacher.id: teacher for teacher in rows}


def counts(session: Session, teacher_id: UUID) -> dict[str, int]:
    """Return the number of rows of one person in each table, by the table's name."""
    return {
        name: session.scalars(
            select(func.count()).where(personal_data.of_person(personal_data.table(name), teacher_id))
        ).one()
        for name in personal_data.TABLES
        if name != Teacher.__tablename__
    }


def shared_groups(session: Session, one: UUID, other: UUID) -> list[UUID]:
    """Return the ids of groups on which both records have an active place, in order."""
    return list(
        session.scalars(
            select(Enrolment.work_group_id)
            .where(Enrolment.teacher_id.in_([one, other]), Enrolment.status == "active")
            .group_by(Enrolment.work_group_id)
            .having(func.count() > 1)
            .order_by(Enrolment.work_group_id)
        )
    )


def shared_places(
    session: Session, one: UUID, other: UUID, groups: Sequence[UUID]
) -> list[tuple[HeldPlace, HeldPlace]]:
    """Return the two active places on each of these groups."""
    done = [exists().where(table.c.enrolment_id == Enrolment.id) for table in _tables_about_places()]
    used = [
        *done,
        Enrolment.transferred_from.is_not(None),
    ]  # attendance on another group counts for the place
    rows = session.execute(
        select(Enrolment.id, Enrolment.work_group_id, Enrolment.enrolled_at, func.greatest(*used))
        .where(
            Enrolment.teacher_id.in_([one, other]),
            Enrolment.status == "active",
            Enrolment.work_group_id.in_(groups),
        )
        .order_by(Enrolment.work_group_id, Enrolment.id)
    )
    places = [HeldPlace(id=id_, work_group_id=on, enrolled_at=at, used=used) for id_, on, at, used in rows]
    pairs = [list(pair) for _, pair in groupby(places, key=lambda place: place.work_group_id)]
    return [(pair[0], pair[1]) for pair in pairs if len(pair) == 2]


def waiting_twice(session: Session, one: UUID, other: UUID) -> list[WaitingEntry]:
    """Return the later of two open entries of both records on one waiting list, in the order of group ids."""
    waiting = (WaitingEntry.teacher_id.in_([one, other]), WaitingEntry.status.in_(waiting_list.OPEN))
    last = (
        select(WaitingEntry.work_group_id, func.max(WaitingEntry.seq))
        .where(*waiting)
        .group_by(WaitingEntry.work_group_id)
        .having(func.count() > 1)
    )
    joined = tuple_(WaitingEntry.work_group_id, WaitingEntry.seq)
    return list(
        session.scalars(select(WaitingEntry).where(joined.in_(last)).order_by(WaitingEntry.work_group_id))
    )


def open_roles(session: Session, one: UUID, other: UUID) -> list[list[LeaderRole]]:
    """Return pairs of equal roles without a last day, one of each record."""
    rows = session.scalars(
        select(LeaderRole)
        .where(LeaderRole.teacher_id.in_([one, other]), LeaderRole.ends_on.is_(None))
        .order_by(LeaderRole.role, LeaderRole.starts_on, LeaderRole.id)
    )
    pairs = [list(held) for _, held in groupby(rows, key=lambda role: role.role)]
    return [pair for pair in pairs if len(pair) == 2]


def join_memberships(session: Session, joined: Iterable[Joined], *, now: datetime, by: str) -> None:
    """Store joined memberships: update the kept one and delete the others."""
    for one in joined:
        session.execute(delete(SchoolMembership).where(SchoolMembership.id.in_(one.dropped)))
        kept = session.get_one(SchoolMembership, one.kept.id)
        kept.starts_on = one.kept.starts_on
        kept.touch(now=now, by=by)
        session.flush()


def drop_doubles(session: Session, origin: UUID, target: UUID) -> None:
    """Delete rows of the origin that the target has, too; of two leads of one group the later position."""
    for model, of in ONCE_FOR_EACH:
        table = _table(model)
        held = select(table.c[of]).where(table.c.teacher_id == target)
        session.execute(delete(model).where(table.c.teacher_id == origin, table.c[of].in_(held)))
    last = (
        select(WorkGroupLead.work_group_id, func.max(WorkGroupLead.position))
        .where(WorkGroupLead.teacher_id.in_([origin, target]))
        .group_by(WorkGroupLead.work_group_id)
        .having(func.count() > 1)
    )
    position = tuple_(WorkGroupLead.work_group_id, WorkGroupLead.position)
    session.execute(delete(WorkGroupLead).where(position.in_(last)))


def repoint(session: Session, origin: UUID, target: UUID, *, now: datetime, by: str) -> None:
    """Replace the id of one record by the other's in every table."""
    for model in REFERRING:
        table = _table(model)
        values: dict[str, object] = {"teacher_id": target}
        if "revision" in table.c:
            values |= {"revision": table.c.revision + 1, "changed_at": now, "changed_by": by}
        session.execute(update(table).where(table.c.teacher_id == origin).values(values))
    session.execute(
        update(Teacher)
        .where(Teacher.different_from.contains([origin]))
        .values(different_from=func.array_replace(Teacher.different_from, origin, target))
        .execution_options(synchronize_session=False)
    )
    session.expire_all()


def merged_before(session: Session, teacher_id: UUID) -> Sequence[Teacher]:
    """Lock and return the records that were merged into one."""
    statement = select(Teacher).where(Teacher.merged_into == teacher_id).order_by(Teacher.id)
    return session.scalars(statement.with_for_update()).all()


def _tables_about_places() -> list[Table]:
    """Return the tables with rows about a place, except waiting lists, which come before it."""
    return [
        table
        for table in Base.metadata.sorted_tables
        if table.name not in {Enrolment.__tablename__, WaitingEntry.__tablename__}
        and any(fk.column.table.name == Enrolment.__tablename__ for fk in table.foreign_keys)
    ]


def _table(model: type[Base]) -> Table:
    return Base.metadata.tables[model.__tablename__]
