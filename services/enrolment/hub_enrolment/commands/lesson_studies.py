"""Commands about lesson studies."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marshmallow import fields, validate

from hub_contracts.fields import Urn
from hub_contracts.vocabulary import LessonStudyFocus
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.texts import Lines
from hub_platform.schemas import CommandSchema, Instant


@dataclass(frozen=True, kw_only=True)
class PlanLessonStudy:
    """Plan a lesson study with its participants, host school and time."""

    work_group_id: UUID
    host_urn: str
    teacher_enrolment_id: UUID
    planner_enrolment_ids: list[UUID]
    observer_enrolment_ids: list[UUID]
    focus: str
    lesson_at: datetime


class PlanLessonStudySchema(CommandSchema):
    """Reads `PlanLessonStudy` from the path and body of a request."""

    command = PlanLessonStudy
    work_group_id = fields.UUID(required=True)
    host_urn = Urn("The school where the lesson is taught.")
    teacher_enrolment_id = fields.UUID(required=True)
    planner_enrolment_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 30))
    observer_enrolment_ids = fields.List(fields.UUID(), load_default=list, validate=validate.Length(0, 60))
    focus = OneOf(LessonStudyFocus, required=True)
    lesson_at = Instant(required=True)


@dataclass(frozen=True, kw_only=True)
class TeachLesson:
    """Record that the lesson was taught."""

    cycle_id: UUID


class TeachLessonSchema(CommandSchema):
    """Reads `TeachLesson` from the path and body of a request."""

    command = TeachLesson
    cycle_id = fields.UUID(required=True)


@dataclass(frozen=True, kw_only=True)
class ReviewLesson:
    """Record what was learnt; `learning_note` names no pupil."""

    cycle_id: UUID
    learning_note: str


class ReviewLessonSchema(CommandSchema):
    """Reads `ReviewLesson` from the path and body of a request."""

    command = ReviewLesson
    cycle_id = fields.UUID(required=True)
    learning_note = Lines(longest=4000, required=True)
