"""Reactions to the erasure of a person.

Merged records need no reaction: enrolment answers for them with the contact of the remaining record.
"""

from sqlalchemy.orm import Session

from hub_contracts.enrolment import TeacherAnonymised
from hub_messaging.delivery import Delivery
from hub_notifications.domain.messages import Timing
from hub_notifications.store import due as store


def on_teacher_anonymised(session: Session, delivery: Delivery[TeacherAnonymised], timing: Timing) -> None:
    """Suppress every due message to an erased person; later messages fail, because there is no address."""
    store.suppress_to(session, delivery.event.teacher_id, "anonymised", now=timing.now)
