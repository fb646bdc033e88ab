"""Routes below /enrolment/v1/work-groups/…/applications and /enrolment/v1/applications."""

from marshmallow import Schema, fields, validate

from hub_enrolment.access import HUB_STAFF
from hub_enrolment.commands.applications import (
    Apply,
    ApplySchema,
    DecideApplication,
    DecideApplicationSchema,
    SubmitApplication,
    SubmitApplicationSchema,
    WithdrawApplication,
    WithdrawApplicationSchema,
)
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.domain.applications import ApplicationStatus
from hub_enrolment.domain.gias_establishments import URN
from hub_enrolment.handlers import applications as handlers
from hub_enrolment.handlers.schools import numbers_of
from hub_enrolment.models import Application
from hub_enrolment.store import applications as store
from hub_enrolment.store.work_groups import find_work_group
from hub_platform.routes import Answer, Call, Page, route

GROUP_APPLICATIONS = "/enrolment/v1/work-groups/<uuid:work_group_id>/applications"
APPLICATION = "/enrolment/v1/applications/<uuid:application_id>"


class ApplicantSchema(Schema):
    """A teacher for whom a school requests a place."""

    teacher_id = fields.UUID()
    role = fields.String()


class ApplicationSchema(Schema):
    """A school's application; `decision_reason` is for hub staff only."""

    application_id = fields.UUID(attribute="row.id")
    work_group_id = fields.UUID(attribute="row.work_group_id")
    urn = fields.String(attribute="row.urn")
    status = fields.String(attribute="row.status")
    participants = fields.List(fields.Nested(ApplicantSchema))
    head_agreed_by = fields.String(attribute="row.head_agreed_by", allow_none=True)
    head_agreed_at = fields.AwareDateTime(attribute="row.head_agreed_at", allow_none=True)
    agreement_version = fields.String(attribute="row.agreement_version", allow_none=True)
    submitted_at = fields.AwareDateTime(attribute="row.submitted_at", allow_none=True)
    decided_at = fields.AwareDateTime(attribute="row.decided_at", allow_none=True)
    decision_reason = fields.String(attribute="row.decision_reason", allow_none=True)


class ApplicationQuery(Schema):
    """Filters of the applications for one Work Group."""

    status = OneOf(ApplicationStatus, load_default=None)


class AllApplicationsQuery(ApplicationQuery):
    """Filters of the applications for all Work Groups."""

    urn = fields.String(load_default=None, validate=validate.Regexp(rf"{URN.pattern}\Z"))
    work_group_id = fields.UUID(load_default=None)


class Applications:
    """Schools' applications for places, for hub staff."""

    @route(
        "POST", GROUP_APPLICATIONS, allow=HUB_STAFF, body=ApplySchema, answer=ApplicationSchema, status=201
    )
    def apply(self, call: Call[Apply]) -> Answer:
        """Draft a school's application for places on a Work Group."""
        found = handlers.apply(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(found, location=f"/enrolment/v1/applications/{found.row.id}")

    @route(
        "GET",
        GROUP_APPLICATIONS,
        allow=HUB_STAFF,
        query=ApplicationQuery,
        paged=True,
        answer=ApplicationSchema,
    )
    def list_applications(self, call: Call[None]) -> Page[store.WithParticipants]:
        """List the applications for a Work Group, the oldest first."""
        group = find_work_group(call.session, call.path["work_group_id"], now=call.now)
        statement = store.list_applications(group.row.id, status=call.query["status"])
        rows, following = call.page.fetch(call.session, statement, [Application.id])
        return Page(store.describe(call.session, rows), following)

    @route(
        "GET",
        "/enrolment/v1/applications",
        allow=HUB_STAFF,
        query=AllApplicationsQuery,
        paged=True,
        answer=ApplicationSchema,
    )
    def list_all_applications(self, call: Call[None]) -> Page[store.WithParticipants]:
        """List applications for any Work Group by status, school and group, the oldest first."""
        asked = dict(call.query)
        asked["urns"] = numbers_of(call.session, asked.pop("urn"), now=call.now)
        statement = store.list_all_applications(**asked)
        rows, following = call.page.fetch(call.session, statement, [Application.id])
        return Page(store.describe(call.session, rows), following)

    @route("GET", APPLICATION, allow=HUB_STAFF, answer=ApplicationSchema)
    def get_application(self, call: Call[None]) -> Answer:
        """Read an application."""
        return _answer(handlers.find_application(call.session, call.path["application_id"]))

    @route(
        "POST",
        f"{APPLICATION}/submission",
        allow=HUB_STAFF,
        body=SubmitApplicationSchema,
        answer=ApplicationSchema,
    )
    def submit_application(self, call: Call[SubmitApplication]) -> Answer:
        """Submit a draft before recruitment closes, with the headteacher's agreement."""
        found = handlers.submit_application(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(found)

    @route(
        "POST",
        f"{APPLICATION}/decision",
        allow=HUB_STAFF,
        body=DecideApplicationSchema,
        answer=ApplicationSchema,
    )
    def decide_application(self, call: Call[DecideApplication]) -> Answer:
        """Accept, waitlist or decline an application. Accepting enrols all its participants or none."""
        found = handlers.decide_application(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(found)

    @route(
        "POST",
        f"{APPLICATION}/withdrawal",
        allow=HUB_STAFF,
        body=WithdrawApplicationSchema,
        answer=ApplicationSchema,
    )
    def withdraw_application(self, call: Call[WithdrawApplication]) -> Answer:
        """Withdraw an open application; it gets no decision."""
        found = handlers.withdraw_application(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(found)


def _answer(found: store.WithParticipants, location: str | None = None) -> Answer:
    return Answer(found, revision=found.row.revision, location=location)
