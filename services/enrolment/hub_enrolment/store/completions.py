"""What the participants of a group have done, for when it closes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub_enrolment.domain.completions import Participation
from hub_enrolment.domain.sessions import PRESENT
from hub_enrolment.models import Attendance, Enrolment, GroupSession


@dataclass(frozen=True)
class Diary:
    """How far a group is with its sessions."""

    held: int
    to_come: int  # in the diary, without a register
    last_held_on: date | None


def diary(session: Session, work_group_id: UUID) -> Diary:
    """How far a group is with its sessions; the group is locked by the caller."""
    to_come = GroupSession.status.in_(("scheduled", "rescheduled"))
    row = session.execute(
        select(
            func.count().filter(GroupSession.status == "completed"),
            func.count().filter(to_come),
            func.max(GroupSession.held_on),
        ).where(GroupSession.work_group_id == work_group_id)
    ).one()
    return Diary(*row)


def participation(session: Session, places: Iterable[Enrolment]) -> dict[UUID, Participation]:
    """What the holder of each place has done, before it moved here from another group included."""
    listed = list(places)
    earlier = _moved_from(session, listed)
    ids = {place.id for place in listed} | {one for chain in earlier.values() for one in chain}
    counted = session.execute(
        select(Attendance.enrolment_id, func.count())
        .where(Attendance.enrolment_id.in_(ids), Attendance.mark.in_(PRESENT))
        .group_by(Attendance.enrolment_id)
    )
    attended = dict(counted.tuples())
    tasks = task_counts(session, listed)
    return {
        place.id: Participation(
            attended=sum(attended.get(one, 0) for one in (place.id, *earlier[place.id])),
            tasks_due=tasks[place.id][0],
            tasks_reported=tasks[place.id][1],
        )
        for place in listed
    }


def task_counts(session: Session, places: Iterable[Enrolment]) -> dict[UUID, tuple[int, int]]:  # noqa: ARG001 - tasks are not kept yet
    """How many classroom tasks were due from the holder of each place, and how many were reported on.

    No tasks are kept yet, so none was due.
    """
    return {place.id: (0, 0) for place in places}


def _moved_from(session: Session, places: Iterable[Enrolment]) -> dict[UUID, list[UUID]]:
    """For each place those that it was before it moved, the latest first."""
    chains: dict[UUID, list[UUID]] = {place.id: [] for place in places}
    ask = {place.transferred_from: place.id for place in places if place.transferred_from is not None}
    while ask:
        rows = session.execute(
            select(Enrolment.id, Enrolment.transferred_from).where(Enrolment.id.in_(ask))
        ).all()
        for earlier, _ in rows:
            chains[ask[earlier]].append(earlier)
        ask = {before: ask[earlier] for earlier, before in rows if before is not None}
    return chains
