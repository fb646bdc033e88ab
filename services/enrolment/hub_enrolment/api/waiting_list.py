"""Routes below /enrolment/v1/work-groups/…/waiting-list and /enrolment/v1/waiting-list."""

from marshmallow import Schema, fields

from hub_enrolment.access import GROUP_STAFF, HUB_STAFF, check_own_group
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.waiting_list import (
    AcceptOffer,
    AcceptOfferSchema,
    JoinWaitingList,
    JoinWaitingListSchema,
    LeaveWaitingList,
    LeaveWaitingListSchema,
    OfferPlaces,
    OfferPlacesSchema,
)
from hub_enrolment.domain.waiting_list import WaitingListStatus
from hub_enrolment.handlers import waiting_list as handlers
from hub_enrolment.models import WaitingEntry
from hub_enrolment.store import waiting_list as store
from hub_enrolment.store import work_groups as group_store
from hub_enrolment.store.work_groups import find_work_group
from hub_platform.routes import Answer, Call, Page, route

GROUP_LIST = "/enrolment/v1/work-groups/<uuid:work_group_id>/waiting-list"
ENTRY = "/enrolment/v1/waiting-list/<uuid:waiting_id>"


class WaitingEntrySchema(Schema):
    """A teacher on a waiting list: `position` 1 is offered the next place; an answer at `expires_at` is late.

    An offer whose `told_at` is null does not end: the e-mail about it has been neither sent nor given up.
    """

    waiting_id = fields.UUID(attribute="row.id")
    work_group_id = fields.UUID(attribute="row.work_group_id")
    teacher_id = fields.UUID(attribute="row.teacher_id")
    urn = fields.String(attribute="row.urn")
    role = fields.String(attribute="row.role")
    status = fields.String(attribute="row.status")
    position = fields.Integer(allow_none=True)
    joined_at = fields.AwareDateTime(attribute="row.created_at")
    offered_at = fields.AwareDateTime(attribute="row.offered_at", allow_none=True)
    told_at = fields.AwareDateTime(attribute="row.told_at", allow_none=True)
    expires_at = fields.AwareDateTime(attribute="row.expires_at", allow_none=True)
    enrolment_id = fields.UUID(attribute="row.enrolment_id", allow_none=True)


class OffersSchema(Schema):
    """The entries that were offered a place."""

    offers = fields.List(fields.Nested(WaitingEntrySchema))


class WaitingListQuery(Schema):
    """Filters of waiting-list entries."""

    status = OneOf(WaitingListStatus, load_default=None)


class WaitingLists:
    """Waiting lists of Work Groups; a work group lead sees those of their own groups."""

    @route(
        "POST", GROUP_LIST, allow=HUB_STAFF, body=JoinWaitingListSchema, answer=WaitingEntrySchema, status=201
    )
    def join_waiting_list(self, call: Call[JoinWaitingList]) -> Answer:
        """Add a teacher to the waiting list of a full Work Group."""
        entry = handlers.join_waiting_list(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(entry, location=f"/enrolment/v1/waiting-list/{entry.row.id}")

    @route(
        "GET", GROUP_LIST, allow=GROUP_STAFF, query=WaitingListQuery, paged=True, answer=WaitingEntrySchema
    )
    def list_waiting(self, call: Call[None]) -> Page[store.Described]:
        """List the present and past entries of a group's waiting list, in the order of joining."""
        group = find_work_group(call.session, call.path["work_group_id"], now=call.now)
        check_own_group(call.actor, group.lead_ids)
        statement = store.list_entries(group.row.id, status=call.query["status"])
        rows, following = call.page.fetch(call.session, statement, [WaitingEntry.seq])
        return Page(store.describe(call.session, rows), following)

    @route(
        "POST",
        "/enrolment/v1/work-groups/<uuid:work_group_id>/offers",
        allow=HUB_STAFF,
        body=OfferPlacesSchema,
        answer=OffersSchema,
    )
    def offer_places(self, call: Call[OfferPlaces]) -> Answer:
        """Offer the free places to the waiting list, as happens by itself whenever a place becomes free."""
        made = handlers.offer_places(call.session, call.command, now=call.now, by=call.actor.subject)
        return Answer({"offers": made})

    @route("GET", ENTRY, allow=GROUP_STAFF, answer=WaitingEntrySchema)
    def get_waiting(self, call: Call[None]) -> Answer:
        """Read an entry of a waiting list."""
        entry = handlers.find_entry(call.session, call.path["waiting_id"])
        check_own_group(call.actor, group_store.lead_ids(call.session, entry.row.work_group_id))
        return _answer(entry)

    @route("POST", f"{ENTRY}/acceptance", allow=HUB_STAFF, body=AcceptOfferSchema, answer=WaitingEntrySchema)
    def accept_offer(self, call: Call[AcceptOffer]) -> Answer:
        """Accept an offered place, before the offer ends."""
        entry = handlers.accept_offer(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(entry)

    @route(
        "POST", f"{ENTRY}/withdrawal", allow=HUB_STAFF, body=LeaveWaitingListSchema, answer=WaitingEntrySchema
    )
    def leave_waiting_list(self, call: Call[LeaveWaitingList]) -> Answer:
        """Decline an offered place, or leave the waiting list."""
        entry = handlers.leave_waiting_list(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(entry)


def _answer(entry: store.Described, location: str | None = None) -> Answer:
    return Answer(entry, revision=entry.row.revision, location=location)
