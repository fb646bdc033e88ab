"""Routes below /enrolment/v1/leaders."""

from typing import Any

from marshmallow import Schema, fields, validate

from hub_enrolment.access import HUB_STAFF
from hub_enrolment.commands.teachers import (
    AppointLeader,
    AppointLeaderSchema,
    EndLeader,
    EndLeaderSchema,
)
from hub_enrolment.domain import teachers
from hub_enrolment.handlers import leaders as handlers
from hub_enrolment.models import LeaderRole
from hub_enrolment.store import leaders as store
from hub_kernel.england import day_in_england
from hub_platform.routes import Answer, Call, Page, route


class LeaderSchema(Schema):
    """One role of one person, with their school and trust at the appointment."""

    leader_role_id = fields.UUID(attribute="id")
    teacher_id = fields.UUID()
    role = fields.String()
    core_leadership = fields.Boolean()
    urn = fields.String()
    trust_uid = fields.String(allow_none=True)
    starts_on = fields.Date()
    ends_on = fields.Date(allow_none=True)
    cohort = fields.String(allow_none=True)


class LeaderQuery(Schema):
    """Which roles to list; `current`: held today, or not."""

    role = fields.String(load_default=None, validate=validate.OneOf(teachers.LEADER_ROLES))
    current = fields.Boolean(load_default=None)
    teacher_id = fields.UUID(load_default=None)


class Leaders:
    """Who leads the hub and its work groups."""

    @route(
        "POST",
        "/enrolment/v1/leaders",
        allow=HUB_STAFF,
        body=AppointLeaderSchema,
        answer=LeaderSchema,
        status=201,
    )
    def appoint_leader(self, call: Call[AppointLeader]) -> Answer:
        """Give somebody a leadership role."""
        leader = handlers.appoint_leader(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(leader, location=f"/enrolment/v1/leaders/{leader.id}")

    @route("GET", "/enrolment/v1/leaders/<uuid:leader_role_id>", allow=HUB_STAFF, answer=LeaderSchema)
    def get_leader(self, call: Call[Any]) -> Answer:
        """Read one role of one person."""
        return _answer(handlers.find_leader(call.session, call.path["leader_role_id"]))

    @route(
        "GET", "/enrolment/v1/leaders", allow=HUB_STAFF, query=LeaderQuery, paged=True, answer=LeaderSchema
    )
    def list_leaders(self, call: Call[Any]) -> Page[LeaderRole]:
        """List leadership roles, those put down first before the others."""
        statement = store.list_leaders(**call.query, today=day_in_england(call.now))
        return Page(*call.page.fetch(call.session, statement, [LeaderRole.id]))

    @route(
        "POST",
        "/enrolment/v1/leaders/<uuid:leader_role_id>/end",
        allow=HUB_STAFF,
        body=EndLeaderSchema,
        answer=LeaderSchema,
    )
    def end_leader(self, call: Call[EndLeader]) -> Answer:
        """Say which day is the last in a leadership role; it may lie ahead.

        Refused while the person leads work groups that go on after that day, unless in another role.
        """
        return _answer(handlers.end_leader(call.session, call.command, now=call.now, by=call.actor.subject))


def _answer(leader: LeaderRole, location: str | None = None) -> Answer:
    return Answer(leader, revision=leader.revision, location=location)
