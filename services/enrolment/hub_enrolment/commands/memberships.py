"""Commands about where a teacher works that was noted wrongly."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from marshmallow import fields, post_load, validate

from hub_contracts.vocabulary import TeacherRole
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.texts import Text
from hub_enrolment.domain.gias_establishments import URN
from hub_platform.schemas import CommandSchema

MOST_PLACES = 100  # of one person, at one school


@dataclass(frozen=True, kw_only=True)
class CorrectMembership:
    """Put right what is noted of one membership; only what is named changes."""

    teacher_id: UUID
    membership_id: UUID
    changes: Mapping[str, Any]  # columns of the membership with their right values
    reason: str
    also_places: list[UUID]  # places given at the wrong school that count for the right one from now on


class CorrectMembershipSchema(CommandSchema):
    """Reads it."""

    command = CorrectMembership
    teacher_id = fields.UUID(required=True)
    membership_id = fields.UUID(required=True)
    urn = fields.String(validate=validate.Regexp(rf"{URN.pattern}\Z"))
    role = OneOf(TeacherRole)
    starts_on = fields.Date()
    ends_on = fields.Date(allow_none=True)
    reason = Text(required=True, longest=1000)
    also_places = fields.List(fields.UUID(), load_default=list, validate=validate.Length(0, MOST_PLACES))

    @post_load
    def make(self, data: dict[str, Any], **_: Any) -> CorrectMembership:
        """Keep apart which membership is corrected and what of it."""
        others = {name: data.pop(name) for name in ("teacher_id", "membership_id", "reason", "also_places")}
        return CorrectMembership(**others, changes=data)
