"""Routes below /enrolment/v1/leaders."""

from typing import Any

from marshmallow import Schema, fields

from hub_enrolment.access import HUB_STAFF
from hub_enrolment.commands.teachers import AppointLeader, AppointLeaderSchema
from hub_enrolment.handlers import teachers as handlers
from hub_enrolment.models import LeaderRole
from hub_platform.routes import Answer, Call, route


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


def _answer(leader: LeaderRole, location: str | None = None) -> Answer:
    return Answer(leader, revision=leader.revision, location=location)
