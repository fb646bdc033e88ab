"""Commands about schools."""

from dataclasses import dataclass
from datetime import date

from marshmallow import fields

from hub_contracts.vocabulary import ConnectionRoute
from hub_enrolment.commands.codes import OneOf
from hub_platform.schemas import CommandSchema


@dataclass(frozen=True, kw_only=True)
class ConnectSchool:
    """Record the first contact of a school with the hub."""

    urn: str
    connected_on: date
    via: str


class ConnectSchoolSchema(CommandSchema):
    """Reads `ConnectSchool` from the path and body of a request."""

    command = ConnectSchool
    urn = fields.String(required=True)  # from the path: other text is an unknown school
    connected_on = fields.Date(required=True)
    via = OneOf(ConnectionRoute, required=True)
