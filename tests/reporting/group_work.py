"""Events of enrolment about tasks and the end of a Work Group."""

from datetime import date

from tests.reporting.factories import an_id, place

from hub_contracts.enrolment import (
    ClassroomTaskSet,
    ParticipantCompleted,
    TaskReported,
    WorkGroupCancelled,
    WorkGroupClosed,
)
from hub_contracts.vocabulary import TaskStatus, WorkGroupCancellationReason


def group_cancelled(name: str) -> WorkGroupCancelled:
    """Return the cancellation of a Work Group."""
    return WorkGroupCancelled(
        work_group_id=an_id(name),
        reason=WorkGroupCancellationReason.LEAD_UNAVAILABLE,
        teachers_n=0,
        schools_n=0,
    )


def group_closed(name: str, completed_n: int = 0) -> WorkGroupClosed:
    """Return the closing of a Work Group."""
    return WorkGroupClosed(
        work_group_id=an_id(name),
        teachers_n=2,
        schools_n=2,
        completed_n=completed_n,
        evaluation_submitted_on=date(2026, 7, 10),
    )


def completed(group_name: str, teacher: str, urn: str) -> ParticipantCompleted:
    """Return the completion of a place."""
    place_ = vars(place(group_name, teacher, urn))
    same = ("enrolment_id", "work_group_id", "teacher_id", "urn")
    return ParticipantCompleted(**{name: place_[name] for name in same}, completed_on=date(2026, 7, 12))


def task(group_name: str, due_before: int) -> ClassroomTaskSet:
    """Return a task set in the first session and due before another."""
    return ClassroomTaskSet(
        task_id=an_id(f"task of {group_name} before {due_before}"),
        work_group_id=an_id(group_name),
        set_in_session_id=an_id(f"{group_name}#1"),
        due_before_session_id=an_id(f"{group_name}#{due_before}"),
    )


def reported(group_name: str, due_before: int, teacher: str, status: str = "reported") -> TaskReported:
    """Return a teacher's status on that task."""
    return TaskReported(
        task_id=an_id(f"task of {group_name} before {due_before}"),
        work_group_id=an_id(group_name),
        enrolment_id=an_id(f"{group_name}/{teacher}"),
        status=TaskStatus(status),
    )
