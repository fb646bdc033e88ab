"""Commands about schools' applications."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marshmallow import Schema, fields, validate

from hub_enrolment.commands.texts import Text
from hub_enrolment.domain import applications, enrolments
from hub_enrolment.domain.applications import Applicant
from hub_platform.schemas import CommandSchema, Instant

MOST_PARTICIPANTS = 20
VERSION = validate.Regexp(r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,39}$", error="Write a version like 2025-09.")


class ApplicantSchema(CommandSchema):
    """Reads one participant."""

    command = Applicant
    teacher_id = fields.UUID(required=True)
    role = fields.String(required=True, validate=validate.OneOf(enrolments.ROLES))


class AgreementSchema(Schema):
    """What the head has agreed to; all of it or nothing, which is checked with what is known already."""

    head_agreed_by = Text(load_default=None, allow_none=True)
    head_agreed_at = Instant(load_default=None, allow_none=True)
    agreement_version = fields.String(load_default=None, allow_none=True, validate=VERSION)


@dataclass(frozen=True, kw_only=True)
class DraftApplication:
    """Put down for whom a school asks for places."""

    work_group_id: UUID
    urn: str
    participants: Sequence[Applicant]
    head_agreed_by: str | None = None
    head_agreed_at: datetime | None = None
    agreement_version: str | None = None


class DraftApplicationSchema(AgreementSchema, CommandSchema):
    """Reads it."""

    command = DraftApplication
    work_group_id = fields.UUID(required=True)
    urn = fields.String(required=True)
    participants = fields.List(
        fields.Nested(ApplicantSchema), required=True, validate=validate.Length(1, MOST_PARTICIPANTS)
    )


@dataclass(frozen=True, kw_only=True)
class SubmitApplication:
    """Ask for the places; brings the head's agreement where the draft has none."""

    application_id: UUID
    head_agreed_by: str | None = None
    head_agreed_at: datetime | None = None
    agreement_version: str | None = None


class SubmitApplicationSchema(AgreementSchema, CommandSchema):
    """Reads it."""

    command = SubmitApplication
    application_id = fields.UUID(required=True)


@dataclass(frozen=True, kw_only=True)
class DecideApplication:
    """Give the places, put the decision off, or decline."""

    application_id: UUID
    decision: str
    reason: str | None = None


class DecideApplicationSchema(CommandSchema):
    """Reads it."""

    command = DecideApplication
    application_id = fields.UUID(required=True)
    decision = fields.String(required=True, validate=validate.OneOf(applications.DECISIONS))
    reason = Text(load_default=None, allow_none=True, longest=1000)


@dataclass(frozen=True, kw_only=True)
class WithdrawApplication:
    """Ask for the places no longer."""

    application_id: UUID


class WithdrawApplicationSchema(CommandSchema):
    """Reads it."""

    command = WithdrawApplication
    application_id = fields.UUID(required=True)
