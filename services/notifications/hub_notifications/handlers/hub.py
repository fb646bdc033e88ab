"""The hub, its school years and the names of schools: facts that messages need."""

from sqlalchemy.orm import Session

from hub_contracts.enrolment import HubDescribed, SchoolChanged, SchoolImported
from hub_contracts.visits import CalendarSet
from hub_kernel.school_calendars import HUB_SCOPE
from hub_notifications.domain.messages import Cause
from hub_notifications.models import Hub, School, SchoolYear
from hub_notifications.store import facts


def on_hub_described(session: Session, event: HubDescribed, cause: Cause) -> None:
    """Keep how messages name the hub and whom to contact."""
    values = {
        "sole": True,
        "name": event.name,
        "contact_name": event.contact_name,
        "contact_email": event.contact_email,
        "contact_telephone": event.contact_telephone,
        "privacy_notice": event.privacy_notice,
        "revision": cause.revision,
    }
    facts.keep(session, Hub, "sole", values)


def on_calendar_set(session: Session, event: CalendarSet, cause: Cause) -> None:
    """Keep the half terms of the hub's own calendar: messages wait while schools are on holiday."""
    if event.scope != HUB_SCOPE:
        return
    values = {
        "academic_year": event.academic_year,
        "half_terms": [[each.starts_on.isoformat(), each.ends_on.isoformat()] for each in event.half_terms],
        "revision": cause.revision,
    }
    facts.keep(session, SchoolYear, "academic_year", values)


def on_school_told(session: Session, event: SchoolImported | SchoolChanged, cause: Cause) -> None:
    """Keep a school's name, which is no personal data."""
    facts.keep(session, School, "urn", {"urn": event.urn, "name": event.name, "revision": cause.revision})
