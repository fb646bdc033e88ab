"""PD days and conferences: teachers who have registered are told so, and of a cancellation."""

from sqlalchemy.orm import Session

from hub_contracts.enrolment import PDDayCancelled, PDDayRegistered, PDDayScheduled
from hub_notifications.domain.messages import Cause
from hub_notifications.domain.threads import pd_day_thread
from hub_notifications.handlers.scheduling import schedule
from hub_notifications.models import PDDay
from hub_notifications.store import facts


def on_pd_day_scheduled(session: Session, event: PDDayScheduled, cause: Cause) -> None:
    """Keep when and where a PD day is held."""
    values = {
        "pd_day_id": event.pd_day_id,
        "kind": event.kind,
        "theme": event.theme,
        "title": event.title,
        "on": event.on,
        "starts_at": event.starts_at,
        "venue": event.venue,
        "revision": cause.revision,
    }
    if facts.keep(session, PDDay, "pd_day_id", values):
        schedule(session, facts.threads_of_pd_day(session, event.pd_day_id), cause)


def on_pd_day_registered(session: Session, event: PDDayRegistered, cause: Cause) -> None:
    """Confirm a registration."""
    facts.register(session, event.pd_day_id, event.teacher_id)
    schedule(session, [pd_day_thread(event.pd_day_id, event.teacher_id)], cause)


def on_pd_day_cancelled(session: Session, event: PDDayCancelled, cause: Cause) -> None:
    """Tell every teacher who has registered that the PD day will not take place."""
    values = {
        "pd_day_id": event.pd_day_id,
        "cancelled_reason": event.reason,
        "revision": cause.revision,
    }
    if facts.change(session, PDDay, "pd_day_id", values):
        schedule(session, facts.threads_of_pd_day(session, event.pd_day_id), cause)
