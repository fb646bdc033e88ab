"""Commands about schools' applications."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from hub_contracts.fields import Code, Urn
from hub_contracts.vocabulary import ParticipantRole
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.texts import Text
from hub_enrolment.domain import applications
from hub_platform.json_values import JsonObject
from hub_platform.schemas import CommandSchema, Instant

LARGEST_APPLICATION = 30  # teachers of one school


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """The agreement of a school's head: the person, the instant and the version."""

    head_agreed_by: str
    head_agreed_at: datetime
    agreement_version: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One teacher for whom a school applies, with their role on the group."""

    teacher_id: UUID
    role: str


@dataclass(frozen=True, kw_only=True)
class Apply:
    """Draft a school's application for places on a group."""

    work_group_id: UUID
    urn: str
    participants: list[Asked]
    agreement: Agreement | None


@dataclass(frozen=True, kw_only=True)
class SubmitApplication:
    """Submit a draft; an agreement given now replaces an earlier one."""

    application_id: UUID
    agreement: Agreement | None


@dataclass(frozen=True, kw_only=True)
class DecideApplication:
    """Accept, waitlist or decline an application."""

    application_id: UUID
    decision: str
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class WithdrawApplication:
    """Withdraw an application that has not been accepted or declined."""

    application_id: UUID


class AskedSchema(CommandSchema):
    """Reads `Asked` from the path and body of a request."""

    command = Asked
    teacher_id = fields.UUID(required=True)
    role = OneOf(ParticipantRole, required=True)


class AgreementSchema(CommandSchema):
    """Reads an agreement: the person, the instant and the version; all of them or none."""

    head_agreed_by = Text(load_default=None, allow_none=True)
    head_agreed_at = Instant(load_default=None, allow_none=True)
    agreement_version = Code("Version of the agreement", optional=True)

    @validates_schema
    def check_whole(self, data: Mapping[str, object], **_: object) -> None:
        """Raise a validation error for a part of an agreement."""
        missing = [name for name in _AGREEMENT if data.get(name) is None]
        if missing and len(missing) < len(_AGREEMENT):
            raise ValidationError(
                {
                    name: ["Give all three: head_agreed_by, head_agreed_at, agreement_version."]
                    for name in missing
                }
            )

    @post_load
    def make(self, data: JsonObject, **_: object) -> object:
        """Build the command."""
        given = {name: data.pop(name, None) for name in _AGREEMENT}
        agreed = given["head_agreed_by"] is not None
        return self.command(agreement=Agreement(**given) if agreed else None, **data)


class ApplySchema(AgreementSchema):
    """Reads `Apply` from the path and body of a request."""

    command = Apply
    work_group_id = fields.UUID(required=True)
    urn = Urn("The school that applies.")
    participants = fields.List(
        fields.Nested(AskedSchema), required=True, validate=validate.Length(1, LARGEST_APPLICATION)
    )


class SubmitApplicationSchema(AgreementSchema):
    """Reads `SubmitApplication` from the path and body of a request."""

    command = SubmitApplication
    application_id = fields.UUID(required=True)


class DecideApplicationSchema(CommandSchema):
    """Reads `DecideApplication` from the path and body of a request."""

    command = DecideApplication
    application_id = fields.UUID(required=True)
    decision = OneOf(applications.DECISIONS, required=True)
    reason = Text(load_default=None, allow_none=True, longest=1000)


class WithdrawApplicationSchema(CommandSchema):
    """Reads `WithdrawApplication` from the path and body of a request."""

    command = WithdrawApplication
    application_id = fields.UUID(required=True)


_AGREEMENT = ("head_agreed_by", "head_agreed_at", "agreement_version")
