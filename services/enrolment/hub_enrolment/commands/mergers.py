"""Commands about records of one person: merging two, erasing who somebody is."""

from dataclasses import dataclass
from uuid import UUID

from marshmallow import fields

from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.texts import Email
from hub_enrolment.domain.erasures import ErasureReason
from hub_platform.schemas import CommandSchema, Flag


@dataclass(frozen=True, kw_only=True)
class MergeTeachers:
    """Say that two records are of one person."""

    from_id: UUID
    into_id: UUID
    dry_run: bool
    email: str | None = None  # the address from now on
    keep_email: bool = False  # the address of `into_id` is right
    keep_trn: bool = False  # of two TRNs that of `into_id` is right


class MergeTeachersSchema(CommandSchema):
    """Reads it; whether it is a dry run is always said."""

    command = MergeTeachers
    from_id = fields.UUID(required=True)
    into_id = fields.UUID(required=True)
    dry_run = Flag(required=True)
    email = Email(load_default=None, allow_none=True)
    keep_email = Flag(load_default=False)
    keep_trn = Flag(load_default=False)


@dataclass(frozen=True, kw_only=True)
class AnonymiseTeacher:
    """Erase who somebody is; what is counted of them stays."""

    teacher_id: UUID
    reason: str


class AnonymiseTeacherSchema(CommandSchema):
    """Reads it."""

    command = AnonymiseTeacher
    teacher_id = fields.UUID(required=True)
    reason = OneOf(ErasureReason, required=True)
