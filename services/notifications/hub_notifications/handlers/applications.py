"""Schools' applications: the teachers whom one names are told of a decision that is put off or a no."""

from typing import Final

from sqlalchemy.orm import Session

from hub_contracts.enrolment import (
    ApplicationAccepted,
    ApplicationDeclined,
    ApplicationSubmitted,
    ApplicationWaitlisted,
    ApplicationWithdrawn,
)
from hub_notifications.domain.messages import Cause
from hub_notifications.domain.standing import ApplicationState
from hub_notifications.domain.threads import group_thread
from hub_notifications.handlers.scheduling import schedule
from hub_notifications.models import Application
from hub_notifications.store import facts

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


def on_application_changed(session: Session, event: ApplicationEvent, cause: Cause) -> None:
    """Keep what has become of an application, and tell the teachers whom it names."""
    teacher_ids = list(event.teacher_ids or ())
    values = {
        "application_id": event.application_id,
        "work_group_id": event.work_group_id,
        "teacher_ids": teacher_ids,
        "state": str(STATE_OF[type(event)]),
        "changed_at": cause.happened_at,
        "revision": cause.revision,
    }
    if facts.keep(session, Application, "application_id", values):
        threads = [group_thread(event.work_group_id, teacher_id) for teacher_id in teacher_ids]
        schedule(session, threads, cause)
