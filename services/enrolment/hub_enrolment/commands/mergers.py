"""Commands about teachers' records: merging two, anonymising one."""

from dataclasses import dataclass
from uuid import UUID

from marshmallow import fields

from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.texts import Email
from hub_enrolment.domain.erasures import ErasureReason
from hub_platform.schemas import CommandSchema, Flag


@dataclass(frozen=True, kw_only=True)
class MergeTeachers:
    """Merge two records of one person."""

    from_id: UUID
    into_id: UUID
    dry_run: bool
    email: str | None = None  # the new address
    keep_email: bool = False  # the address of `into_id` is right
    keep_trn: bool = False  # of two TRNs that of `into_id` is right


class MergeTeachersSchema(CommandSchema):
    """Reads `MergeTeachers` from a request; `dry_run` is required."""

    command = MergeTeachers
    from_id = fields.UUID(required=True)
    into_id = fields.UUID(required=True)
    dry_run = Flag(required=True)
    email = Email(load_default=None, allow_none=True)
    keep_email = Flag(load_default=False)
    keep_trn = Flag(load_default=False)


@dataclass(frozen=True, kw_only=True)
class AnonymiseTeacher:
    """Anonymise a teacher's record; counts of their places and attendance stay."""

    teacher_id: UUID
    reason: str


class AnonymiseTeacherSchema(CommandSchema):
    """Reads `AnonymiseTeacher` from the path and body of a request."""

    command = AnonymiseTeacher
    teacher_id = fields.UUID(required=True)
    reason = OneOf(ErasureReason, required=True)
