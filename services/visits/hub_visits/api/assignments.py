"""Routes under /visits/v1/assignments."""

from typing import Any

from marshmallow import Schema, fields, validate

from hub_platform.routes import Answer, Call, Page, route
from hub_visits.access import HUB_STAFF, VISITORS, check_own_school
from hub_visits.api.entrusted import entrusted
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
from hub_visits.handlers import hand_overs, leads


class OwedSchema(Schema):
    """What the school is owed in one half term."""

    half_term = fields.String()
    kind = fields.String()
    starts_on = fields.Date()
    ends_on = fields.Date()


class AssignmentSchema(Schema):
    """A PD lead given to a school."""

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
    """The assignment that follows, and how many planned visits its PD lead has taken over."""

    visits_reassigned = fields.Integer(attribute="reassigned_n")


class EndedSchema(AssignmentSchema):
    """The assignment that has ended, and how many planned visits it leaves without a PD lead."""

    visits_without_lead = fields.Integer(attribute="without_lead_n")


class ListedAssignmentSchema(AssignmentSchema):
    """An assignment in a list, without what it owes."""

    class Meta:
        """What it owes is read one assignment at a time, or from the list of obligations."""

        exclude = ("obligations", "warnings")


class AssignmentQuery(Schema):
    """Which assignments; `without_lead`: those that have no PD lead until the end of their academic year."""

    urn = fields.String(load_default=None, validate=validate.Regexp(URN_PATTERN))
    pd_lead_id = fields.UUID(load_default=None)
    programme = fields.String(load_default=None, validate=validate.OneOf(assignments.PROGRAMMES))
    academic_year = fields.String(load_default=None, validate=validate.Regexp(YEAR_PATTERN))
    active_on = fields.Date(load_default=None)
    without_lead = fields.Boolean(load_default=None)


class Assignments:
    """PD leads and the schools they support."""

    @route(
        "POST",
        "/visits/v1/assignments",
        allow=HUB_STAFF,
        body=AssignPDLeadSchema,
        answer=AssignmentSchema,
        status=201,
    )
    def assign_pd_lead(self, call: Call[AssignPDLead]) -> Answer:
        """Give a school a PD lead until the end of the academic year."""
        view = handlers.assign_pd_lead(call.session, call.command, now=call.now, by=call.actor.subject)
        location = f"/visits/v1/assignments/{view.row.id}"
        return Answer(view, revision=view.row.revision, location=location)

    @route(
        "GET",
        "/visits/v1/assignments/<uuid:assignment_id>",
        allow=VISITORS,
        answer=AssignmentSchema,
    )
    def get_assignment(self, call: Call[Any]) -> Answer:
        """Read an assignment and what it owes."""
        view = leads.find_assignment(call.session, call.path["assignment_id"])
        check_own_school(call.actor, leads.lead_of(call.session, view.row.id, now=call.now))
        return Answer(view, revision=view.row.revision)

    @route(
        "GET",
        "/visits/v1/assignments",
        allow=VISITORS,
        query=AssignmentQuery,
        paged=True,
        answer=ListedAssignmentSchema,
    )
    def list_assignments(self, call: Call[Any]) -> Page[leads.AssignmentView]:
        """List assignments in the order in which they start; a PD lead sees those of their own schools.

        `active_on` asks for those that hold on a day. `without_lead` asks for those that nobody leads until
        the end of their academic year, because they were ended or their PD lead's role ends: `lead_until` is
        the last day on which they have a PD lead.
        """
        found = leads.list_assignments(
            call.session, call.page, now=call.now, among=entrusted(call), **call.query
        )
        return Page(*found)

    @route(
        "POST",
        "/visits/v1/assignments/<uuid:assignment_id>/hand-over",
        allow=HUB_STAFF,
        body=HandOverSchema,
        answer=HandedOverSchema,
        status=201,
    )
    def hand_over(self, call: Call[HandOver]) -> Answer:
        """Give the school another PD lead from a day on, who takes over the visits planned from that day.

        Answers with the assignment that follows. The day may lie in the past, unless a visit was logged
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
        """End an assignment without a successor; `on` is its last day.

        Visits planned for later stay planned and are listed as without a lead, until they are cancelled or
        the school is given another PD lead.
        """
        view = hand_overs.end_assignment(call.session, call.command, now=call.now, by=call.actor.subject)
        return Answer(view, revision=view.row.revision)
