"""Whom nothing is written to any more.

Of a merged record nothing need be known here: enrolment answers for it with the address of the record that
is left.
"""

from sqlalchemy.orm import Session

from hub_contracts.enrolment import TeacherAnonymised
from hub_notifications.domain.messages import Cause
from hub_notifications.store import due as store


def on_teacher_anonymised(session: Session, event: TeacherAnonymised, cause: Cause) -> None:
    """Drop what is due to somebody who was erased; what becomes due later finds no address."""
    store.suppress_to(session, event.teacher_id, "anonymised", now=cause.now)
