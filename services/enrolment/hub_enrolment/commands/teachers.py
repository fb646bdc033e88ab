"""Commands about teachers and leaders."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from marshmallow import fields, validate

from hub_contracts.fields import Urn
from hub_enrolment.commands.texts import Email, Text
from hub_enrolment.domain import schools, teachers
from hub_platform.schemas import CommandSchema


@dataclass(frozen=True, kw_only=True)
class RegisterTeacher:
    """Put down somebody who works at a school."""

    given: str
    family: str
    email: str
    urn: str
    role: str
    trn: str | None
    trnless: bool
    phase: str | None


class RegisterTeacherSchema(CommandSchema):
    """Reads it."""

    command = RegisterTeacher
    given = Text(required=True, longest=100)
    family = Text(required=True, longest=100)
    email = Email(required=True)
    urn = Urn("The school.")
    role = fields.String(required=True, validate=validate.OneOf(teachers.TEACHER_ROLES))
    trn = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 30))
    trnless = fields.Boolean(load_default=False)
    phase = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(schools.PHASES))


@dataclass(frozen=True, kw_only=True)
class AppointLeader:
    """Give somebody a leadership role."""

    teacher_id: UUID
    role: str
    core_leadership: bool
    starts_on: date
    ends_on: date | None


class AppointLeaderSchema(CommandSchema):
    """Reads it."""

    command = AppointLeader
    teacher_id = fields.UUID(required=True)
    role = fields.String(required=True, validate=validate.OneOf(teachers.LEADER_ROLES))
    core_leadership = fields.Boolean(required=True)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(load_default=None, allow_none=True)
