"""Routes under /visits/v1/obligations and /visits/v1/exemptions."""

from marshmallow import Schema, fields, validate

from hub_platform.routes import Call, Page, route
from hub_visits.access import HUB_STAFF, VISITORS
from hub_visits.api.own_assignments import own_assignments
from hub_visits.commands import HALF_TERM_PATTERN, URN_PATTERN, ExcuseHalfTerm, ExcuseHalfTermSchema
from hub_visits.domain.obligations import STATUSES
from hub_visits.handlers import obligations as handlers
from hub_visits.models import Exemption
from hub_visits.queries import obligations as queries
from hub_visits.queries.exemptions import ExemptionFilter, list_exemptions


class ExemptionSchema(Schema):
    """A school's exemption from one kind of support in one half term."""

    urn = fields.String()
    half_term = fields.String()
    kind = fields.String()
    reason = fields.String()


class ExemptionQuery(Schema):
    """The filters of a list of exemptions."""

    urn = fields.String(load_default=None, validate=validate.Regexp(URN_PATTERN))
    half_term = fields.String(load_default=None, validate=validate.Regexp(HALF_TERM_PATTERN))


class ObligationQuery(Schema):
    """The filters of a list of obligations."""

    half_term = fields.String(load_default=None, validate=validate.Regexp(HALF_TERM_PATTERN))
    status = fields.String(load_default=None, validate=validate.OneOf(STATUSES))
    pd_lead_id = fields.UUID(load_default=None)
    urn = fields.String(load_default=None, validate=validate.Regexp(URN_PATTERN))


class ObligationSchema(Schema):
    """One kind of support owed to a school in one half term, with its current status."""

    assignment_id = fields.UUID(attribute="row.assignment_id")
    urn = fields.String(attribute="row.urn")
    standing_urn = fields.String(attribute="row.standing_urn")  # of the school, or of its successor, today
    pd_lead_id = fields.UUID(attribute="row.pd_lead_id")
    half_term = fields.String(attribute="row.half_term")
    kind = fields.String(attribute="row.kind")
    starts_on = fields.Date(attribute="row.starts_on")
    ends_on = fields.Date(attribute="row.ends_on")
    status = fields.String()
    late = fields.Boolean()
    planned = fields.Boolean(attribute="row.planned")


class Obligations:
    """Obligations and exemptions."""

    @route(
        "POST",
        "/visits/v1/exemptions",
        allow=HUB_STAFF,
        body=ExcuseHalfTermSchema,
        answer=ExemptionSchema,
        status=201,
    )
    def excuse_half_term(self, call: Call[ExcuseHalfTerm]) -> Exemption:
        """Excuse a school from one kind of support in one half term."""
        return handlers.excuse_half_term(call.session, call.command, now=call.now, by=call.actor.subject)

    @route(
        "GET",
        "/visits/v1/exemptions",
        allow=VISITORS,
        query=ExemptionQuery,
        paged=True,
        answer=ExemptionSchema,
    )
    def list_exemptions(self, call: Call[None]) -> Page[Exemption]:
        """List exemptions; PD leads get those of their own schools."""
        wanted = ExemptionFilter(visible=own_assignments(call), **call.query)
        return Page(*list_exemptions(call.session, call.page, wanted, now=call.now))

    @route(
        "GET",
        "/visits/v1/obligations",
        allow=VISITORS,
        query=ObligationQuery,
        paged=True,
        answer=ObligationSchema,
    )
    def list_obligations(self, call: Call[None]) -> Page[queries.ObligationView]:
        """List obligations with their current status; PD leads get those of their own schools."""
        wanted = queries.ObligationFilter(visible=own_assignments(call), **call.query)
        return Page(*queries.list_obligations(call.session, call.page, wanted, now=call.now))
