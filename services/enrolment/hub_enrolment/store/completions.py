"""What the participants of a group have done, for when it closes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from hub_enrolment.domain.completions import Participation
from hub_enrolment.domain.sessions import PRESENT, TO_COME
from hub_enrolment.domain.tasks import REPORTED
from hub_enrolment.models import Attendance, ClassroomTask, Enrolment, GroupSession, TaskReport
from hub_kernel.england import day_in_england


@dataclass(frozen=True)
class Diary:
    """How far a group is with its sessions."""

    held: int
    to_come: int  # in the diary, without a register
    last_held_on: date | None


def diary(session: Session, work_group_id: UUID) -> Diary:
    """How far a group is with its sessions; the group is locked by the caller."""
    to_come = GroupSession.status.in_(TO_COME)
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
    attended = dict(counted.all())
    tasks = task_counts(session, listed)
    return {
        place.id: Participation(
            attended=sum(attended.get(one, 0) for one in (place.id, *earlier[place.id])),
            tasks_due=tasks[place.id][0],
            tasks_reported=tasks[place.id][1],
        )
        for place in listed
    }


def task_counts(session: Session, places: Iterable[Enrolment]) -> dict[UUID, tuple[int, int]]:
    """How many tasks were due from the holder of each place, and how many of those were reported on.

    A task was due when the session that it was due before has been held, and when the place was given by the
    day of that session: who came later was never asked.
    """
    listed = list(places)
    due = session.execute(
        select(ClassroomTask.id, ClassroomTask.work_group_id, GroupSession.starts_at)
        .join(GroupSession, GroupSession.id == ClassroomTask.due_before_session_id)
        .where(
            ClassroomTask.work_group_id.in_({place.work_group_id for place in listed}),
            GroupSession.status == "completed",
        )
    ).all()
    reports = session.execute(
        select(TaskReport.task_id, TaskReport.enrolment_id).where(
            TaskReport.enrolment_id.in_({place.id for place in listed}), TaskReport.status.in_(REPORTED)
        )
    )
    reported = {(task_id, enrolment_id) for task_id, enrolment_id in reports}
    counts: dict[UUID, tuple[int, int]] = {}
    for place in listed:
        enrolled_on = day_in_england(place.enrolled_at)
        asked = [
            task_id
            for task_id, group_id, due_at in due
            if group_id == place.work_group_id and enrolled_on <= day_in_england(due_at)
        ]
        counts[place.id] = (len(asked), sum((task_id, place.id) in reported for task_id in asked))
    return counts


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
