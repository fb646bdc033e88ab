"""Reactions to schools' applications for places on Work Groups."""

from typing import Final

from sqlalchemy.orm import Session

from hub_contracts.enrolment import (
    ApplicationAccepted,
    ApplicationDeclined,
    ApplicationSubmitted,
    ApplicationWaitlisted,
    ApplicationWithdrawn,
)
from hub_messaging.delivery import Delivery
from hub_notifications.domain.messages import Timing
from hub_notifications.domain.participations import ApplicationState
from hub_notifications.domain.threads import group_thread
from hub_notifications.models import Application
from hub_notifications.steps.scheduling import schedule
from hub_platform.upserts import upsert_newer

ApplicationEvent = (
    ApplicationSubmitted
    | ApplicationWaitlisted
    | ApplicationAccepted
    | ApplicationDeclined
    | ApplicationWithdrawn
)
STATE_OF: Final[dict[type[ApplicationEvent], ApplicationState]] = {
    ApplicationSubmitted: ApplicationState.SUBMITTED,
    ApplicationWaitlisted: ApplicationState.WAITLISTED,
    ApplicationAccepted: ApplicationState.ACCEPTED,
    ApplicationDeclined: ApplicationState.DECLINED,
    ApplicationWithdrawn: ApplicationState.WITHDRAWN,
}


def on_application_changed(session: Session, delivery: Delivery[ApplicationEvent], timing: Timing) -> None:
    """Store the state of an application, and notify the teachers whom it names."""
    event = delivery.event
    teacher_ids = list(event.teacher_ids or ())
    row = Application(
        application_id=event.application_id,
        work_group_id=event.work_group_id,
        teacher_ids=teacher_ids,
        state=STATE_OF[type(event)],
        changed_at=delivery.occurred_at,
        revision=delivery.revision,
    )
    if upsert_newer(session, row):
        threads = [group_thread(event.work_group_id, teacher_id) for teacher_id in teacher_ids]
        schedule(session, threads, timing)
