"""Places on Work Groups."""

from collections.abc import Collection
from datetime import date
from uuid import UUID

from sqlalchemy import Select, bindparam, func, select
from sqlalchemy.orm import Session

from hub_contracts.vocabulary import ParticipantRole
from hub_enrolment.domain.capacities import most_teachers, places_n
from hub_enrolment.domain.enrolments import HELD, Occupancy, Places
from hub_enrolment.models import Enrolment, Programme, UndoneWithdrawal, WaitingEntry, WorkGroup
from hub_enrolment.store import successions as succession_store
from hub_enrolment.store.work_groups import Locked
from hub_kernel.refusals import Unknown

# Built once: building a statement costs more than sending it.
_WAITING = select(
    func.count().filter(WaitingEntry.status == "offered").label("offered"),
    func.count().filter(WaitingEntry.status == "waiting").label("waiting"),
).where(WaitingEntry.work_group_id == bindparam("work_group_id"))
_COUNTED = _WAITING.subquery("counted")
_PLACES_AND_WAITING = select(
    _COUNTED.c.offered, _COUNTED.c.waiting, Enrolment.status, Enrolment.urn, Enrolment.teacher_id
).select_from(_COUNTED.outerjoin(Enrolment, Enrolment.work_group_id == bindparam("work_group_id")))


def places(session: Session, locked: Locked, *, teacher_id: UUID, urn: str, day: date) -> Places:
    """Return the facts for a decision about a place.

    A school and its predecessors on the day count as one school.
    """
    group, programme = locked
    found = session.execute(_PLACES_AND_WAITING, {"work_group_id": group.id}).all()
    # Without any place there is one row, which has the counts of the waiting list.
    rows = [row for row in found if row.status is not None]
    held = [row for row in rows if row.status == "active"]
    school = frozenset({urn})
    if rows and (programme.max_per_school is not None or all(row.urn != urn for row in rows)):
        school = succession_store.stood_for(session, urn, day)
    capacity = _capacity(group, programme)
    return Places(
        status=group.status,
        capacity=capacity,
        with_override=_with_override(group, capacity),
        taken=len(held),
        offered=found[0].offered,
        waiting=found[0].waiting,
        opens_at=group.opens_at,
        closes_at=group.closes_at,
        max_per_school=programme.max_per_school,
        taken_by_school=sum(row.urn in school for row in held),
        held_by_teacher=any(row.teacher_id == teacher_id for row in held),
        school_seen=any(row.urn in school for row in rows),
    )


def occupancy(session: Session, group: WorkGroup, programme: Programme) -> Occupancy:
    """Return the places and waiting list of a group, which the caller has locked."""
    held = select(func.count()).where(Enrolment.work_group_id == group.id, Enrolment.status == "active")
    taken = session.execute(held).scalar_one()
    offered, waiting = session.execute(_WAITING, {"work_group_id": group.id}).one()
    capacity = _capacity(group, programme)
    return Occupancy(
        status=group.status,
        capacity=capacity,
        with_override=_with_override(group, capacity),
        taken=taken,
        offered=offered,
        waiting=waiting,
    )


def active(session: Session, work_group_id: UUID) -> list[Enrolment]:
    """Return the active places of a group, which the caller has locked, the oldest first."""
    statement = (
        select(Enrolment)
        .where(Enrolment.work_group_id == work_group_id, Enrolment.status == "active")
        .order_by(Enrolment.id)
        .execution_options(populate_existing=True)
    )
    return list(session.scalars(statement))


def find_enrolment(session: Session, enrolment_id: UUID) -> Enrolment:
    """Return an enrolment, read from the database again.

    Raises:
        Unknown: `unknown_enrolment`.
    """
    enrolment = session.get(Enrolment, enrolment_id, populate_existing=True)
    if enrolment is None:
        raise Unknown("unknown_enrolment", "There is no such enrolment.")
    return enrolment


def places_of(session: Session, teacher_id: UUID) -> dict[UUID, Enrolment]:
    """Return all places of a teacher by id, ended ones included, read from the database again."""
    statement = select(Enrolment).where(Enrolment.teacher_id == teacher_id).order_by(Enrolment.id)
    return {row.id: row for row in session.scalars(statement.execution_options(populate_existing=True))}


def is_on_group(session: Session, work_group_id: UUID, urn: str, day: date) -> bool:
    """Return whether a school, as of a day, has or had a place on a group, which the caller has locked."""
    school = succession_store.stood_for(session, urn, day)
    of_school = (Enrolment.work_group_id == work_group_id, Enrolment.urn.in_(school))
    return session.scalar(select(Enrolment.id).where(*of_school).limit(1)) is not None


def lead_participants_n(session: Session, work_group_id: UUID, urn: str) -> int:
    """Return the number of a school's lead participants on a group, active or with a completion decided."""
    counted = select(func.count()).where(
        Enrolment.work_group_id == work_group_id,
        Enrolment.urn == urn,
        Enrolment.role == ParticipantRole.LEAD_PARTICIPANT,
        Enrolment.status.in_(HELD),
    )
    return session.execute(counted).scalar_one()


def list_enrolments(
    work_group_id: UUID, *, status: str | None = None, urns: Collection[str] | None = None
) -> Select[Enrolment]:
    """Select the places of a group, withdrawn ones included; optionally of one status or school."""
    statement = select(Enrolment).where(Enrolment.work_group_id == work_group_id)
    if status is not None:
        statement = statement.where(Enrolment.status == status)
    return statement if urns is None else statement.where(Enrolment.urn.in_(urns))


def list_undone_withdrawals(enrolment_id: UUID) -> Select[UndoneWithdrawal]:
    """Select the undone withdrawals of one place."""
    return select(UndoneWithdrawal).where(UndoneWithdrawal.enrolment_id == enrolment_id)


def _capacity(group: WorkGroup, programme: Programme) -> int:
    """Return the number of places that a group has in its present status."""
    most = most_teachers(programme.max_teachers, group.allowed_teachers)
    return places_n(group.status, group.capacity, most=most)


def _with_override(group: WorkGroup, capacity: int) -> int:
    """Return the group's own capacity where that is above the number of places, otherwise 0."""
    return group.capacity if capacity < group.capacity else 0
