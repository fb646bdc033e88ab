"""Routes under /visits/v1/visits."""

from typing import Any

from marshmallow import Schema, fields, validate

from hub_kernel.england import day_in_england, end_of_day, start_of_day
from hub_platform.routes import Answer, Call, Page, route
from hub_platform.schemas import DaysQuery
from hub_visits.access import VISITORS, check_own_school, may_read_note, own_schools_only
from hub_visits.commands import (
    HALF_TERM_PATTERN,
    URN_PATTERN,
    CancelVisit,
    CancelVisitSchema,
    LogVisit,
    LogVisitSchema,
    PlanVisit,
    PlanVisitSchema,
)
from hub_visits.domain import visits
from hub_visits.handlers import assignments as assignment_handlers
from hub_visits.handlers import visits as handlers
from hub_visits.models import Visit
from hub_visits.store import schools as school_store
from hub_visits.store import visits as store


class ActionSchema(Schema):
    """Something that was agreed."""

    action_id = fields.UUID(attribute="id")
    text = fields.String()
    owner_role = fields.String()
    due_on = fields.Date()
    done_at = fields.AwareDateTime(allow_none=True)


class VisitSchema(Schema):
    """A visit. `note` and `actions` are there only for those who may read them."""

    visit_id = fields.UUID(attribute="row.id")
    assignment_id = fields.UUID(attribute="row.assignment_id")
    urn = fields.String(attribute="row.urn")
    pd_lead_id = fields.UUID(attribute="row.pd_lead_id")
    kind = fields.String(attribute="row.kind")
    status = fields.String(attribute="row.status")
    planned_at = fields.AwareDateTime(attribute="row.planned_at")
    half_term = fields.String(attribute="row.half_term", allow_none=True)
    out_of_term = fields.Boolean(attribute="row.out_of_term")
    happened_on = fields.Date(attribute="row.happened_on", allow_none=True)
    half_days = fields.Integer(attribute="row.half_days", allow_none=True)
    focus = fields.List(fields.String(), attribute="row.focus")
    people_met = fields.List(fields.String(), attribute="row.people_met")
    staff_present = fields.Integer(attribute="row.staff_present", allow_none=True)
    department_size = fields.Integer(attribute="row.department_size", allow_none=True)
    late = fields.Boolean(attribute="row.late")
    logged_at = fields.AwareDateTime(attribute="row.logged_at", allow_none=True)
    cancel_reason = fields.String(attribute="row.cancel_reason", allow_none=True)
    actions_n = fields.Integer()
    note = fields.String(allow_none=True)
    actions = fields.List(fields.Nested(ActionSchema))


class ListedVisitSchema(VisitSchema):
    """A visit in a list, without its note and agreed actions."""

    class Meta:
        """They are read one visit at a time."""

        exclude = ("note", "actions")


class VisitQuery(DaysQuery):
    """Which visits; `from` and `to` are the days for which they are planned."""

    status = fields.String(load_default=None, validate=validate.OneOf(visits.STATUSES))
    kind = fields.String(load_default=None, validate=validate.OneOf(visits.KINDS))
    urn = fields.String(load_default=None, validate=validate.Regexp(URN_PATTERN))
    half_term = fields.String(load_default=None, validate=validate.Regexp(HALF_TERM_PATTERN))
    pd_lead_id = fields.UUID(load_default=None)


class Visits:
    """Visits of PD leads to schools."""

    @route(
        "POST",
        "/visits/v1/visits",
        allow=VISITORS,
        body=PlanVisitSchema,
        answer=VisitSchema,
        status=201,
    )
    def plan_visit(self, call: Call[PlanVisit]) -> Answer:
        """Put a visit in the diary; its half term follows from the school's calendar."""
        _check_own_assignment(call)
        visit = handlers.plan_visit(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(call, visit, location=f"/visits/v1/visits/{visit.id}")

    @route(
        "GET",
        "/visits/v1/visits",
        allow=VISITORS,
        query=VisitQuery,
        paged=True,
        answer=ListedVisitSchema,
    )
    def list_visits(self, call: Call[Any]) -> Page[dict[str, Any]]:
        """List visits in the order in which they are planned; a PD lead sees their own.

        `urn` may be any that a school has had: visits under its other ones are listed with them.
        """
        wanted = dict(call.query)
        first, last = wanted.pop("first_day"), wanted.pop("last_day")
        own = own_schools_only(call.actor)
        if own is not None:
            if wanted["pd_lead_id"] not in (None, own):
                return Page([])
            wanted["pd_lead_id"] = own
        urn = wanted.pop("urn")
        urns = None if urn is None else school_store.urns_of(call.session, urn, day_in_england(call.now))
        statement = store.list_visits(
            urns=urns,
            begins=None if first is None else start_of_day(first),
            ends=None if last is None else end_of_day(last),
            **wanted,
        )
        rows, following = call.page.fetch(call.session, statement, [Visit.planned_at, Visit.id])
        return Page([{"row": row, "actions_n": len(row.actions)} for row in rows], following)

    @route("GET", "/visits/v1/visits/<uuid:visit_id>", allow=VISITORS, answer=VisitSchema)
    def get_visit(self, call: Call[Any]) -> Answer:
        """Read a visit; its note and agreed actions only as the school's PD lead or a hub lead."""
        return _answer(call, _own_visit(call))

    @route(
        "POST",
        "/visits/v1/visits/<uuid:visit_id>/log",
        allow=VISITORS,
        body=LogVisitSchema,
        answer=VisitSchema,
    )
    def log_visit(self, call: Call[LogVisit]) -> Answer:
        """Say what a visit that took place was. No pupil's name belongs in the note."""
        _own_visit(call)
        visit = handlers.log_visit(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(call, visit)

    @route(
        "POST",
        "/visits/v1/visits/<uuid:visit_id>/cancellation",
        allow=VISITORS,
        body=CancelVisitSchema,
        answer=VisitSchema,
    )
    def cancel_visit(self, call: Call[CancelVisit]) -> Answer:
        """Take a planned visit out of the diary."""
        _own_visit(call)
        visit = handlers.cancel_visit(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(call, visit)


def _check_own_assignment(call: Call[PlanVisit]) -> None:
    """An assignment that is not there is left for the handler to refuse."""
    pd_lead_id = assignment_handlers.pd_lead_of(call.session, call.command.assignment_id)
    if pd_lead_id is not None:
        check_own_school(call.actor, pd_lead_id)


def _own_visit(call: Call[Any]) -> Visit:
    visit = handlers.find_visit(call.session, call.path["visit_id"])
    check_own_school(call.actor, visit.pd_lead_id)
    return visit


def _answer(call: Call[Any], visit: Visit, location: str | None = None) -> Answer:
    value: dict[str, Any] = {"row": visit, "actions_n": len(visit.actions)}
    if may_read_note(call.actor, visit.pd_lead_id):
        value |= {"note": visit.note, "actions": visit.actions}
    return Answer(value, revision=visit.revision, location=location)
