"""Commands about programmes and work groups."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from marshmallow import fields, validate

from hub_enrolment.commands.texts import Text
from hub_enrolment.domain import programmes, schools, work_groups
from hub_platform.schemas import CommandSchema, Instant

LARGEST_GROUP = 500


@dataclass(frozen=True, kw_only=True)
class OpenProgramme:
    """Put down a programme of one academic year."""

    title: str
    academic_year: str
    strand: str
    phases: list[str]
    ncp_code: str | None
    min_schools: int
    min_teachers: int
    max_teachers: int
    max_per_school: int | None


class OpenProgrammeSchema(CommandSchema):
    """Reads it."""

    command = OpenProgramme
    title = Text(required=True)
    academic_year = fields.String(required=True, metadata={"pattern": "^20[0-9]{2}/[0-9]{2}$"})
    strand = fields.String(required=True, validate=validate.OneOf(programmes.STRANDS))
    phases = fields.List(
        fields.String(validate=validate.OneOf(schools.PHASES)), required=True, validate=validate.Length(1, 6)
    )
    ncp_code = fields.String(load_default=None, allow_none=True)
    min_schools = fields.Integer(
        load_default=programmes.MIN_SCHOOLS, strict=True, validate=validate.Range(1, LARGEST_GROUP)
    )
    min_teachers = fields.Integer(
        load_default=programmes.MIN_TEACHERS, strict=True, validate=validate.Range(1, LARGEST_GROUP)
    )
    max_teachers = fields.Integer(
        load_default=programmes.MAX_TEACHERS, strict=True, validate=validate.Range(1, LARGEST_GROUP)
    )
    max_per_school = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, LARGEST_GROUP)
    )


@dataclass(frozen=True, kw_only=True)
class OpenWorkGroup:
    """Open a work group for recruitment."""

    programme_id: UUID
    title: str
    lead_ids: list[UUID]
    opens_at: datetime
    closes_at: datetime
    capacity: int | None  # None: the programme's largest number of teachers
    mode: str | None
    venue: str | None


class OpenWorkGroupSchema(CommandSchema):
    """Reads it."""

    command = OpenWorkGroup
    programme_id = fields.UUID(required=True)
    title = Text(required=True)
    lead_ids = fields.List(fields.UUID(), required=True, validate=validate.Length(1, 2))
    opens_at = Instant(required=True)
    closes_at = Instant(required=True)
    capacity = fields.Integer(
        load_default=None, allow_none=True, strict=True, validate=validate.Range(1, LARGEST_GROUP)
    )
    mode = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(work_groups.MODES))
    venue = Text(load_default=None, allow_none=True)


@dataclass(frozen=True, kw_only=True)
class ConfirmWorkGroup:
    """Say that a group takes place."""

    work_group_id: UUID
    override_reason: str | None


class ConfirmWorkGroupSchema(CommandSchema):
    """Reads it."""

    command = ConfirmWorkGroup
    work_group_id = fields.UUID(required=True)
    override_reason = Text(load_default=None, allow_none=True, longest=1000)
