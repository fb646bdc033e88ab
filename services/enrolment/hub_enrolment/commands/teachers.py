"""Commands about teachers and leaders."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from marshmallow import fields, post_load, validate

from hub_contracts.fields import Urn
from hub_contracts.vocabulary import LeaderRole, Phase, TeacherRole
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.texts import Email, Name, Phone, Text
from hub_platform.schemas import CommandSchema, Flag

MOST_CANDIDATES: Final = 50  # of one request


@dataclass(frozen=True, kw_only=True)
class RegisterTeacher:
    """Put down somebody who works at a school."""

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
    different_from: frozenset[UUID] = frozenset()  # known teachers who are other people, whatever they share


class RegisterTeacherSchema(CommandSchema):
    """Reads it; a person with one name only leaves `given` or `family` out."""

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
    def make(self, data: dict[str, Any], **_: Any) -> RegisterTeacher:
        """Build the command."""
        return RegisterTeacher(**data | {"different_from": frozenset(data["different_from"])})


@dataclass(frozen=True, kw_only=True)
class ChangeTeacher:
    """Correct what is held of somebody; only what is named changes."""

    teacher_id: UUID
    changes: Mapping[str, Any]  # columns of the teacher with their new values
    keep_email: bool = False  # the address, unconfirmed since a move, is right


class ChangeTeacherSchema(CommandSchema):
    """Reads it; where somebody teaches is changed by a move."""

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
    def make(self, data: dict[str, Any], **_: Any) -> ChangeTeacher:
        """Keep apart who is changed and what of them."""
        teacher_id, keep_email = data.pop("teacher_id"), data.pop("keep_email")
        return ChangeTeacher(teacher_id=teacher_id, changes=data, keep_email=keep_email)


@dataclass(frozen=True, kw_only=True)
class MoveTeacher:
    """Note that somebody works at another school from a day on."""

    teacher_id: UUID
    from_urn: str | None  # None: they join a school and leave none
    to_urn: str
    role: str
    moved_on: date
    email: str | None = None  # the address from now on
    keep_email: bool = False  # the address stays as it is; with neither it becomes unconfirmed


class MoveTeacherSchema(CommandSchema):
    """Reads it."""

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
    """Give somebody a leadership role."""

    teacher_id: UUID
    role: str
    core_leadership: bool
    starts_on: date
    ends_on: date | None
    cohort: str | None = None


class AppointLeaderSchema(CommandSchema):
    """Reads it."""

    command = AppointLeader
    teacher_id = fields.UUID(required=True)
    role = OneOf(LeaderRole, required=True)
    core_leadership = Flag(required=True)
    starts_on = fields.Date(required=True)
    ends_on = fields.Date(load_default=None, allow_none=True)
    cohort = Text(load_default=None, allow_none=True, longest=50)


@dataclass(frozen=True, kw_only=True)
class EndLeader:
    """Say which day is the last in a leadership role."""

    leader_role_id: UUID
    ends_on: date


class EndLeaderSchema(CommandSchema):
    """Reads it."""

    command = EndLeader
    leader_role_id = fields.UUID(required=True)
    ends_on = fields.Date(required=True)
