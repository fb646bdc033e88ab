"""Commands about programmes."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from marshmallow import fields, post_load, validate

from hub_contracts.vocabulary import ParticipantRole, Phase, Strand, TeacherRole
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.texts import Text
from hub_enrolment.domain import completions, programmes
from hub_enrolment.domain.programmes import LARGEST_GROUP
from hub_platform.json_values import JsonObject, Values
from hub_platform.schemas import CommandSchema, Flag

REQUIRABLE_ROLES = tuple(dict.fromkeys((*ParticipantRole, *TeacherRole)))


@dataclass(frozen=True, kw_only=True)
class OpenProgramme:
    """Create a programme of one academic year."""

    title: str
    academic_year: str
    strand: str
    phases: list[str]
    ncp_code: str | None
    min_schools: int
    min_teachers: int
    max_teachers: int
    max_per_school: int | None
    prerequisite_strand: str | None = None
    required_roles: Sequence[str] = ()
    min_attendance_percent: int = completions.MIN_ATTENDANCE_PERCENT
    tasks_required: bool = True


class OpenProgrammeSchema(CommandSchema):
    """Reads `OpenProgramme` from the path and body of a request."""

    command = OpenProgramme
    title = Text(required=True)
    academic_year = fields.String(required=True, metadata={"pattern": "^20[0-9]{2}/[0-9]{2}$"})
    strand = OneOf(Strand, required=True)
    phases = fields.List(OneOf(Phase), required=True, validate=validate.Length(1, 6))
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
    prerequisite_strand = OneOf(Strand, load_default=None, allow_none=True)
    required_roles = fields.List(
        OneOf(REQUIRABLE_ROLES),
        load_default=(),
        validate=validate.Length(0, len(REQUIRABLE_ROLES)),
    )
    min_attendance_percent = fields.Integer(
        load_default=completions.MIN_ATTENDANCE_PERCENT, strict=True, validate=validate.Range(0, 100)
    )
    tasks_required = Flag(load_default=True)


@dataclass(frozen=True, kw_only=True)
class ChangeProgramme:
    """Correct a programme; columns that are not named stay."""

    programme_id: UUID
    changes: Values  # column → new value; typed by the schema's fields


class ChangeProgrammeSchema(CommandSchema):
    """Reads `ChangeProgramme` from the path and body of a request."""

    command = ChangeProgramme
    programme_id = fields.UUID(required=True)
    title = Text()
    academic_year = fields.String(metadata={"pattern": "^20[0-9]{2}/[0-9]{2}$"})
    strand = OneOf(Strand)
    phases = fields.List(OneOf(Phase), validate=validate.Length(1, 6))
    ncp_code = fields.String(allow_none=True)
    min_schools = fields.Integer(strict=True, validate=validate.Range(1, LARGEST_GROUP))
    min_teachers = fields.Integer(strict=True, validate=validate.Range(1, LARGEST_GROUP))
    max_teachers = fields.Integer(strict=True, validate=validate.Range(1, LARGEST_GROUP))
    max_per_school = fields.Integer(allow_none=True, strict=True, validate=validate.Range(1, LARGEST_GROUP))
    prerequisite_strand = OneOf(Strand, allow_none=True)
    required_roles = fields.List(OneOf(REQUIRABLE_ROLES), validate=validate.Length(0, len(REQUIRABLE_ROLES)))
    min_attendance_percent = fields.Integer(strict=True, validate=validate.Range(0, 100))
    tasks_required = Flag()

    @post_load
    def make(self, data: JsonObject, **_: object) -> ChangeProgramme:
        """Separate the programme's id from its new values."""
        return ChangeProgramme(programme_id=data.pop("programme_id"), changes=data)
