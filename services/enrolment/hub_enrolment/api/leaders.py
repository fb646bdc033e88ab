"""Routes below /enrolment/v1/leaders."""

from marshmallow import Schema, fields

from hub_contracts import vocabulary
from hub_enrolment.access import HUB_STAFF
from hub_enrolment.api.visits import VisitsAssignments
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.commands.teachers import (
    AppointLeader,
    AppointLeaderSchema,
    EndLeader,
    EndLeaderSchema,
)
from hub_enrolment.handlers import leaders as handlers
from hub_enrolment.handlers import leads_ending
from hub_enrolment.models import LeaderRole
from hub_enrolment.store import leaders as store
from hub_kernel.england import day_in_england
from hub_platform.routes import Answer, Call, Completed, Page, route


class LeaderSchema(Schema):
    """A person's leadership role, with their school and trust at the appointment."""

    leader_role_id = fields.UUID(attribute="id")
    teacher_id = fields.UUID()
    role = fields.String()
    core_leadership = fields.Boolean()
    urn = fields.String()
    trust_uid = fields.String(allow_none=True)
    starts_on = fields.Date()
    ends_on = fields.Date(allow_none=True)
    cohort = fields.String(allow_none=True)


class StillAssignedSchema(Schema):
    """An assignment that the person has after their last day as a PD lead."""

    assignment_id = fields.UUID()
    urn = fields.String()
    programme = fields.String()
    ends_on = fields.Date()
    planned_visits_n = fields.Integer()


class EndWarnedSchema(Schema):
    """A warning: `still_assigned` or `assignments_unknown`, and a sentence for people."""

    reason = fields.String()
    detail = fields.String()


class EndedLeaderSchema(LeaderSchema):
    """The role that ends. Of a PD lead also what is still assigned; null when visits did not answer."""

    still_assigned = fields.List(fields.Nested(StillAssignedSchema), allow_none=True)
    warnings = fields.List(fields.Nested(EndWarnedSchema))


class LeaderQuery(Schema):
    """Filters of leadership roles; `current`: held today, or not."""

    role = OneOf(vocabulary.LeaderRole, load_default=None)
    current = fields.Boolean(load_default=None)
    teacher_id = fields.UUID(load_default=None)


class Leaders:
    """Leadership roles of the hub and its Work Groups."""

    assignments = VisitsAssignments()

    @route(
        "POST",
        "/enrolment/v1/leaders",
        allow=HUB_STAFF,
        body=AppointLeaderSchema,
        answer=LeaderSchema,
        status=201,
    )
    def appoint_leader(self, call: Call[AppointLeader]) -> Answer:
        """Appoint a teacher to a leadership role."""
        leader = handlers.appoint_leader(call.session, call.command, now=call.now, by=call.actor.subject)
        return _answer(leader, location=f"/enrolment/v1/leaders/{leader.id}")

    @route("GET", "/enrolment/v1/leaders/<uuid:leader_role_id>", allow=HUB_STAFF, answer=LeaderSchema)
    def get_leader(self, call: Call[None]) -> Answer:
        """Read a leadership role."""
        return _answer(handlers.find_leader(call.session, call.path["leader_role_id"]))

    @route(
        "GET", "/enrolment/v1/leaders", allow=HUB_STAFF, query=LeaderQuery, paged=True, answer=LeaderSchema
    )
    def list_leaders(self, call: Call[None]) -> Page[LeaderRole]:
        """List leadership roles in the order in which they were recorded."""
        statement = store.list_leaders(**call.query, today=day_in_england(call.now))
        return Page(*call.page.fetch(call.session, statement, [LeaderRole.id]))

    @route(
        "POST",
        "/enrolment/v1/leaders/<uuid:leader_role_id>/end",
        allow=HUB_STAFF,
        body=EndLeaderSchema,
        answer=EndedLeaderSchema,
    )
    def end_leader(self, call: Call[EndLeader]) -> Answer | Completed:
        """Set the last day of a leadership role; it may be in the future.

        Refused while the person leads work groups that go on after that day, unless in another role. Of a PD
        lead, `still_assigned` names the assignments to schools that they have after their last day, with the
        visits planned for later; `warnings` says so. When visits does not answer, the role ends all the same.
        """
        leader = handlers.end_leader(call.session, call.command, now=call.now, by=call.actor.subject)
        ending = leads_ending.ending_of(call.session, leader)
        if ending is None:
            return _answer(leader)
        facts, revision, assignments = _facts(leader), leader.revision, self.assignments

        def ended(outlook: leads_ending.Outlook) -> Answer:
            return Answer(facts | vars(outlook), revision=revision)

        return Completed(
            ended(leads_ending.unknown()), lambda: ended(leads_ending.look_up(ending, assignments))
        )


def _facts(leader: LeaderRole) -> dict[str, object]:
    """Return the fields that the schema shows: the row itself cannot be read after the commit."""
    return {
        name: getattr(leader, name)
        for name in (field.attribute or name for name, field in LeaderSchema().fields.items())
    }


def _answer(leader: LeaderRole, location: str | None = None) -> Answer:
    return Answer(leader, revision=leader.revision, location=location)
