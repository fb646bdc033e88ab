"""Attendance and task reports of a group's participants, for the decision about completion."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import func, or_, select, tuple_
from sqlalchemy.orm import Session

from hub_enrolment.domain.completions import Participation
from hub_enrolment.domain.sessions import PRESENT, TO_COME
from hub_enrolment.domain.tasks import REPORTED
from hub_enrolment.models import Attendance, ClassroomTask, Enrolment, GroupSession, TaskReport
from hub_kernel.england import day_in_england


@dataclass(frozen=True)
class Diary:
    """The progress of a group through its sessions."""

    held: int
    to_come: int  # in the diary, without a register
    last_held_on: date | None


def diary(session: Session, work_group_id: UUID) -> Diary:
    """Count a group's sessions; the caller has locked the group."""
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
    """Return the participation of the holder of each place, by place id, with all their earlier places.

    Earlier places are withdrawn ones of the same teacher on the same group, and those on other groups from
    which the teacher transferred.
    """
    listed = list(places)
    held = _places_of_holders(session, listed)
    ids = {one.id for chain in held.values() for one in chain}
    marks = session.execute(
        select(Attendance.enrolment_id, Attendance.session_id).where(
            Attendance.enrolment_id.in_(ids), Attendance.mark.in_(PRESENT)
        )
    )
    attended: defaultdict[UUID, set[UUID]] = defaultdict(set)
    for enrolment_id, session_id in marks:
        attended[enrolment_id].add(session_id)
    tasks = _task_counts(session, listed, held)
    return {
        place.id: Participation(
            attended=len(set().union(*(attended[one.id] for one in held[place.id]))),
            tasks_due=tasks[place.id][0],
            tasks_reported=tasks[place.id][1],
        )
        for place in listed
    }


def _task_counts(
    session: Session, places: Sequence[Enrolment], held: Mapping[UUID, Sequence[Enrolment]]
) -> dict[UUID, tuple[int, int]]:
    """Return the number of tasks that were due from the holder of each place, and of reports on them.

    A task was due if the session before which it is due has been held, and the teacher had a place on this
    group by the day of that session that was not withdrawn before it.
    """
    due = session.execute(
        select(ClassroomTask.id, ClassroomTask.work_group_id, GroupSession.starts_at)
        .join(GroupSession, GroupSession.id == ClassroomTask.due_before_session_id)
        .where(
            ClassroomTask.work_group_id.in_({place.work_group_id for place in places}),
            GroupSession.status == "completed",
        )
    ).all()
    ids = {one.id for chain in held.values() for one in chain}
    reports = session.execute(
        select(TaskReport.task_id, TaskReport.enrolment_id).where(
            TaskReport.enrolment_id.in_(ids), TaskReport.status.in_(REPORTED)
        )
    )
    reported = {(task_id, enrolment_id) for task_id, enrolment_id in reports}
    counts: dict[UUID, tuple[int, int]] = {}
    for place in places:
        here = [one for one in held[place.id] if one.work_group_id == place.work_group_id]
        asked = [
            task_id
            for task_id, group_id, due_at in due
            if group_id == place.work_group_id and any(_was_due_from(one, due_at) for one in here)
        ]
        done = sum(any((task_id, one.id) in reported for one in here) for task_id in asked)
        counts[place.id] = (len(asked), done)
    return counts


def _was_due_from(place: Enrolment, due_at: datetime) -> bool:
    """Return whether a place was held when a session began, or given later on that day."""
    given = day_in_england(place.enrolled_at) <= day_in_england(due_at)
    return given and (place.withdrawn_at is None or due_at < place.withdrawn_at)


def _places_of_holders(session: Session, places: Sequence[Enrolment]) -> dict[UUID, list[Enrolment]]:
    """Return for each place all places of its holder that led to it, itself included."""
    held: dict[UUID, list[Enrolment]] = {place.id: [place] for place in places}
    ask = [(place.id, place) for place in places]
    while ask:
        moved_from = {one.transferred_from for _, one in ask} - {None}
        same_holder = tuple_(Enrolment.teacher_id, Enrolment.work_group_id)
        keys = {(one.teacher_id, one.work_group_id) for _, one in ask}
        found = session.scalars(
            select(Enrolment).where(or_(Enrolment.id.in_(moved_from), same_holder.in_(keys)))
        ).all()
        ask = [
            (place_id, one)
            for place_id, known in ask
            for one in found
            if _leads_to(one, known) and one not in held[place_id]
        ]
        ask = list(dict.fromkeys(ask))
        for place_id, one in ask:
            held[place_id].append(one)
    return held


def _leads_to(earlier: Enrolment, place: Enrolment) -> bool:
    """Return whether a place is of the same teacher and group, or the one from which another transferred."""
    same = (earlier.teacher_id, earlier.work_group_id) == (place.teacher_id, place.work_group_id)
    return same or earlier.id == place.transferred_from
