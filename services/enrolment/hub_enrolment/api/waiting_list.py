"""Routes below /enrolment/v1/work-groups/…/waiting-list and /enrolment/v1/waiting-list."""

from typing import Any

from marshmallow import Schema, fields, validate

from hub_enrolment.access import GROUP_STAFF, HUB_STAFF, check_own_group
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
from hub_enrolment.domain import waiting_list
from hub_enrolment.handlers import waiting_list as handlers
from hub_enrolment.handlers import work_groups as group_handlers
from hub_enrolment.handlers.waiting_list import Standing
from hub_enrolment.models import WaitingEntry
from hub_enrolment.store import teachers as teacher_store
from hub_enrolment.store import waiting_list as store
from hub_enrolment.store import work_groups as group_store
from hub_platform.routes import Answer, Call, Page, route

GROUP = "/enrolment/v1/work-groups/<uuid:work_group_id>"
URL = "/enrolment/v1/waiting-list"
ONE = f"{URL}/<uuid:waiting_id>"


class WaitingEntrySchema(Schema):
    """Somebody who waits, or has waited, for a place."""

    waiting_id = fields.UUID(attribute="row.id")
    work_group_id = fields.UUID(attribute="row.work_group_id")
    teacher_id = fields.UUID(attribute="row.teacher_id")
    urn = fields.String(attribute="row.urn")
    role = fields.String(attribute="row.role")
    status = fields.String(attribute="row.status")
    position = fields.Integer(allow_none=True)  # 1 is offered the next place; only of those who wait
    joined_at = fields.AwareDateTime(attribute="row.created_at")
    offered_at = fields.AwareDateTime(attribute="row.offered_at", allow_none=True)
    expires_at = fields.AwareDateTime(attribute="row.expires_at", allow_none=True)
    enrolment_id = fields.UUID(attribute="row.enrolment_id", allow_none=True)


class NamedWaitingEntrySchema(WaitingEntrySchema):
    """The same with the name of who waits, as whoever telephones needs it."""

    given = fields.String()
    family = fields.String()


class OffersSchema(Schema):
    """Places that have been offered."""

    items = fields.List(fields.Nested(WaitingEntrySchema))


class WaitingListQuery(Schema):
    """Which entries to list."""

    status = fields.String(load_default=None, validate=validate.OneOf(waiting_list.STATUSES))


class WaitingLists:
    """Waiting for a place on a work group."""

    @route(
        "POST",
        f"{GROUP}/waiting-list",
        allow=HUB_STAFF,
        body=JoinWaitingListSchema,
        answer=WaitingEntrySchema,
        status=201,
    )
    def join_waiting_list(self, call: Call[JoinWaitingList]) -> Answer:
        """Let a teacher wait for a place on a group that is full."""
        standing = handlers.join_waiting_list(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(standing, location=f"{URL}/{standing.row.id}")

    @route(
        "GET",
        f"{GROUP}/waiting-list",
        allow=GROUP_STAFF,
        query=WaitingListQuery,
        paged=True,
        answer=NamedWaitingEntrySchema,
    )
    def list_waiting_list(self, call: Call[Any]) -> Page[dict[str, Any]]:
        """List who waits or has waited, with names, in the order of joining."""
        group = group_handlers.find_work_group(call.session, call.path["work_group_id"])
        check_own_group(call.actor, group.lead_ids)
        statement = store.list_entries(group.row.id, status=call.query["status"])
        rows, following = call.page.fetch(call.session, statement, [WaitingEntry.seq])
        names = teacher_store.names(call.session, [row.teacher_id for row in rows])
        items = [
            standing._asdict() | dict(zip(("given", "family"), names[standing.row.teacher_id], strict=True))
            for standing in handlers.standings(call.session, rows)
        ]
        return Page(items, following)

    @route("POST", f"{GROUP}/offers", allow=HUB_STAFF, body=OfferPlacesSchema, answer=OffersSchema)
    def offer_places(self, call: Call[OfferPlaces]) -> dict[str, list[Standing]]:
        """Offer the places that are free to the first who wait; mostly that has happened by itself."""
        offered = handlers.offer_places(call.session, call.command, now=call.now, by=call.actor.subject)
        return {"items": offered}

    @route("GET", ONE, allow=GROUP_STAFF, answer=WaitingEntrySchema)
    def get_waiting_entry(self, call: Call[Any]) -> Answer:
        """Read how somebody who waits stands."""
        entry = handlers.find_entry(call.session, call.path["waiting_id"])
        check_own_group(call.actor, group_store.lead_ids(call.session, entry.work_group_id))
        return _answer(handlers.standings(call.session, [entry])[0])

    @route("POST", f"{ONE}/acceptance", allow=HUB_STAFF, body=AcceptOfferSchema, answer=WaitingEntrySchema)
    def accept_offer(self, call: Call[AcceptOffer]) -> Answer:
        """Take the place that is offered."""
        return _answer(handlers.accept_offer(call.session, call.command, now=call.now, by=call.actor.subject))

    @route(
        "POST", f"{ONE}/withdrawal", allow=HUB_STAFF, body=LeaveWaitingListSchema, answer=WaitingEntrySchema
    )
    def leave_waiting_list(self, call: Call[LeaveWaitingList]) -> Answer:
        """Wait no longer, or decline what is offered: it goes to the next."""
        return _answer(
            handlers.leave_waiting_list(call.session, call.command, now=call.now, by=call.actor.subject)
        )


def _answer(standing: Standing, location: str | None = None) -> Answer:
    return Answer(standing, revision=standing.row.revision, location=location)
