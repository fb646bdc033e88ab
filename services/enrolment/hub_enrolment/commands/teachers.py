"""Commands about teachers and leaders."""

from dataclasses import dataclass
from datetime import date
from typing import Final
from uuid import UUID

from marshmallow import fields, post_load, validate

from hub_contracts.fields import Urn
from hub_contracts.vocabulary import LeaderRole, Phase, TeacherRole
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.texts import Email, Name, Phone, Text
from hub_platform.json_values import JsonObject, Values
from hub_platform.schemas import CommandSchema, Flag

MOST_CANDIDATES: Final = 50  # of one request


@dataclass(frozen=True, kw_only=True)
class RegisterTeacher:
    """Register a teacher with their school."""

    given: str
    family: str
    email: str
    urn: str
    role: str
    trn: str | None
    trnless: bool
    phase: str | None
    phone: str | None = None
    contact_opt_out: bool = False  # of marketing only
    different_from: frozenset[UUID] = frozenset()  # similar registered teachers who are other people


class RegisterTeacherSchema(CommandSchema):
    """Reads `RegisterTeacher`; a person with only one name leaves `given` or `family` out."""

    command = RegisterTeacher
    given = Name(load_default="")
    family = Name(load_default="")
    email = Email(required=True)
    urn = Urn("The school.")
    role = OneOf(TeacherRole, required=True)
    trn = fields.String(load_default=None, allow_none=True, validate=validate.Length(1, 30))
    trnless = Flag(load_default=False)
    phase = OneOf(Phase, load_default=None, allow_none=True)
    phone = Phone(load_default=None, allow_none=True)
    contact_opt_out = Flag(load_default=False)
    different_from = fields.List(
        fields.UUID(), load_default=list, validate=validate.Length(max=MOST_CANDIDATES)
    )

    @post_load
    def make(self, data: JsonObject, **_: object) -> RegisterTeacher:
        """Build the command."""
        return RegisterTeacher(**data | {"different_from": frozenset(data["different_from"])})


@dataclass(frozen=True, kw_only=True)
class ChangeTeacher:
    """Correct a teacher's record; columns that are not named stay."""

    teacher_id: UUID
    changes: Values  # column → new value; typed by the schema's fields
    keep_email: bool = False  # confirm the present address


class ChangeTeacherSchema(CommandSchema):
    """Reads `ChangeTeacher`; a school changes by `MoveTeacher` only."""

    command = ChangeTeacher
    teacher_id = fields.UUID(required=True)
    given = Name()
    family = Name()
    email = Email()
    phone = Phone(allow_none=True)
    trn = fields.String(allow_none=True, validate=validate.Length(1, 30))
    trnless = Flag()
    phase = OneOf(Phase, allow_none=True)
    contact_opt_out = Flag()
    keep_email = Flag(load_default=False)

    @post_load
    def make(self, data: JsonObject, **_: object) -> ChangeTeacher:
        """Build the command: the id and `keep_email` apart from the columns."""
        teacher_id, keep_email = data.pop("teacher_id"), data.pop("keep_email")
        return ChangeTeacher(teacher_id=teacher_id, changes=data, keep_email=keep_email)


@dataclass(frozen=True, kw_only=True)
class MoveTeacher:
    """Record a teacher's move to another school."""

    teacher_id: UUID
    from_urn: str | None  # None: the teacher joins a school and leaves none
    to_urn: str
    role: str
    moved_on: date
    email: str | None = None  # the new address
    keep_email: bool = False  # confirm the present address; with neither it becomes unconfirmed


class MoveTeacherSchema(CommandSchema):
    """Reads `MoveTeacher` from the path and body of a request."""

    command = MoveTeacher
    teacher_id = fields.UUID(required=True)
    from_urn = Urn("The school that is left.", optional=True)
    to_urn = Urn("The school that is joined.")
    role = OneOf(TeacherRole, required=True)
    moved_on = fields.Date(required=True)
    email = Email(load_default=None, allow_none=True)
    keep_email = Flag(load_default=False)


@dataclass(frozen=True, kw_only=True)
class AppointLeader:
    """Appoint a person to a leadership role."""

    teacher_id: UUID
    role: str
    core_leadership: bool
    starts_on: date
    ends_on: date | None
    cohort: str | None = None


class AppointLeaderSchema(CommandSchema):
    """Reads `AppointLeader` from the path and body of a request."""

    command = AppointLeader
    teacher_id = fields.UUID(required=True)
    role = OneOf(LeaderRole, required=True)
    core_leadership = Flag(required=True)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(load_default=None, allow_none=True)
    cohort = Text(load_default=None, allow_none=True, longest=50)


@dataclass(frozen=True, kw_only=True)
class EndLeader:
    """Set the last day of a leadership role."""

    leader_role_id: UUID
    ends_on: date


class EndLeaderSchema(CommandSchema):
    """Reads `EndLeader` from the path and body of a request."""

    command = EndLeader
    leader_role_id = fields.UUID(required=True)
    ends_on = fields.Date(required=True)
