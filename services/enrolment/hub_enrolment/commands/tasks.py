"""Commands about classroom tasks."""

from dataclasses import dataclass
from uuid import UUID

from marshmallow import fields, validate

from hub_contracts.vocabulary import TaskStatus
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.texts import Lines
from hub_platform.schemas import CommandSchema


@dataclass(frozen=True, kw_only=True)
class SetTask:
    """Set a classroom task; `prompt` names no pupil."""

    work_group_id: UUID
    set_in_session_id: UUID
    due_before_session_id: UUID
    prompt: str


class SetTaskSchema(CommandSchema):
    """Reads `SetTask` from the path and body of a request."""

    command = SetTask
    work_group_id = fields.UUID(required=True)
    set_in_session_id = fields.UUID(required=True)
    due_before_session_id = fields.UUID(required=True)
    prompt = Lines(longest=2000, required=True)


@dataclass(frozen=True, kw_only=True)
class ReportTask:
    """Report a participant's progress with a task; `note` names no pupil."""

    task_id: UUID
    enrolment_id: UUID
    status: str
    note: str | None
    pupils_n: int | None


class ReportTaskSchema(CommandSchema):
    """Reads `ReportTask` from the path and body of a request."""

    command = ReportTask
    task_id = fields.UUID(required=True)
    enrolment_id = fields.UUID(required=True)
    status = OneOf(TaskStatus, required=True)
    note = Lines(longest=2000, load_default=None, allow_none=True)
    pupils_n = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 1000)
    )
