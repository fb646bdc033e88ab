"""Routes under /visits/v1/visits."""

from typing import Any
from uuid import UUID

from marshmallow import Schema, fields, validate

from hub_kernel.england import day_in_england, end_of_day, start_of_day
from hub_kernel.refusals import Unknown
from hub_platform.routes import Answer, Call, Page, route
from hub_platform.schemas import DaysQuery
from hub_visits.access import VISITORS, check_own_school, may_read_note
from hub_visits.api.entrusted import entrusted
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
from hub_visits.handlers import leads
from hub_visits.handlers import visits as handlers
from hub_visits.models import Visit
from hub_visits.store import calendars
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
    without_lead = fields.Boolean()
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
    without_lead = fields.Boolean(load_default=None)


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
        """List visits in the order in which they are planned; a PD lead sees those to their own schools.

        `urn` may be any that a school has had: visits under its other ones are listed with them.
        `without_lead` asks for planned visits whose assignment was ended without a successor.
        """
        wanted = dict(call.query)
        first, last = wanted.pop("first_day"), wanted.pop("last_day")
        urn, today = wanted.pop("urn"), day_in_england(call.now)
        urns = None if urn is None else school_store.urns_of(call.session, urn, today)
        statement = store.list_visits(
            urns=urns,
            among=entrusted(call),
            today=today,
            begins=None if first is None else start_of_day(first),
            ends=None if last is None else end_of_day(last),
            **wanted,
        )
        rows, following = call.page.fetch(call.session, statement, [Visit.planned_at, Visit.id])
        without = handlers.without_lead(call.session, rows, now=call.now)
        listed = [
            {"row": row, "actions_n": len(row.actions), "without_lead": row.id in without} for row in rows
        ]
        return Page(listed, following)

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
        """Take a planned visit out of the diary."""
        _own_visit(call, lock=True)
        visit = handlers.cancel_visit(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(call, visit)


def _check_own_assignment(call: Call[PlanVisit]) -> None:
    """An assignment that is not there is left for the handler to refuse."""
    try:
        lead_id = leads.lead_of(call.session, call.command.assignment_id, now=call.now)
    except Unknown:
        return
    check_own_school(call.actor, lead_id)


def _own_visit(call: Call[Any], *, lock: bool = False) -> Visit:
    """The visit of the path; locked before it is changed, as a hand-over may change whose it is."""
    if lock:
        calendars.share_derived(call.session)  # before rows, as wherever they are locked
    visit = handlers.find_visit(call.session, call.path["visit_id"], lock=lock)
    check_own_school(call.actor, _lead_of(call, visit))
    return visit


def _lead_of(call: Call[Any], visit: Visit) -> UUID | None:
    return leads.lead_of(call.session, visit.assignment_id, now=call.now)


def _answer(call: Call[Any], visit: Visit, location: str | None = None) -> Answer:
    without = handlers.without_lead(call.session, [visit], now=call.now)
    value: dict[str, Any] = {
        "row": visit,
        "actions_n": len(visit.actions),
        "without_lead": visit.id in without,
    }
    if may_read_note(call.actor, _lead_of(call, visit)):
        value |= {"note": visit.note, "actions": visit.actions}
    return Answer(value, revision=visit.revision, location=location)
