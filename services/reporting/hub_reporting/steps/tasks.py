"""Projections of events about classroom tasks."""

from datetime import datetime
from typing import Final

from hub_contracts.enrolment import ClassroomTaskSet, TaskReported
from hub_reporting.models import ClassroomTask, TaskReport
from hub_reporting.steps.projected import Projections, Rows, projection, row


def on_task_set(event: ClassroomTaskSet, _time: datetime) -> Rows:
    """Record a task for the participants of a Work Group."""
    yield row(
        ClassroomTask,
        task_id=event.task_id,
        work_group_id=event.work_group_id,
        due_before_session_id=event.due_before_session_id,
    )


def on_task_reported(event: TaskReported, _time: datetime) -> Rows:
    """Record one participant's status on a task."""
    yield row(TaskReport, task_id=event.task_id, enrolment_id=event.enrolment_id, status=event.status)


PROJECTIONS: Final[Projections] = dict(
    (
        projection(ClassroomTaskSet, on_task_set),
        projection(TaskReported, on_task_reported),
    )
)
