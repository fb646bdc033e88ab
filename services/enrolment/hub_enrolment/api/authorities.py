"""The route that lists a school's local authorities over time."""

from marshmallow import Schema, fields

from hub_enrolment.access import READERS
from hub_enrolment.models import SchoolPlacement
from hub_enrolment.store import authorities as store
from hub_enrolment.store.schools import find_school
from hub_platform.routes import Call, Page, route


class PlacementSchema(Schema):
    """Authority, district and phase of a school; `to` is the last day, null while it applies."""

    la_code = fields.String()
    la_name = fields.String()
    district_code = fields.String(allow_none=True)
    district_name = fields.String(allow_none=True)
    phase = fields.String()
    starts_on = fields.Date(data_key="from")
    ends_on = fields.Date(data_key="to", allow_none=True)


class Authorities:
    """Local authorities of schools over time."""

    @route(
        "GET", "/enrolment/v1/schools/<urn>/authorities", allow=READERS, paged=True, answer=PlacementSchema
    )
    def list_authorities_of_school(self, call: Call[None]) -> Page[SchoolPlacement]:
        """List the authorities of a school with district and phase, oldest first.

        `from` is the date of the file that first said so; of what was imported first, nothing earlier is
        known here.
        """
        school = find_school(call.session, call.path["urn"])
        statement = store.list_placements(school.urn)
        return Page(*call.page.fetch(call.session, statement, [SchoolPlacement.starts_on]))
