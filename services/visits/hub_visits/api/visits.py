"""Routes under /visits/v1/visits."""

from typing import TypeVar
from uuid import UUID

from marshmallow import Schema, fields, validate

from hub_kernel.england import end_of_day, start_of_day
from hub_kernel.refusals import Unknown
from hub_platform.routes import Answer, Call, Page, route
from hub_platform.schemas import DaysQuery
from hub_visits.access import VISITORS, check_own_school, may_read_note
from hub_visits.api.own_assignments import own_assignments
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
from hub_visits.handlers import visits as handlers
from hub_visits.models import Visit
from hub_visits.queries import visits as queries
from hub_visits.queries.assignments import lead_of
from hub_visits.store import calendars
from hub_visits.store import visits as store

C = TypeVar("C")


class ActionSchema(Schema):
    """An action that was agreed at a visit."""

    action_id = fields.UUID(attribute="id")
    text = fields.String()
    owner_role = fields.String()
    due_on = fields.Date()
    done_at = fields.AwareDateTime(allow_none=True)


class VisitSchema(Schema):
    """A visit; `note` and `actions` are included only for actors who may read them."""

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
    without_lead = fields.Boolean()
    note = fields.String(allow_none=True)
    actions = fields.List(fields.Nested(ActionSchema))


class ListedVisitSchema(VisitSchema):
    """A visit in a list, without its note and agreed actions."""

    class Meta:
        """Note and actions are read with a single visit."""

        exclude = ("note", "actions")


class VisitQuery(DaysQuery):
    """The filters of a list of visits; `from` and `to` are the days for which they are planned."""

    status = fields.String(load_default=None, validate=validate.OneOf(visits.STATUSES))
    kind = fields.String(load_default=None, validate=validate.OneOf(visits.KINDS))
    urn = fields.String(load_default=None, validate=validate.Regexp(URN_PATTERN))
    half_term = fields.String(load_default=None, validate=validate.Regexp(HALF_TERM_PATTERN))
    pd_lead_id = fields.UUID(load_default=None)
    without_lead = fields.Boolean(load_default=None)


class Visits:
    """Planning, logging, cancelling and reading visits."""

    @route(
        "POST",
        "/visits/v1/visits",
        allow=VISITORS,
        body=PlanVisitSchema,
        answer=VisitSchema,
        status=201,
    )
    def plan_visit(self, call: Call[PlanVisit]) -> Answer:
        """Plan a visit; its half term is determined by the school's calendar."""
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
    def list_visits(self, call: Call[None]) -> Page[queries.VisitView]:
        """List visits by planned time; PD leads get those to their own schools.

        `urn` is any URN that a school has had: visits under its other URNs are included. `without_lead`
        selects planned visits whose assignment was ended without a following PD lead.
        """
        wanted = dict(call.query)
        first, last = wanted.pop("first_day"), wanted.pop("last_day")
        visit_filter = queries.VisitFilter(
            visible=own_assignments(call),
            begins=None if first is None else start_of_day(first),
            ends=None if last is None else end_of_day(last),
            **wanted,
        )
        return Page(*queries.list_visits(call.session, call.page, visit_filter, now=call.now))

    @route("GET", "/visits/v1/visits/<uuid:visit_id>", allow=VISITORS, answer=VisitSchema)
    def get_visit(self, call: Call[None]) -> Answer:
        """Read a visit; its note and agreed actions are for the school's PD lead and hub leads only."""
        return _answer(call, _own_visit(call))

    @route(
        "POST",
        "/visits/v1/visits/<uuid:visit_id>/log",
        allow=VISITORS,
        body=LogVisitSchema,
        answer=VisitSchema,
    )
    def log_visit(self, call: Call[LogVisit]) -> Answer:
        """Log a visit that took place. The note must not name pupils."""
        _own_visit(call, lock=True)
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
        """Cancel a planned visit, with a reason."""
        _own_visit(call, lock=True)
        visit = handlers.cancel_visit(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(call, visit)


def _check_own_assignment(call: Call[PlanVisit]) -> None:
    """Raise unless the actor has access to the assignment; the handler refuses unknown assignments."""
    try:
        lead_id = lead_of(call.session, call.command.assignment_id, now=call.now)
    except Unknown:
        return
    check_own_school(call.actor, lead_id)


def _own_visit(call: Call[C], *, lock: bool = False) -> Visit:
    """Return the visit of the path; `lock` it before a change, because a hand-over may change its PD lead."""
    if lock:
        calendars.share_derivation(call.session)  # must precede row locks
    visit = store.get_visit(call.session, call.path["visit_id"], lock=lock)
    check_own_school(call.actor, _lead_of(call, visit))
    return visit


def _lead_of(call: Call[C], visit: Visit) -> UUID | None:
    return lead_of(call.session, visit.assignment_id, now=call.now)


def _answer(call: Call[C], visit: Visit, location: str | None = None) -> Answer:
    without = queries.without_lead(call.session, [visit], now=call.now)
    value: dict[str, object] = {
        "row": visit,
        "actions_n": len(visit.actions),
        "without_lead": visit.id in without,
    }
    if may_read_note(call.actor, _lead_of(call, visit)):
        value |= {"note": visit.note, "actions": visit.actions}
    return Answer(value, revision=visit.revision, location=location)
