"""Routes below /enrolment/v1/trusts, and a school's trusts."""

from marshmallow import Schema, fields

from hub_enrolment.access import READERS
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.domain.trusts import TrustStatus
from hub_enrolment.handlers import trusts as handlers
from hub_enrolment.models import Trust, TrustMembership
from hub_enrolment.store import trusts as store
from hub_enrolment.store.schools import find_school
from hub_platform.routes import Answer, Call, Page, route


class TrustSchema(Schema):
    """An academy trust; fields of the groups file are null until it has been imported."""

    uid = fields.String()
    name = fields.String()
    companies_house = fields.String(allow_none=True)
    group_type = fields.String(allow_none=True)
    status = fields.String(allow_none=True)
    closed_on = fields.Date(allow_none=True)


class TrustSchoolSchema(Schema):
    """A trust's school, with the first day of its membership."""

    urn = fields.String()
    name = fields.String()
    la_code = fields.String()
    phase = fields.String()
    status = fields.String()


class TrustWithSchoolsSchema(Schema):
    """A trust with its schools of today, in the order of their URNs."""

    uid = fields.String(attribute="trust.uid")
    name = fields.String(attribute="trust.name")
    companies_house = fields.String(attribute="trust.companies_house", allow_none=True)
    group_type = fields.String(attribute="trust.group_type", allow_none=True)
    status = fields.String(attribute="trust.status", allow_none=True)
    closed_on = fields.Date(attribute="trust.closed_on", allow_none=True)
    schools = fields.List(fields.Nested(TrustSchoolSchema))


class TrustMembershipSchema(Schema):
    """A school's membership of a trust; `to` is the last day, null while it lasts."""

    trust_uid = fields.String()
    trust_name = fields.String()
    starts_on = fields.Date(data_key="from")
    ends_on = fields.Date(data_key="to", allow_none=True)


class TrustQuery(Schema):
    """Filters of trusts."""

    status = OneOf(TrustStatus, load_default=None)


class Trusts:
    """Academy trusts of the register."""

    @route("GET", "/enrolment/v1/trusts", allow=READERS, query=TrustQuery, paged=True, answer=TrustSchema)
    def list_trusts(self, call: Call[None]) -> Page[Trust]:
        """List trusts in the order of their UIDs, read as text."""
        return Page(*call.page.fetch(call.session, store.list_trusts(**call.query), [Trust.uid]))

    @route("GET", "/enrolment/v1/trusts/<uid>", allow=READERS, answer=TrustWithSchoolsSchema)
    def get_trust(self, call: Call[None]) -> Answer:
        """Read a trust with its schools of today."""
        trust = handlers.find_trust(call.session, call.path["uid"])
        schools = store.schools_of(call.session, trust.uid)
        return Answer({"trust": trust, "schools": schools}, revision=trust.revision)

    @route(
        "GET", "/enrolment/v1/schools/<urn>/trusts", allow=READERS, paged=True, answer=TrustMembershipSchema
    )
    def list_trusts_of_school(self, call: Call[None]) -> Page[dict[str, object]]:
        """List the trusts that a school belonged to, oldest first."""
        school = find_school(call.session, call.path["urn"])
        statement = store.list_memberships(school.urn)
        rows, following = call.page.fetch(call.session, statement, [TrustMembership.starts_on])
        names = store.names(call.session, [row.trust_uid for row in rows])
        return Page([_membership(row, names[row.trust_uid]) for row in rows], following)


def _membership(row: TrustMembership, name: str) -> dict[str, object]:
    return {
        "trust_uid": row.trust_uid,
        "trust_name": name,
        "starts_on": row.starts_on,
        "ends_on": row.ends_on,
    }
