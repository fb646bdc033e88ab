"""Work Groups and their sessions: facts kept, and participants told of what changes."""

from sqlalchemy.orm import Session

from hub_contracts.enrolment import (
    SessionCancelled,
    SessionRescheduled,
    SessionScheduled,
    WorkGroupCancelled,
    WorkGroupChanged,
    WorkGroupOpened,
)
from hub_notifications.domain.messages import Cause
from hub_notifications.handlers.scheduling import schedule
from hub_notifications.models import GroupSession, WorkGroup
from hub_notifications.store import facts


def on_group_terms(session: Session, event: WorkGroupOpened | WorkGroupChanged, cause: Cause) -> None:
    """Keep a Work Group's title, and tell what had to wait for it; the next message names it."""
    values = {"work_group_id": event.work_group_id, "title": event.title, "revision": cause.revision}
    if facts.keep(session, WorkGroup, "work_group_id", values):
        schedule(session, facts.threads_of_group(session, event.work_group_id), cause)


def on_group_cancelled(session: Session, event: WorkGroupCancelled, cause: Cause) -> None:
    """Tell everybody who is concerned that a Work Group will not take place."""
    values = {
        "work_group_id": event.work_group_id,
        "cancelled_reason": event.reason,
        "cancelled_at": cause.happened_at,
        "revision": cause.revision,
    }
    if facts.change(session, WorkGroup, "work_group_id", values):
        schedule(session, facts.threads_of_group(session, event.work_group_id), cause)


def on_session_changed(
    session: Session, event: SessionScheduled | SessionRescheduled | SessionCancelled, cause: Cause
) -> None:
    """Tell participants of a session that is new, moved or cancelled."""
    cancelled = isinstance(event, SessionCancelled)
    values = {
        "session_id": event.session_id,
        "work_group_id": event.work_group_id,
        "seq": event.seq,
        "starts_at": event.starts_at,
        "ends_at": event.ends_at,
        "mode": event.mode,
        "host_urn": event.host_urn,
        "venue": event.venue,
        "ics_sequence": event.ics_sequence,
        "cancelled_reason": event.reason if isinstance(event, SessionCancelled) else None,
        "cancelled_at": cause.happened_at if cancelled else None,
        "revision": cause.revision,
    }
    if facts.keep(session, GroupSession, "session_id", values):
        schedule(session, facts.threads_of_participants(session, event.work_group_id), cause)
