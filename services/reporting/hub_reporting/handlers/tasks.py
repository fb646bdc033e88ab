"""What events about classroom tasks become."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from hub_contracts import Event
from hub_contracts.enrolment import ClassroomTaskSet, TaskReported
from hub_reporting.handlers.projected import Rows, taken
from hub_reporting.models import ClassroomTask, TaskReport


def was_set(event: ClassroomTaskSet, _time: datetime) -> Rows:
    """A task for the participants of a group."""
    yield ClassroomTask, [taken(event, "task_id", "work_group_id", "due_before_session_id")]


def reported(event: TaskReported, _time: datetime) -> Rows:
    """How far one participant has come with it."""
    yield TaskReport, [taken(event, "task_id", "enrolment_id", "status")]


PROJECTIONS: Final[Mapping[type[Event], Callable[[Any, datetime], Rows]]] = {
    ClassroomTaskSet: was_set,
    TaskReported: reported,
}
