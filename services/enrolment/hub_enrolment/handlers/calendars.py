"""School calendars: learned from visits, and used to warn of days without pupils."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy.orm import Session

from hub_contracts.visits import CalendarSet
from hub_enrolment.domain import days_off
from hub_enrolment.domain.days_off import Warned
from hub_enrolment.store import calendars as store
from hub_kernel.academic_years import academic_year_of
from hub_kernel.school_calendars import Span


def on_calendar_set(session: Session, event: CalendarSet, *, revision: int) -> None:
    """Keep the half terms of the schools in a scope; an older revision changes nothing."""
    half_terms = [
        Span(each.starts_on, each.ends_on, frozenset(each.non_school_days)) for each in event.half_terms
    ]
    store.keep(session, event.scope, event.academic_year, half_terms, revision=revision)


def warnings(session: Session, days: Iterable[date], *, host_urn: str | None) -> list[Warned]:
    """The days to look at again, by the calendar of the school where people meet, or else of the hub."""
    listed = list(days)
    years = {academic_year_of(day) for day in listed}
    return days_off.warnings(listed, store.half_terms(session, host_urn, years))
