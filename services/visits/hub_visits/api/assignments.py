"""Routes under /visits/v1/assignments."""

from typing import Any

from marshmallow import Schema, fields

from hub_platform.routes import Answer, Call, route
from hub_visits.access import HUB_STAFF, VISITORS, check_own_school
from hub_visits.commands import AssignPDLead, AssignPDLeadSchema
from hub_visits.handlers import assignments as handlers


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
        view = handlers.find_assignment(call.session, call.path["assignment_id"])
        check_own_school(call.actor, view.row.pd_lead_id)
        return Answer(view, revision=view.row.revision)
