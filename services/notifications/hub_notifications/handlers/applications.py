"""What teachers must be told of the application that their school has made for them.

Whoever is accepted gets a place, and a letter about that; nothing else is said of it here.
"""

from sqlalchemy.orm import Session

from hub_contracts.enrolment import ApplicationDeclined, ApplicationWaitlisted
from hub_contracts.enrolment.applications import ApplicationEvent
from hub_notifications.domain import messages
from hub_notifications.domain.messages import Cause, NewMessage
from hub_notifications.store import messages as store


def on_application_waitlisted(session: Session, event: ApplicationWaitlisted, cause: Cause) -> None:
    """Say that the decision is put off."""
    _tell(session, event, cause, "waitlisted")


def on_application_declined(session: Session, event: ApplicationDeclined, cause: Cause) -> None:
    """Say that there is no place, and not any more that the decision is put off."""
    on_application_over(session, event, cause)
    _tell(session, event, cause, "declined")


def on_application_over(session: Session, event: ApplicationEvent, cause: Cause) -> None:
    """Do not say of an application that is over that its decision is put off."""
    store.suppress(
        session, _concerns(event), "application_over", template="application_waitlisted", now=cause.now
    )


def _tell(session: Session, event: ApplicationEvent, cause: Cause, outcome: str) -> None:
    """Write to each teacher for whom a place was asked."""
    letters = [
        NewMessage(
            template=f"application_{outcome}",
            recipient_id=teacher_id,
            dedupe_key=messages.application_key(event.application_id, teacher_id, outcome),
            concerns=_concerns(event),
            about={"work_group_id": str(event.work_group_id)},
        )
        for teacher_id in event.teacher_ids or ()
    ]
    store.write_down(session, letters, now=cause.now)


def _concerns(event: ApplicationEvent) -> str:
    return f"applications/{event.application_id}"
