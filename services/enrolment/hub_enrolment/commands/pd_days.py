"""Commands about PD days and conferences."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from marshmallow import fields, validate

from hub_contracts.fields import Urn
from hub_contracts.vocabulary import PDDayCancellationReason, PDDayKind
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.texts import Text
from hub_platform.schemas import CommandSchema, Instant


@dataclass(frozen=True, kw_only=True)
class OpenPDDay:
    """Open a PD day or conference for registration."""

    kind: str
    theme: str  # a code
    title: str | None  # published, so it names no participant
    on: date
    starts_at: datetime | None
    venue: str | None
    capacity: int | None
    registration_closes_at: datetime | None


class OpenPDDaySchema(CommandSchema):
    """Reads `OpenPDDay` from the path and body of a request."""

    command = OpenPDDay
    kind = OneOf(PDDayKind, required=True)
    theme = fields.String(required=True, validate=validate.Regexp(r"^[a-z][a-z0-9_]{0,59}\Z"))
    title = Text(load_default=None, allow_none=True)
    on = fields.Date(required=True, validate=validate.Range(date(2000, 1, 1), date(2199, 12, 31)))
    starts_at = Instant(load_default=None, allow_none=True)
    venue = Text(load_default=None, allow_none=True)
    capacity = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, 10_000)
    )
    registration_closes_at = Instant(load_default=None, allow_none=True)


@dataclass(frozen=True, kw_only=True)
class RegisterForPDDay:
    """Register a teacher for a PD day."""

    pd_day_id: UUID
    teacher_id: UUID
    urn: str | None = None  # the present school for which it counts; None: the latest


class RegisterForPDDaySchema(CommandSchema):
    """Reads `RegisterForPDDay` from the path and body of a request."""

    command = RegisterForPDDay
    pd_day_id = fields.UUID(required=True)
    teacher_id = fields.UUID(required=True)
    urn = Urn("Which of the teacher's present schools the registration counts for.", optional=True)


@dataclass(frozen=True, kw_only=True)
class HoldPDDay:
    """Take the register of a PD day: the teachers who attended."""

    pd_day_id: UUID
    teacher_ids: list[UUID]


class HoldPDDaySchema(CommandSchema):
    """Reads `HoldPDDay` from the path and body of a request."""

    command = HoldPDDay
    pd_day_id = fields.UUID(required=True)
    teacher_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(0, 2000))


@dataclass(frozen=True, kw_only=True)
class CancelPDDay:
    """Cancel a PD day before its register is taken."""

    pd_day_id: UUID
    reason: str


class CancelPDDaySchema(CommandSchema):
    """Reads `CancelPDDay` from the path and body of a request."""

    command = CancelPDDay
    pd_day_id = fields.UUID(required=True)
    reason = OneOf(PDDayCancellationReason, required=True)
