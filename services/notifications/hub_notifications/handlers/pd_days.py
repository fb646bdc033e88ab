"""Reactions to PD days and conferences: registered teachers are notified."""

from sqlalchemy.orm import Session

from hub_contracts.enrolment import PDDayCancelled, PDDayRegistered, PDDayScheduled
from hub_messaging.delivery import Delivery
from hub_notifications.domain.messages import Timing
from hub_notifications.domain.threads import pd_day_thread
from hub_notifications.models import PDDay
from hub_notifications.steps.scheduling import schedule
from hub_notifications.store import facts
from hub_platform.upserts import update_newer, upsert_newer


def on_pd_day_scheduled(session: Session, delivery: Delivery[PDDayScheduled], timing: Timing) -> None:
    """Store the date and venue of a PD day."""
    event = delivery.event
    row = PDDay(
        pd_day_id=event.pd_day_id,
        kind=event.kind,
        theme=event.theme,
        title=event.title,
        on=event.on,
        starts_at=event.starts_at,
        venue=event.venue,
        revision=delivery.revision,
    )
    if upsert_newer(session, row):
        schedule(session, facts.threads_of_pd_day(session, event.pd_day_id), timing)


def on_pd_day_registered(session: Session, delivery: Delivery[PDDayRegistered], timing: Timing) -> None:
    """Schedule the e-mail that confirms a registration."""
    event = delivery.event
    facts.register(session, event.pd_day_id, event.teacher_id)
    schedule(session, [pd_day_thread(event.pd_day_id, event.teacher_id)], timing)


def on_pd_day_cancelled(session: Session, delivery: Delivery[PDDayCancelled], timing: Timing) -> None:
    """Notify every registered teacher that the PD day is cancelled."""
    event = delivery.event
    row = PDDay(pd_day_id=event.pd_day_id, cancelled_reason=event.reason, revision=delivery.revision)
    if update_newer(session, row):
        schedule(session, facts.threads_of_pd_day(session, event.pd_day_id), timing)
