"""Two records of one person: likely pairs, what a merger moves, and the moving."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any, Final
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

# Every table that names a teacher; a test finds one that is forgotten. What names a place follows the place.
NAMING: Final[tuple[type[Base], ...]] = (
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
# One row for each person and this: where both records have one, the target's says it already.
ONCE_FOR_EACH: Final[tuple[tuple[type[Base], str], ...]] = (
    (ApplicationParticipant, "application_id"),
    (PDDayRegistration, "pd_day_id"),
    (PDDayAttendance, "pd_day_id"),
)


def lock_both(session: Session, ids: Iterable[UUID]) -> dict[UUID, Teacher]:
    """Two records, held in the order of their ids; nothing can be put down that names one of them."""
    rows = session.scalars(
        select(Teacher)
        .where(Teacher.id.in_(list(ids)))
        .order_by(Teacher.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {teacher.id: teacher for teacher in rows}


def counts(session: Session, teacher_id: UUID) -> dict[str, int]:
    """How many rows of each table are about one person, by the table's name."""
    return {
        name: session.scalars(
            select(func.count()).where(personal_data.of_person(personal_data.table(name), teacher_id))
        ).one()
        for name in personal_data.TABLES
        if name != Teacher.__tablename__
    }


def shared_groups(session: Session, one: UUID, other: UUID) -> list[UUID]:
    """The work groups on which both hold an active place, in the order of their ids."""
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
    """Both active places on each of these groups, as they are now."""
    done = [exists().where(table.c.enrolment_id == Enrolment.id) for table in _naming_places()]
    used = [*done, Enrolment.transferred_from.is_not(None)]  # sessions of another group count for it
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
    """Of two records that wait for the same group the entry that joined later, by the groups' ids."""
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
    """The roles that both hold without a last day, as pairs."""
    rows = session.scalars(
        select(LeaderRole)
        .where(LeaderRole.teacher_id.in_([one, other]), LeaderRole.ends_on.is_(None))
        .order_by(LeaderRole.role, LeaderRole.starts_on, LeaderRole.id)
    )
    pairs = [list(held) for _, held in groupby(rows, key=lambda role: role.role)]
    return [pair for pair in pairs if len(pair) == 2]


def join_memberships(session: Session, joined: Iterable[Joined], *, now: datetime, by: str) -> None:
    """Write down memberships of one school that became one."""
    for one in joined:
        session.execute(delete(SchoolMembership).where(SchoolMembership.id.in_(one.dropped)))
        kept = session.get_one(SchoolMembership, one.kept.id)
        kept.starts_on = one.kept.starts_on
        kept.touch(now=now, by=by)
        session.flush()


def drop_doubles(session: Session, origin: UUID, target: UUID) -> None:
    """Take away what the target's record says already: of two leads of one group the later position."""
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


def rename(session: Session, origin: UUID, target: UUID, *, now: datetime, by: str) -> None:
    """Let everything that names one record name the other."""
    for model in NAMING:
        table = _table(model)
        values: dict[str, Any] = {"teacher_id": target}
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
    """The records that were merged into one, held."""
    statement = select(Teacher).where(Teacher.merged_into == teacher_id).order_by(Teacher.id)
    return session.scalars(statement.with_for_update()).all()


def _naming_places() -> list[Table]:
    """Every table of what was done with a place; how it was come by, over a waiting list, is none."""
    return [
        table
        for table in Base.metadata.sorted_tables
        if table.name not in {Enrolment.__tablename__, WaitingEntry.__tablename__}
        and any(fk.column.table.name == Enrolment.__tablename__ for fk in table.foreign_keys)
    ]


def _table(model: type[Base]) -> Table:
    return Base.metadata.tables[model.__tablename__]
