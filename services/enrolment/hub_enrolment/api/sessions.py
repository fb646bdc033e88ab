"""Routes below /enrolment/v1/work-groups/…/sessions and /enrolment/v1/sessions."""

from collections.abc import Mapping
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from hub_enrolment.access import GROUP_STAFF, HUB_STAFF, check_own_group, own_groups_only
from hub_enrolment.api.session_schemas import RegisterSchema, ScheduledSchema, SeriesSchema, SessionSchema
from hub_enrolment.api.warned import with_warnings
from hub_enrolment.commands.series import ScheduleSeries, ScheduleSeriesSchema
from hub_enrolment.commands.sessions import (
    CancelSession,
    CancelSessionSchema,
    RescheduleSession,
    RescheduleSessionSchema,
    ScheduleSession,
    ScheduleSessionSchema,
    TakeRegister,
    TakeRegisterSchema,
)
from hub_enrolment.domain.sessions import Mark
from hub_enrolment.handlers import series
from hub_enrolment.handlers import sessions as handlers
from hub_enrolment.models import GroupSession
from hub_enrolment.store import sessions as store
from hub_enrolment.store import work_groups as group_store
from hub_enrolment.store.sessions import find_session
from hub_enrolment.store.work_groups import find_work_group
from hub_platform.routes import Answer, Call, Page, route

C = TypeVar("C")  # the command of a call

SESSION = "/enrolment/v1/sessions/<uuid:session_id>"


class Sessions:
    """Sessions of Work Groups and their registers; a work group lead manages those of their own groups."""

    @route(
        "POST",
        "/enrolment/v1/work-groups/<uuid:work_group_id>/sessions",
        allow=HUB_STAFF,
        body=ScheduleSessionSchema,
        answer=ScheduledSchema,
        status=201,
    )
    def schedule_session(self, call: Call[ScheduleSession]) -> Answer:
        """Schedule a session of a Work Group; `warnings` tells why schools may be closed that day."""
        meeting = handlers.schedule_session(call.session, call.command, now=call.now, by=call.actor.subject)
        return _scheduled(call, meeting, location=f"/enrolment/v1/sessions/{meeting.id}")

    @route(
        "POST",
        "/enrolment/v1/work-groups/<uuid:work_group_id>/session-series",
        allow=GROUP_STAFF,
        body=ScheduleSeriesSchema,
        answer=SeriesSchema,
        status=201,
    )
    def schedule_series(self, call: Call[ScheduleSeries]) -> Answer:
        """Schedule the sessions of a pattern, all or none.

        `starts` and `ends` are times on the clock in England, in summer and winter. `dry_run` returns the
        sessions and saves nothing.
        """
        check_own_group(call.actor, group_store.lead_ids(call.session, call.path["work_group_id"]))
        scheduled = series.schedule_series(call.session, call.command, now=call.now, by=call.actor.subject)
        return Answer(scheduled, status=200 if scheduled.dry_run else None)

    @route(
        "GET",
        "/enrolment/v1/work-groups/<uuid:work_group_id>/sessions",
        allow=GROUP_STAFF,
        paged=True,
        answer=SessionSchema,
    )
    def list_sessions(self, call: Call[None]) -> Page[GroupSession]:
        """List the sessions of a Work Group in their order."""
        group = find_work_group(call.session, call.path["work_group_id"], now=call.now)
        check_own_group(call.actor, group.lead_ids)
        statement = store.list_sessions(group.row.id)
        return Page(*call.page.fetch(call.session, statement, [GroupSession.seq]))

    @route("GET", SESSION, allow=GROUP_STAFF, answer=RegisterSchema)
    def get_session(self, call: Call[None]) -> Answer:
        """Read a session with its register; send its ETag in If-Match with a new register."""
        return register(call, own_session(call))

    @route(
        "POST",
        f"{SESSION}/reschedule",
        allow=GROUP_STAFF,
        body=RescheduleSessionSchema,
        answer=ScheduledSchema,
    )
    def reschedule_session(self, call: Call[RescheduleSession]) -> Answer:
        """Change the time, place, mode or joining link of a session; its invitations are updated.

        A venue or joining link of null removes the session's own, so that the group's applies.
        """
        check_own_session(call)
        meeting = handlers.reschedule_session(call.session, call.command, now=call.now, by=call.actor.subject)
        return _scheduled(call, meeting)

    @route(
        "POST", f"{SESSION}/cancellation", allow=GROUP_STAFF, body=CancelSessionSchema, answer=SessionSchema
    )
    def cancel_session(self, call: Call[CancelSession]) -> Answer:
        """Cancel a session; its calendar invitations are withdrawn."""
        check_own_session(call)
        meeting = handlers.cancel_session(call.session, call.command, now=call.now, by=call.actor.subject)
        return Answer(meeting, revision=meeting.revision)

    @route("PUT", f"{SESSION}/register", allow=GROUP_STAFF, body=TakeRegisterSchema, answer=RegisterSchema)
    def take_register(self, call: Call[TakeRegister]) -> Answer:
        """Take the register, for seven days from the start of the session.

        It marks exactly the participants who held a place that day. Until it is locked, a new register
        replaces the one before; a repeated register changes nothing.
        """
        check_own_session(call)
        taken = handlers.take_register(
            call.session, call.command, expected=call.expected, now=call.now, by=call.actor.subject
        )
        return register_answer(taken.meeting, taken.marks, taken.apologies)


def _scheduled(call: Call[C], meeting: GroupSession, *, location: str | None = None) -> Answer:
    """Build the answer for a session with warnings about its day."""
    value = with_warnings(call.session, meeting, SessionSchema, host_urn=meeting.host_urn)
    return Answer(value, revision=meeting.revision, location=location)


def own_session(call: Call[C]) -> GroupSession:
    """Return the session that a path names, of a group that the actor may see.

    Raises:
        Unknown: `unknown_session`; Problem: 403 `not_your_work_group`.
    """
    meeting = find_session(call.session, call.path["session_id"])
    if own_groups_only(call.actor) is not None:  # hub staff may see all groups
        check_own_group(call.actor, group_store.lead_ids(call.session, meeting.work_group_id))
    return meeting


def check_own_session(call: Call[C]) -> None:
    """Raise unless the actor may change the session that a path names; hub staff may change all.

    Raises:
        Unknown, Problem: see `own_session`.
    """
    if not call.actor.roles & HUB_STAFF:  # for staff only the handler reads the session
        own_session(call)


def register(call: Call[C], meeting: GroupSession, *, status: int | None = None) -> Answer:
    """Build the answer for a session: its register and the apologies received."""
    marks, received = store.marks(call.session, meeting.id), store.apologies(call.session, meeting.id)
    return register_answer(meeting, marks, received, status=status)


def register_answer(
    meeting: GroupSession, marks: list[Mark], received: Mapping[UUID, datetime], *, status: int | None = None
) -> Answer:
    """Build the answer for a session from marks and apologies that have been read."""
    value = {
        "row": meeting,
        "marks": marks,
        "apologies": [{"enrolment_id": id_, "received_at": at} for id_, at in received.items()],
    }
    return Answer(value, revision=meeting.revision, status=status)
