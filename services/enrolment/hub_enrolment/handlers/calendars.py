"""School calendars: learned from visits, and used to warn of days without pupils."""

from sqlalchemy.orm import Session

from hub_contracts.visits import CalendarSet
from hub_enrolment.store import calendars as store
from hub_kernel.school_calendars import Span


def on_calendar_set(session: Session, event: CalendarSet, *, revision: int) -> None:
    """Keep the half terms of the schools in a scope; an older revision changes nothing."""
    half_terms = [
        Span(each.starts_on, each.ends_on, frozenset(each.non_school_days)) for each in event.half_terms
    ]
    store.keep(session, event.scope, event.academic_year, half_terms, revision=revision)
