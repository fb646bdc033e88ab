"""Routes below /enrolment/v1/work-groups/…/applications and /enrolment/v1/applications."""

from typing import Any

from marshmallow import Schema, fields, validate

from hub_enrolment.access import GROUP_STAFF, HUB_STAFF, check_own_group
from hub_enrolment.commands.applications import (
    DecideApplication,
    DecideApplicationSchema,
    DraftApplication,
    DraftApplicationSchema,
    SubmitApplication,
    SubmitApplicationSchema,
    WithdrawApplication,
    WithdrawApplicationSchema,
)
from hub_enrolment.domain import applications
from hub_enrolment.handlers import applications as handlers
from hub_enrolment.handlers import work_groups as group_handlers
from hub_enrolment.models import Application
from hub_enrolment.store import applications as store
from hub_enrolment.store import work_groups as group_store
from hub_enrolment.store.applications import WithParticipants
from hub_platform.routes import Answer, Call, Page, route

OF_GROUP = "/enrolment/v1/work-groups/<uuid:work_group_id>/applications"
URL = "/enrolment/v1/applications"
ONE = f"{URL}/<uuid:application_id>"


class ApplicationParticipantSchema(Schema):
    """Somebody for whom a place is asked."""

    teacher_id = fields.UUID()
    role = fields.String()


class ApplicationSchema(Schema):
    """A school's application with what has become of it."""

    application_id = fields.UUID(attribute="row.id")
    work_group_id = fields.UUID(attribute="row.work_group_id")
    urn = fields.String(attribute="row.urn")
    status = fields.String(attribute="row.status")
    participants = fields.List(fields.Nested(ApplicationParticipantSchema))
    head_agreed_by = fields.String(attribute="row.head_agreed_by", allow_none=True)
    head_agreed_at = fields.AwareDateTime(attribute="row.head_agreed_at", allow_none=True)
    agreement_version = fields.String(attribute="row.agreement_version", allow_none=True)
    submitted_at = fields.AwareDateTime(attribute="row.submitted_at", allow_none=True)
    decided_at = fields.AwareDateTime(attribute="row.decided_at", allow_none=True)
    decision_reason = fields.String(attribute="row.decision_reason", allow_none=True)


class ApplicationQuery(Schema):
    """Which applications to list."""

    status = fields.String(load_default=None, validate=validate.OneOf(applications.STATUSES))


class Applications:
    """What schools ask for, with their heads' agreement."""

    @route(
        "POST", OF_GROUP, allow=HUB_STAFF, body=DraftApplicationSchema, answer=ApplicationSchema, status=201
    )
    def draft_application(self, call: Call[DraftApplication]) -> Answer:
        """Put down for whom a school asks for places; its head's agreement may come later."""
        found = handlers.draft_application(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(found, location=f"{URL}/{found.row.id}")

    @route("GET", OF_GROUP, allow=GROUP_STAFF, query=ApplicationQuery, paged=True, answer=ApplicationSchema)
    def list_applications(self, call: Call[Any]) -> Page[WithParticipants]:
        """List the applications for a work group, the oldest first."""
        group = group_handlers.find_work_group(call.session, call.path["work_group_id"])
        check_own_group(call.actor, group.lead_ids)
        statement = store.list_applications(group.row.id, status=call.query["status"])
        rows, following = call.page.fetch(call.session, statement, [Application.id])
        return Page(store.describe(call.session, rows), following)

    @route("GET", ONE, allow=GROUP_STAFF, answer=ApplicationSchema)
    def get_application(self, call: Call[Any]) -> Answer:
        """Read an application."""
        found = handlers.find_application(call.session, call.path["application_id"])
        check_own_group(call.actor, group_store.lead_ids(call.session, found.row.work_group_id))
        return _answer(found)

    @route(
        "POST", f"{ONE}/submission", allow=HUB_STAFF, body=SubmitApplicationSchema, answer=ApplicationSchema
    )
    def submit_application(self, call: Call[SubmitApplication]) -> Answer:
        """Ask for the places, before the group closes and with the head's agreement."""
        return _answer(
            handlers.submit_application(call.session, call.command, now=call.now, by=call.actor.subject)
        )

    @route("POST", f"{ONE}/decision", allow=HUB_STAFF, body=DecideApplicationSchema, answer=ApplicationSchema)
    def decide_application(self, call: Call[DecideApplication]) -> Answer:
        """Give all the places asked for, or none, or put the decision off."""
        return _answer(
            handlers.decide_application(call.session, call.command, now=call.now, by=call.actor.subject)
        )

    @route(
        "POST",
        f"{ONE}/withdrawal",
        allow=HUB_STAFF,
        body=WithdrawApplicationSchema,
        answer=ApplicationSchema,
    )
    def withdraw_application(self, call: Call[WithdrawApplication]) -> Answer:
        """Ask for the places no longer."""
        return _answer(
            handlers.withdraw_application(call.session, call.command, now=call.now, by=call.actor.subject)
        )


def _answer(found: WithParticipants, location: str | None = None) -> Answer:
    return Answer(found, revision=found.row.revision, location=location)
