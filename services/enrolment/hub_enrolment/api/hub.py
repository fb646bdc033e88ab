"""Routes of /enrolment/v1/hub."""

from marshmallow import Schema, fields

from hub_enrolment.access import HUB_LEADS, READERS
from hub_enrolment.commands.hub import DescribeHub, DescribeHubSchema
from hub_enrolment.handlers import hub as handlers
from hub_platform.routes import Answer, Call, route

URL = "/enrolment/v1/hub"


class HubSchema(Schema):
    """The hub, its lead school, its office, its area: authorities and districts, with schools as exceptions.

    The contact is an office, not a person; every e-mail names it, and the privacy notice.
    """

    id = fields.String()
    name = fields.String()
    lead_school_urn = fields.String()
    trust_uid = fields.String(allow_none=True)
    area_la_codes = fields.List(fields.String())
    area_district_codes = fields.List(fields.String())
    extra_urns = fields.List(fields.String())
    excluded_urns = fields.List(fields.String())
    contact_name = fields.String(allow_none=True)
    contact_email = fields.String(allow_none=True)
    contact_telephone = fields.String(allow_none=True)
    privacy_notice = fields.String(allow_none=True)


class HubItself:
    """Name, lead school, office and area of the hub."""

    @route("GET", URL, allow=READERS, answer=HubSchema)
    def get_hub(self, call: Call[None]) -> Answer:
        """Read the hub's description; 404 until it has been set."""
        hub = handlers.find_hub(call.session)
        return Answer(hub, revision=hub.revision)

    @route("PUT", URL, allow=HUB_LEADS, body=DescribeHubSchema, answer=HubSchema)
    def describe_hub(self, call: Call[DescribeHub]) -> Answer:
        """Set the hub's name, lead school, office and area.

        The first time with If-None-Match: *, later with If-Match.
        """
        hub = handlers.describe_hub(
            call.session, call.command, expected=call.expected, now=call.now, by=call.actor.subject
        )
        return Answer(hub, revision=hub.revision)
