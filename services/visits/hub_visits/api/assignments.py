"""Routes under /visits/v1/assignments."""

from marshmallow import Schema, fields, validate

from hub_platform.routes import Answer, Call, Page, route
from hub_visits.access import HUB_STAFF, VISITORS, check_own_school
from hub_visits.api.own_assignments import own_assignments
from hub_visits.commands import (
    URN_PATTERN,
    YEAR_PATTERN,
    AssignPDLead,
    AssignPDLeadSchema,
    EndAssignment,
    EndAssignmentSchema,
    HandOver,
    HandOverSchema,
)
from hub_visits.domain import assignments
from hub_visits.handlers import assignments as handlers
from hub_visits.handlers import hand_overs
from hub_visits.queries import assignments as queries
from hub_visits.store.assignment_views import AssignmentView


class OwedSchema(Schema):
    """One kind of support that is owed to the school in one half term."""

    half_term = fields.String()
    kind = fields.String()
    starts_on = fields.Date()
    ends_on = fields.Date()


class AssignmentSchema(Schema):
    """A PD lead's assignment to a school."""

    assignment_id = fields.UUID(attribute="row.id")
    urn = fields.String(attribute="row.urn")
    pd_lead_id = fields.UUID(attribute="row.pd_lead_id")
    programme = fields.String(attribute="row.programme")
    academic_year = fields.String(attribute="row.academic_year")
    starts_on = fields.Date(attribute="row.starts_on")
    ends_on = fields.Date(attribute="row.ends_on")
    kinds = fields.List(fields.String(), attribute="row.kinds")
    obligations = fields.List(fields.Nested(OwedSchema))
    warnings = fields.List(fields.String())
    follows = fields.UUID(attribute="row.follows", allow_none=True)
    end_reason = fields.String(attribute="row.end_reason", allow_none=True)
    lead_until = fields.Date(allow_none=True)
    without_lead = fields.Function(lambda view: view.lead_until is not None)


class HandedOverSchema(AssignmentSchema):
    """The following assignment, with the number of planned visits that its PD lead takes over."""

    visits_reassigned = fields.Integer(attribute="reassigned_n")


class EndedSchema(AssignmentSchema):
    """The ended assignment, with the number of planned visits that have no PD lead now."""

    visits_without_lead = fields.Integer(attribute="without_lead_n")


class ListedAssignmentSchema(AssignmentSchema):
    """An assignment in a list, without its obligations."""

    class Meta:
        """Obligations are read with a single assignment, or from their own list."""

        exclude = ("obligations", "warnings")


class AssignmentQuery(Schema):
    """The filters of a list of assignments; `without_lead`: no PD lead until the end of the academic year."""

    urn = fields.String(load_default=None, validate=validate.Regexp(URN_PATTERN))
    pd_lead_id = fields.UUID(load_default=None)
    programme = fields.String(load_default=None, validate=validate.OneOf(assignments.PROGRAMMES))
    academic_year = fields.String(load_default=None, validate=validate.Regexp(YEAR_PATTERN))
    active_on = fields.Date(load_default=None)
    without_lead = fields.Boolean(load_default=None)


class Assignments:
    """PD-lead assignments."""

    @route(
        "POST",
        "/visits/v1/assignments",
        allow=HUB_STAFF,
        body=AssignPDLeadSchema,
        answer=AssignmentSchema,
        status=201,
    )
    def assign_pd_lead(self, call: Call[AssignPDLead]) -> Answer:
        """Assign a PD lead to a school until the end of the academic year."""
        view = handlers.assign_pd_lead(call.session, call.command, now=call.now, by=call.actor.subject)
        location = f"/visits/v1/assignments/{view.row.id}"
        return Answer(view, revision=view.row.revision, location=location)

    @route(
        "GET",
        "/visits/v1/assignments/<uuid:assignment_id>",
        allow=VISITORS,
        answer=AssignmentSchema,
    )
    def get_assignment(self, call: Call[None]) -> Answer:
        """Read an assignment with its obligations."""
        view = queries.get_assignment(call.session, call.path["assignment_id"])
        check_own_school(call.actor, queries.lead_of(call.session, view.row.id, now=call.now))
        return Answer(view, revision=view.row.revision)

    @route(
        "GET",
        "/visits/v1/assignments",
        allow=VISITORS,
        query=AssignmentQuery,
        paged=True,
        answer=ListedAssignmentSchema,
    )
    def list_assignments(self, call: Call[None]) -> Page[AssignmentView]:
        """List assignments by first day; PD leads get those of their own schools.

        `active_on` selects assignments that include a day. `without_lead` selects assignments without a PD
        lead until the end of the academic year, because they were ended or because their PD lead's role ends:
        `lead_until` is the last day of the PD lead.
        """
        wanted = queries.AssignmentFilter(visible=own_assignments(call), **call.query)
        return Page(*queries.list_assignments(call.session, call.page, wanted, now=call.now))

    @route(
        "POST",
        "/visits/v1/assignments/<uuid:assignment_id>/hand-over",
        allow=HUB_STAFF,
        body=HandOverSchema,
        answer=HandedOverSchema,
        status=201,
    )
    def hand_over(self, call: Call[HandOver]) -> Answer:
        """Hand an assignment over to another PD lead, with the visits planned from that day on.

        The response is the following assignment. The day may be in the past, unless a visit has been logged
        since.
        """
        view = hand_overs.hand_over(call.session, call.command, now=call.now, by=call.actor.subject)
        location = f"/visits/v1/assignments/{view.row.id}"
        return Answer(view, revision=view.row.revision, location=location)

    @route(
        "POST",
        "/visits/v1/assignments/<uuid:assignment_id>/end",
        allow=HUB_STAFF,
        body=EndAssignmentSchema,
        answer=EndedSchema,
    )
    def end_assignment(self, call: Call[EndAssignment]) -> Answer:
        """End an assignment early without a following PD lead; `on` is its last day.

        Visits planned after that day stay planned and are listed as `without_lead`, until they are cancelled
        or another PD lead is assigned to the school.
        """
        view = hand_overs.end_assignment(call.session, call.command, now=call.now, by=call.actor.subject)
        return Answer(view, revision=view.row.revision)
