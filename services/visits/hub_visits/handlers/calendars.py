"""Setting school calendars."""

import re
from datetime import datetime

from sqlalchemy.orm import Session

from hub_contracts import visits as contracts
from hub_contracts.visits import CalendarSet
from hub_kernel.refusals import Stale, Unknown
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id
from hub_visits.commands import SCOPE_PATTERN, SetCalendar
from hub_visits.domain import calendars
from hub_visits.handlers.derivation import derive_again
from hub_visits.models import Calendar, CalendarHalfTerm
from hub_visits.store import assignments
from hub_visits.store import calendars as store


def set_calendar(
    session: Session, command: SetCalendar, *, expected: int | None, now: datetime, by: str
) -> Calendar:
    """Give a scope its half terms, publish them, and derive again what follows for the schools under it.

    `expected` is the revision that the sender has read, 0 when there must be none yet.

    Raises:
        Stale: `stale`.
        Refused: see `calendars.check_half_terms`.
    """
    half_terms = _half_terms(command)
    calendars.check_half_terms(command.academic_year, half_terms)
    store.lock_derived(session)
    calendar = store.find_calendar(session, command.scope, command.academic_year)
    if (calendar.revision if calendar else 0) != expected:
        raise Stale("stale", "The calendar is not the one that you have read; read it again.")
    if calendar is None:
        calendar = _new_calendar(command, now=now, by=by)
        session.add(calendar)
    else:
        calendar.touch(now=now, by=by)
    _replace_half_terms(session, calendar, half_terms)
    outbox.record(session, _calendar_set(command, half_terms), occurred_at=now, by=by)
    derive_again(session, assignments.lock_year(session, command.academic_year), now=now, by=by)
    return calendar


def find_calendar(session: Session, scope: str, academic_year: str) -> Calendar:
    """The calendar of a scope.

    Raises:
        Unknown: `unknown_calendar`.
    """
    calendars.first_year_of(academic_year)
    known = re.search(SCOPE_PATTERN, scope) is not None
    calendar = store.find_calendar(session, scope, academic_year) if known else None
    if calendar is None:
        raise Unknown("unknown_calendar", f"No calendar of {academic_year} has been set for this scope.")
    return calendar


def _new_calendar(command: SetCalendar, *, now: datetime, by: str) -> Calendar:
    return Calendar(
        id=new_id(),
        scope=command.scope,
        academic_year=command.academic_year,
        half_terms=[],
        **made(now, by),
    )


def _half_terms(command: SetCalendar) -> list[calendars.HalfTerm]:
    first_year = calendars.first_year_of(command.academic_year)
    return [
        calendars.HalfTerm(
            first_year=first_year,
            n=given.n,
            starts_on=given.starts_on,
            ends_on=given.ends_on,
            non_school_days=frozenset(given.non_school_days),
        )
        for given in command.half_terms
    ]


def _calendar_set(command: SetCalendar, half_terms: list[calendars.HalfTerm]) -> CalendarSet:
    return CalendarSet(
        scope=command.scope,
        academic_year=command.academic_year,
        half_terms=[
            contracts.CalendarHalfTerm(
                n=half_term.n,
                starts_on=half_term.starts_on,
                ends_on=half_term.ends_on,
                non_school_days=sorted(half_term.non_school_days),
            )
            for half_term in half_terms
        ],
    )


def _replace_half_terms(session: Session, calendar: Calendar, half_terms: list[calendars.HalfTerm]) -> None:
    calendar.half_terms.clear()
    session.flush()  # the old rows go before new ones with the same numbers come
    calendar.half_terms.extend(
        CalendarHalfTerm(
            n=half_term.n,
            starts_on=half_term.starts_on,
            ends_on=half_term.ends_on,
            non_school_days=sorted(half_term.non_school_days),
        )
        for half_term in half_terms
    )
    session.flush()
