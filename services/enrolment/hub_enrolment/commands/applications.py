"""Commands about schools' applications."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from hub_contracts.fields import Code, Urn
from hub_contracts.vocabulary import ParticipantRole
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.texts import Text
from hub_enrolment.domain import applications
from hub_platform.schemas import CommandSchema, Instant

LARGEST_APPLICATION = 30  # teachers of one school


@dataclass(frozen=True, kw_only=True)
class Agreement:
    """What the school's head has agreed to."""

    head_agreed_by: str
    head_agreed_at: datetime
    agreement_version: str


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One teacher for whom a place is asked."""

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
    """Ask for the places; an agreement given now replaces an earlier one."""

    application_id: UUID
    agreement: Agreement | None


@dataclass(frozen=True, kw_only=True)
class DecideApplication:
    """Accept, waitlist or decline."""

    application_id: UUID
    decision: str
    reason: str | None


@dataclass(frozen=True, kw_only=True)
class WithdrawApplication:
    """Ask for the places no longer."""

    application_id: UUID


class AskedSchema(CommandSchema):
    """Reads it."""

    command = Asked
    teacher_id = fields.UUID(required=True)
    role = OneOf(ParticipantRole, required=True)


class AgreementSchema(CommandSchema):
    """Reads an agreement: who for the school, when, to which version; all of it or nothing."""

    head_agreed_by = Text(load_default=None, allow_none=True)
    head_agreed_at = Instant(load_default=None, allow_none=True)
    agreement_version = Code("Version of the agreement", optional=True)

    @validates_schema
    def check_whole(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse a part of an agreement."""
        missing = [name for name in _AGREEMENT if data.get(name) is None]
        if missing and len(missing) < len(_AGREEMENT):
            raise ValidationError({name: ["An agreement is given whole."] for name in missing})

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> Any:
        """Build the command."""
        given = {name: data.pop(name, None) for name in _AGREEMENT}
        agreed = given["head_agreed_by"] is not None
        return self.command(agreement=Agreement(**given) if agreed else None, **data)


class ApplySchema(AgreementSchema):
    """Reads it."""

    command = Apply
    work_group_id = fields.UUID(required=True)
    urn = Urn("The school that applies.")
    participants = fields.List(
        fields.Nested(AskedSchema), required=True, validate=validate.Length(1, LARGEST_APPLICATION)
    )


class SubmitApplicationSchema(AgreementSchema):
    """Reads it."""

    command = SubmitApplication
    application_id = fields.UUID(required=True)


class DecideApplicationSchema(CommandSchema):
    """Reads it."""

    command = DecideApplication
    application_id = fields.UUID(required=True)
    decision = OneOf(applications.DECISIONS, required=True)
    reason = Text(load_default=None, allow_none=True, longest=1000)


class WithdrawApplicationSchema(CommandSchema):
    """Reads it."""

    command = WithdrawApplication
    application_id = fields.UUID(required=True)


_AGREEMENT = ("head_agreed_by", "head_agreed_at", "agreement_version")
