"""School calendars, as visits publishes them."""

from sqlalchemy.orm import Session

from hub_contracts.visits import CalendarSet
from hub_enrolment.store import calendars as store
from hub_kernel.school_calendars import Span
from hub_messaging.delivery import Delivery


def on_calendar_set(session: Session, delivery: Delivery[CalendarSet]) -> None:
    """Replace the half terms of the schools in a scope, unless a later revision is stored."""
    event = delivery.event
    half_terms = [
        Span(each.starts_on, each.ends_on, frozenset(each.non_school_days)) for each in event.half_terms
    ]
    store.keep(session, event.scope, event.academic_year, half_terms, revision=delivery.revision)
