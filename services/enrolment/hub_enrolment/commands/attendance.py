"""Commands about apologies and corrections."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marshmallow import fields

from hub_contracts.vocabulary import AttendanceMark, CorrectionReason
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.texts import Lines
from hub_platform.schemas import CommandSchema, Instant


@dataclass(frozen=True, kw_only=True)
class ReceiveApologies:
    """Record a participant's apologies for a session."""

    session_id: UUID
    enrolment_id: UUID
    received_at: datetime | None  # None: now


class ReceiveApologiesSchema(CommandSchema):
    """Reads `ReceiveApologies` from the path and body of a request."""

    command = ReceiveApologies
    session_id = fields.UUID(required=True)
    enrolment_id = fields.UUID(required=True)
    received_at = Instant(load_default=None, allow_none=True)


@dataclass(frozen=True, kw_only=True)
class CorrectAttendance:
    """Correct one mark of a locked register."""

    session_id: UUID
    enrolment_id: UUID
    mark: str
    notified_at: datetime | None  # of apologies
    reason: str
    note: str | None  # free text, published nowhere


class CorrectAttendanceSchema(CommandSchema):
    """Reads `CorrectAttendance` from the path and body of a request."""

    command = CorrectAttendance
    session_id = fields.UUID(required=True)
    enrolment_id = fields.UUID(required=True)
    mark = OneOf(AttendanceMark, required=True)
    notified_at = Instant(load_default=None, allow_none=True)
    reason = OneOf(CorrectionReason, required=True)
    note = Lines(longest=1000, load_default=None, allow_none=True)
