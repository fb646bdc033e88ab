"""What enrolment says of classroom tasks between sessions."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Id, OneOf
from hub_contracts.vocabulary import TaskStatus


@dataclass(frozen=True, kw_only=True)
class TaskEvent(Event):
    """Something about one classroom task."""

    publisher: ClassVar[str] = "enrolment"
    about: ClassVar[str] = "tasks/{task_id}"

    task_id: UUID
    work_group_id: UUID


class TaskEventSchema(RecordSchema):
    """The task."""

    task_id = Id("The task")
    work_group_id = Id("The Work Group whose participants try it")


@dataclass(frozen=True, kw_only=True)
class ClassroomTaskSet(TaskEvent):
    """Participants were asked to try something in their classrooms before a later session.

    Published when the task is set. What it asks for stays with enrolment.
    """

    set_in_session_id: UUID
    due_before_session_id: UUID


class ClassroomTaskSetSchema(TaskEventSchema):
    """ClassroomTaskSet."""

    makes = ClassroomTaskSet
    set_in_session_id = Id("The session in which it is set")
    due_before_session_id = Id("The later session that discusses it")


@dataclass(frozen=True, kw_only=True)
class TaskReported(TaskEvent):
    """How far one participant has come with a task.

    Published at the first report and each time that the status changes; notes stay with enrolment.
    """

    enrolment_id: UUID
    status: TaskStatus


class TaskReportedSchema(TaskEventSchema):
    """TaskReported."""

    makes = TaskReported
    enrolment_id = Id("The participant's place", pseudonym=True)
    status = OneOf(TaskStatus, "How far; usually only onwards")
