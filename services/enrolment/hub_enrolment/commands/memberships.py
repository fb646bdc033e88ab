"""The command to correct a school membership."""

from dataclasses import dataclass
from uuid import UUID

from marshmallow import fields, post_load, validate

from hub_contracts.vocabulary import TeacherRole
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.texts import Text
from hub_enrolment.domain.gias_establishments import URN
from hub_platform.json_values import JsonObject, Values
from hub_platform.schemas import CommandSchema

MOST_PLACES = 100  # of one person, at one school


@dataclass(frozen=True, kw_only=True)
class CorrectMembership:
    """Correct one membership; columns that are not named stay."""

    teacher_id: UUID
    membership_id: UUID
    changes: Values  # column → corrected value; typed by the schema's fields
    reason: str
    also_places: list[UUID]  # places that count for the wrong school, to correct with it


class CorrectMembershipSchema(CommandSchema):
    """Reads `CorrectMembership` from the path and body of a request."""

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
    def make(self, data: JsonObject, **_: object) -> CorrectMembership:
        """Build the command: the ids and the reason apart from the columns."""
        others = {name: data.pop(name) for name in ("teacher_id", "membership_id", "reason", "also_places")}
        return CorrectMembership(**others, changes=data)
