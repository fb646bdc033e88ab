"""Commands about places on work groups."""

from dataclasses import dataclass
from uuid import UUID

from marshmallow import fields, validate

from hub_enrolment.domain import enrolments
from hub_platform.schemas import CommandSchema


@dataclass(frozen=True, kw_only=True)
class EnrolParticipant:
    """Give a teacher a place."""

    work_group_id: UUID
    teacher_id: UUID
    role: str


class EnrolParticipantSchema(CommandSchema):
    """Reads it."""

    command = EnrolParticipant
    work_group_id = fields.UUID(required=True)
    teacher_id = fields.UUID(required=True)
    role = fields.String(required=True, validate=validate.OneOf(enrolments.ROLES))


@dataclass(frozen=True, kw_only=True)
class WithdrawParticipant:
    """Take a place back."""

    enrolment_id: UUID
    reason: str


class WithdrawParticipantSchema(CommandSchema):
    """Reads it."""

    command = WithdrawParticipant
    enrolment_id = fields.UUID(required=True)
    reason = fields.String(required=True, validate=validate.OneOf(enrolments.REASONS))
