"""Events about classroom tasks between sessions."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Id, OneOf
from hub_contracts.vocabulary import TaskStatus


@dataclass(frozen=True, kw_only=True)
class TaskEvent(Event):
    """Identity of the classroom task that an event is about, and its Work Group."""

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "tasks/{task_id}"

    task_id: UUID
    work_group_id: UUID


class TaskEventSchema(RecordSchema):
    """Identity of the task and its Work Group."""

    task_id = Id("The task")
    work_group_id = Id("The Work Group whose participants try it")


@dataclass(frozen=True, kw_only=True)
class ClassroomTaskSet(TaskEvent):
    """A classroom task was set for the participants, to be tried before a later session.

    Published when the task is set. Its content stays with enrolment.
    """

    set_in_session_id: UUID
    due_before_session_id: UUID


class ClassroomTaskSetSchema(TaskEventSchema):
    """Read and write ClassroomTaskSet."""

    makes = ClassroomTaskSet
    set_in_session_id = Id("The session in which it is set")
    due_before_session_id = Id("The later session that discusses it")


@dataclass(frozen=True, kw_only=True)
class TaskReported(TaskEvent):
    """A participant reported progress with a classroom task.

    Published at the first report and at each change of status. Notes stay with enrolment.
    """

    enrolment_id: UUID
    status: TaskStatus


class TaskReportedSchema(TaskEventSchema):
    """Read and write TaskReported."""

    makes = TaskReported
    enrolment_id = Id("The participant's place", pseudonym=True)
    status = OneOf(TaskStatus, "Progress; it may go back after a mistaken report")
