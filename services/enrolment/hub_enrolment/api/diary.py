"""The route /enrolment/v1/sessions: sessions across Work Groups."""

from marshmallow import Schema, fields

from hub_enrolment.access import GROUP_STAFF, own_groups_only
from hub_enrolment.commands.codes import OneOf
from hub_enrolment.domain.sessions import RegisterState, SessionStatus
from hub_enrolment.models import GroupSession
from hub_enrolment.queries import diary as queries
from hub_enrolment.queries.diary import ListedSession, SessionFilter
from hub_kernel.england import end_of_day, start_of_day
from hub_platform.routes import Call, Page, route
from hub_platform.schemas import DaysQuery


class ListedSessionSchema(Schema):
    """A session with its Work Group's title and leads, and the state of its register.

    `venue` and `joining_link` are its own, or else its Work Group's. `register` is `missing` from the
    session's start until it is taken; from `register_open_until` on, it cannot be taken any more.
    """

    session_id = fields.UUID(attribute="row.id")
    work_group_id = fields.UUID(attribute="row.work_group_id")
    title = fields.String()
    lead_ids = fields.List(fields.UUID())
    seq = fields.Integer(attribute="row.seq")
    starts_at = fields.AwareDateTime(attribute="row.starts_at")
    ends_at = fields.AwareDateTime(attribute="row.ends_at")
    mode = fields.String(attribute="row.mode")
    host_urn = fields.String(attribute="row.host_urn", allow_none=True)
    venue = fields.String(attribute="location.venue", allow_none=True)
    joining_link = fields.String(attribute="location.joining_link", allow_none=True)
    status = fields.String(attribute="row.status")
    held_on = fields.Date(attribute="row.held_on", allow_none=True)
    cancelled_reason = fields.String(attribute="row.cancelled_reason", allow_none=True)
    register = fields.String()
    register_open_until = fields.AwareDateTime()


class SessionQuery(DaysQuery):
    """Filters of sessions; `from` and `to` are first and last day on which they start."""

    status = OneOf(SessionStatus, load_default=None)
    register = OneOf(RegisterState, load_default=None)
    work_group_id = fields.UUID(load_default=None)
    lead_id = fields.UUID(load_default=None)


class Diary:
    """Sessions of all Work Groups; a work group lead sees those of their own groups."""

    @route(
        "GET",
        "/enrolment/v1/sessions",
        allow=GROUP_STAFF,
        query=SessionQuery,
        paged=True,
        answer=ListedSessionSchema,
    )
    def list_all_sessions(self, call: Call[None]) -> Page[ListedSession]:
        """List sessions across Work Groups in the order in which they start.

        `register=missing` lists the sessions that have started, were not cancelled and have no register.
        """
        wanted = dict(call.query)
        first, last = wanted.pop("first_day"), wanted.pop("last_day")
        asked = SessionFilter(
            begins=None if first is None else start_of_day(first),
            ends=None if last is None else end_of_day(last),
            led_by=own_groups_only(call.actor),
            **wanted,
        )
        statement = queries.list_sessions(asked, now=call.now)
        keys = [GroupSession.starts_at, GroupSession.id]
        rows, following = call.page.fetch(call.session, statement, keys)
        return Page(queries.describe(call.session, rows, now=call.now), following)
