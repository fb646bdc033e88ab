"""Routes below /enrolment/v1/schools."""

from marshmallow import Schema, ValidationError, fields, validate

from hub_contracts.vocabulary import Phase, SchoolStatus
from hub_enrolment.access import HUB_STAFF, READERS
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.schools import ConnectSchool, ConnectSchoolSchema
from hub_enrolment.domain import search
from hub_enrolment.handlers import schools as handlers
from hub_enrolment.models import School
from hub_enrolment.store.schools import find_school
from hub_kernel.england import day_in_england
from hub_platform.routes import Answer, Call, Page, route


class SchoolSchema(Schema):
    """A school: its entry in the register and its connection to the hub."""

    urn = fields.String()
    name = fields.String()
    la_code = fields.String()
    la_name = fields.String()
    district_code = fields.String(allow_none=True)
    district_name = fields.String(allow_none=True)
    phase = fields.String()
    type_code = fields.Integer()
    type_group = fields.Integer()
    eligible = fields.Boolean()
    status = fields.String()
    open_date = fields.Date(allow_none=True)
    close_date = fields.Date(allow_none=True)
    trust_uid = fields.String(allow_none=True)
    trust_name = fields.String(allow_none=True)
    pupils = fields.Integer(allow_none=True)
    fsm_percent = fields.Float(allow_none=True)
    ukprn = fields.String(allow_none=True)
    postcode = fields.String(allow_none=True)
    easting = fields.Integer(allow_none=True)
    northing = fields.Integer(allow_none=True)
    last_changed = fields.Date(allow_none=True)
    successor_urn = fields.String(allow_none=True)
    connected_on = fields.Date(allow_none=True)
    connected_via = fields.String(allow_none=True)


def _has_words(text: str) -> None:
    """Reject a search without a letter or digit, which would find everything."""
    if not search.read_search(text):
        raise ValidationError("There is no word in it to look for.")


class SchoolQuery(Schema):
    """Filters of schools."""

    la_code = fields.String(load_default=None, validate=validate.Regexp(r"[0-9]{3}\Z"))
    phase = OneOf(Phase, load_default=None)
    status = OneOf(SchoolStatus, load_default=None)
    connected = fields.Boolean(load_default=None)
    trust_uid = fields.String(load_default=None, validate=validate.Regexp(r"[0-9]{1,9}\Z"))
    in_area = fields.Boolean(load_default=None)
    q = fields.String(
        load_default=None,
        validate=validate.And(validate.Length(max=search.LONGEST), _has_words),
        metadata={"minLength": 1, "maxLength": search.LONGEST},
    )


class Schools:
    """Schools of the register, and their connection to the hub."""

    @route(
        "GET",
        "/enrolment/v1/schools",
        allow=READERS,
        query=SchoolQuery,
        paged=True,
        answer=SchoolSchema,
    )
    def list_schools(self, call: Call[None]) -> Page[School]:
        """List schools in the order of their URNs.

        `q` finds them by words of the name or the trust's name, in any order, by their first letters,
        without regard to case and accents; by postcode, also its first half; by URN. A closed school is
        found too and names its successor. `in_area` limits the list to the hub's area or excludes it; a
        school that was in the area remains in it when its authority is recoded or another school succeeds it.
        """
        statement = handlers.list_schools(call.session, call.query, day=day_in_england(call.now))
        return Page(*call.page.fetch(call.session, statement, [School.urn]))

    @route("GET", "/enrolment/v1/schools/<urn>", allow=READERS, answer=SchoolSchema)
    def get_school(self, call: Call[None]) -> Answer:
        """Read a school. The 404 answer names its successor where one is known."""
        school = find_school(call.session, call.path["urn"])
        return Answer(school, revision=school.revision)

    @route(
        "POST",
        "/enrolment/v1/schools/<urn>/connection",
        allow=HUB_STAFF,
        body=ConnectSchoolSchema,
        answer=SchoolSchema,
        status=201,
    )
    def connect_school(self, call: Call[ConnectSchool]) -> Answer:
        """Record a school's first contact with the hub.

        The same connection again is answered with 200 and changes nothing; another one is a 409.
        """
        school, made = handlers.connect_school(
            call.session, call.command, now=call.now, by=call.actor.subject
        )
        return Answer(
            school,
            revision=school.revision,
            location=f"/enrolment/v1/schools/{school.urn}" if made else None,
            status=None if made else 200,
        )
