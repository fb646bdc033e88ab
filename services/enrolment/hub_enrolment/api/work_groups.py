"""Routes below /enrolment/v1/work-groups."""

from marshmallow import Schema, fields

from hub_enrolment.access import GROUP_STAFF, HUB_STAFF, check_override, check_own_group, own_groups_only
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.texts import Text
from hub_enrolment.commands.work_groups import (
    CancelWorkGroup,
    CancelWorkGroupSchema,
    ChangeWorkGroup,
    ChangeWorkGroupSchema,
    CloseWorkGroup,
    CloseWorkGroupSchema,
    ConfirmWorkGroup,
    ConfirmWorkGroupSchema,
    OpenDraft,
    OpenDraftSchema,
    OpenWorkGroup,
    OpenWorkGroupSchema,
)
from hub_enrolment.domain.work_groups import WorkGroupStatus
from hub_enrolment.handlers import endings, terms
from hub_enrolment.handlers import work_groups as handlers
from hub_enrolment.models import WorkGroup
from hub_enrolment.store import work_groups as store
from hub_enrolment.store.work_groups import WorkGroupFilter, find_work_group
from hub_kernel.england import day_in_england
from hub_platform.routes import Answer, Call, Page, route

URL = "/enrolment/v1/work-groups"
ONE = f"{URL}/<uuid:work_group_id>"


class WorkGroupSchema(Schema):
    """A Work Group with its programme's terms and its present size; only hub staff and its leads read it."""

    work_group_id = fields.UUID(attribute="row.id")
    programme_id = fields.UUID(attribute="row.programme_id")
    title = fields.String(attribute="row.title")
    status = fields.String(attribute="row.status")
    academic_year = fields.String(attribute="programme.academic_year")
    ncp_code = fields.String(attribute="programme.ncp_code", allow_none=True)
    strand = fields.String(attribute="programme.strand")
    phases = fields.List(fields.String(), attribute="programme.phases")
    lead_ids = fields.List(fields.UUID())
    capacity = fields.Integer(attribute="row.capacity")
    min_schools = fields.Integer(attribute="programme.min_schools")
    min_teachers = fields.Integer(attribute="programme.min_teachers")
    max_teachers = fields.Integer(attribute="programme.max_teachers")
    opens_at = fields.AwareDateTime(attribute="row.opens_at")
    closes_at = fields.AwareDateTime(attribute="row.closes_at")
    mode = fields.String(attribute="row.mode", allow_none=True)
    venue = fields.String(attribute="row.venue", allow_none=True)
    joining_link = fields.String(attribute="row.joining_link", allow_none=True)
    confirmed_at = fields.AwareDateTime(attribute="row.confirmed_at", allow_none=True)
    override_reason = fields.String(attribute="row.override_reason", allow_none=True)
    allowed_teachers = fields.Integer(attribute="row.allowed_teachers", allow_none=True)
    allowed_reason = fields.String(attribute="row.allowed_reason", allow_none=True)
    cancelled_at = fields.AwareDateTime(attribute="row.cancelled_at", allow_none=True)
    cancelled_reason = fields.String(attribute="row.cancelled_reason", allow_none=True)
    closed_at = fields.AwareDateTime(attribute="row.closed_at", allow_none=True)
    evaluation_submitted_on = fields.Date(attribute="row.evaluation_submitted_on", allow_none=True)
    teachers_n = fields.Integer()
    schools_n = fields.Integer()


class WorkGroupQuery(Schema):
    """Filters of Work Groups."""

    status = OneOf(WorkGroupStatus, load_default=None)
    programme_id = fields.UUID(load_default=None)
    academic_year = fields.String(load_default=None)
    lead_id = fields.UUID(load_default=None)
    q = Text(load_default=None, longest=100)


class WorkGroups:
    """Work Groups; a work group lead sees their own."""

    @route("POST", URL, allow=HUB_STAFF, body=OpenWorkGroupSchema, answer=WorkGroupSchema, status=201)
    def open_work_group(self, call: Call[OpenWorkGroup]) -> Answer:
        """Open a Work Group for recruitment, or create a draft of one."""
        described = terms.open_work_group(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(described, location=f"{URL}/{described.row.id}")

    @route("GET", URL, allow=GROUP_STAFF, query=WorkGroupQuery, paged=True, answer=WorkGroupSchema)
    def list_work_groups(self, call: Call[None]) -> Page[store.Described]:
        """List Work Groups by status, programme, year, lead and part of the title, the oldest first."""
        statement = store.list_work_groups(WorkGroupFilter(led_by=own_groups_only(call.actor), **call.query))
        rows, following = call.page.fetch(call.session, statement, [WorkGroup.id])
        return Page(store.describe(call.session, rows, day=day_in_england(call.now)), following)

    @route("GET", ONE, allow=GROUP_STAFF, answer=WorkGroupSchema)
    def get_work_group(self, call: Call[None]) -> Answer:
        """Read a Work Group."""
        described = find_work_group(call.session, call.path["work_group_id"], now=call.now)
        check_own_group(call.actor, described.lead_ids)
        return _answer(described)

    @route("PATCH", ONE, allow=HUB_STAFF, body=ChangeWorkGroupSchema, answer=WorkGroupSchema)
    def change_work_group(self, call: Call[ChangeWorkGroup]) -> Answer:
        """Change the terms of a Work Group; only the fields sent change.

        A group that takes place may have more teachers than its programme has at most when a hub lead gives
        an `override_reason` with the capacity.
        """
        if call.command.override_reason is not None:
            check_override(call.actor)
        return _answer(
            terms.change_work_group(
                call.session, call.command, expected=call.expected, now=call.now, by=call.actor.subject
            )
        )

    @route("POST", f"{ONE}/opening", allow=HUB_STAFF, body=OpenDraftSchema, answer=WorkGroupSchema)
    def open_draft(self, call: Call[OpenDraft]) -> Answer:
        """Open a draft for recruitment."""
        return _answer(terms.open_draft(call.session, call.command, now=call.now, by=call.actor.subject))

    @route(
        "POST",
        f"{ONE}/confirmation",
        allow=HUB_STAFF,
        body=ConfirmWorkGroupSchema,
        answer=WorkGroupSchema,
    )
    def confirm_work_group(self, call: Call[ConfirmWorkGroup]) -> Answer:
        """Confirm that a group takes place.

        Outside the programme's limits a hub lead may do so for a reason, which is kept.
        """
        if call.command.override_reason is not None:
            check_override(call.actor)
        return _answer(
            handlers.confirm_work_group(call.session, call.command, now=call.now, by=call.actor.subject)
        )

    @route("POST", f"{ONE}/cancellation", allow=HUB_STAFF, body=CancelWorkGroupSchema, answer=WorkGroupSchema)
    def cancel_work_group(self, call: Call[CancelWorkGroup]) -> Answer:
        """Cancel a Work Group; its places end and its sessions are cancelled."""
        return _answer(
            endings.cancel_work_group(call.session, call.command, now=call.now, by=call.actor.subject)
        )

    @route("POST", f"{ONE}/closure", allow=HUB_STAFF, body=CloseWorkGroupSchema, answer=WorkGroupSchema)
    def close_work_group(self, call: Call[CloseWorkGroup]) -> Answer:
        """Close an evaluated Work Group; participants with enough attendance and tasks complete it."""
        return _answer(
            endings.close_work_group(call.session, call.command, now=call.now, by=call.actor.subject)
        )


def _answer(described: store.Described, location: str | None = None) -> Answer:
    return Answer(described, revision=described.row.revision, location=location)
