"""Reactions to Work Groups and their sessions: participants are notified of changes."""

from sqlalchemy.orm import Session

from hub_contracts.enrolment import (
    SessionCancelled,
    SessionRescheduled,
    SessionScheduled,
    WorkGroupCancelled,
    WorkGroupChanged,
    WorkGroupOpened,
)
from hub_messaging.delivery import Delivery
from hub_notifications.domain.messages import Timing
from hub_notifications.models import GroupSession, WorkGroup
from hub_notifications.steps.scheduling import schedule
from hub_notifications.store import facts
from hub_platform.upserts import update_newer, upsert_newer


def on_group_changed(
    session: Session, delivery: Delivery[WorkGroupOpened | WorkGroupChanged], timing: Timing
) -> None:
    """Store a Work Group's title, and schedule messages that had to wait for it."""
    event = delivery.event
    row = WorkGroup(work_group_id=event.work_group_id, title=event.title, revision=delivery.revision)
    if upsert_newer(session, row):
        schedule(session, facts.threads_of_group(session, event.work_group_id), timing)


def on_group_cancelled(session: Session, delivery: Delivery[WorkGroupCancelled], timing: Timing) -> None:
    """Notify participants, waiting teachers and applicants that a Work Group is cancelled."""
    event = delivery.event
    row = WorkGroup(
        work_group_id=event.work_group_id,
        cancelled_reason=event.reason,
        cancelled_at=delivery.occurred_at,
        revision=delivery.revision,
    )
    if update_newer(session, row):
        schedule(session, facts.threads_of_group(session, event.work_group_id), timing)


def on_session_changed(
    session: Session,
    delivery: Delivery[SessionScheduled | SessionRescheduled | SessionCancelled],
    timing: Timing,
) -> None:
    """Notify participants of a new, moved or cancelled session."""
    event = delivery.event
    is_cancelled = isinstance(event, SessionCancelled)
    row = GroupSession(
        session_id=event.session_id,
        work_group_id=event.work_group_id,
        seq=event.seq,
        starts_at=event.starts_at,
        ends_at=event.ends_at,
        mode=event.mode,
        host_urn=event.host_urn,
        venue=event.venue,
        ics_sequence=event.ics_sequence,
        cancelled_reason=event.reason if isinstance(event, SessionCancelled) else None,
        cancelled_at=delivery.occurred_at if is_cancelled else None,
        revision=delivery.revision,
    )
    if upsert_newer(session, row):
        schedule(session, facts.threads_of_participants(session, event.work_group_id), timing)
