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
    """Enrol a teacher on a group."""

    work_group_id: UUID
    teacher_id: UUID
    role: str
    urn: str | None = None  # the present school for which it counts; None: the latest
    override_reason: str | None = None  # why a hub lead allows more than the programme does


class EnrolParticipantSchema(CommandSchema):
    """Reads `EnrolParticipant` from the path and body of a request."""

    command = EnrolParticipant
    work_group_id = fields.UUID(required=True)
    teacher_id = fields.UUID(required=True)
    role = OneOf(ParticipantRole, required=True)
    urn = Urn("Which of the teacher's present schools the place counts for.", optional=True)
    override_reason = Text(load_default=None, allow_none=True, longest=1000)


@dataclass(frozen=True, kw_only=True)
class WithdrawParticipant:
    """Withdraw a participant from a group."""

    enrolment_id: UUID
    reason: str


class WithdrawParticipantSchema(CommandSchema):
    """Reads `WithdrawParticipant` from the path and body of a request."""

    command = WithdrawParticipant
    enrolment_id = fields.UUID(required=True)
    reason = OneOf(WithdrawalReason, required=True)


@dataclass(frozen=True, kw_only=True)
class TransferParticipant:
    """Move a place to another group of the same programme."""

    enrolment_id: UUID
    work_group_id: UUID


class TransferParticipantSchema(CommandSchema):
    """Reads `TransferParticipant` from the path and body of a request."""

    command = TransferParticipant
    enrolment_id = fields.UUID(required=True)
    work_group_id = fields.UUID(required=True)


@dataclass(frozen=True, kw_only=True)
class UndoWithdrawal:
    """Restore a place that was withdrawn by mistake."""

    enrolment_id: UUID
    reason: str  # the mistake, as free text
    override_reason: str | None = None  # why a hub lead restores it without a free place


class UndoWithdrawalSchema(CommandSchema):
    """Reads `UndoWithdrawal` from the path and body of a request."""

    command = UndoWithdrawal
    enrolment_id = fields.UUID(required=True)
    reason = Text(required=True, longest=1000)
    override_reason = Text(load_default=None, allow_none=True, longest=1000)
