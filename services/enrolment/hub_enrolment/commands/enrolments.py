"""Commands about places on work groups."""

from dataclasses import dataclass
from uuid import UUID

from marshmallow import fields

from hub_contracts.fields import Urn
from hub_contracts.vocabulary import ParticipantRole, WithdrawalReason
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.texts import Text
from hub_platform.schemas import CommandSchema


@dataclass(frozen=True, kw_only=True)
class EnrolParticipant:
    """Give a teacher a place."""

    work_group_id: UUID
    teacher_id: UUID
    role: str
    urn: str | None = None  # which of the teacher's present schools it counts for; None: the one joined last
    override_reason: str | None = None  # why the school or the group may have more than the programme allows


class EnrolParticipantSchema(CommandSchema):
    """Reads it."""

    command = EnrolParticipant
    work_group_id = fields.UUID(required=True)
    teacher_id = fields.UUID(required=True)
    role = OneOf(ParticipantRole, required=True)
    urn = Urn("Which of the teacher's present schools the place counts for.", optional=True)
    override_reason = Text(load_default=None, allow_none=True, longest=1000)


@dataclass(frozen=True, kw_only=True)
class WithdrawParticipant:
    """Take a place back."""

    enrolment_id: UUID
    reason: str


class WithdrawParticipantSchema(CommandSchema):
    """Reads it."""

    command = WithdrawParticipant
    enrolment_id = fields.UUID(required=True)
    reason = OneOf(WithdrawalReason, required=True)


@dataclass(frozen=True, kw_only=True)
class TransferParticipant:
    """Move a place to another group of the same programme."""

    enrolment_id: UUID
    work_group_id: UUID


class TransferParticipantSchema(CommandSchema):
    """Reads it."""

    command = TransferParticipant
    enrolment_id = fields.UUID(required=True)
    work_group_id = fields.UUID(required=True)


@dataclass(frozen=True, kw_only=True)
class UndoWithdrawal:
    """Give a place back that was withdrawn by mistake."""

    enrolment_id: UUID
    reason: str  # what went wrong, in words
    override_reason: str | None = None  # why the place is given back although the group has no free place


class UndoWithdrawalSchema(CommandSchema):
    """Reads it."""

    command = UndoWithdrawal
    enrolment_id = fields.UUID(required=True)
    reason = Text(required=True, longest=1000)
    override_reason = Text(load_default=None, allow_none=True, longest=1000)
