"""Learning the names of schools."""

from sqlalchemy.orm import Session

from hub_contracts.enrolment import SchoolChanged, SchoolImported
from hub_notifications.domain.messages import Cause
from hub_notifications.models import School
from hub_notifications.store import facts


def on_school_told(session: Session, event: SchoolImported | SchoolChanged, cause: Cause) -> None:
    """Keep a school's name, which is no personal data."""
    facts.keep(session, School, "urn", {"urn": event.urn, "name": event.name, "revision": cause.revision})
