"""Setting the school calendar of the hub, an authority, a trust or a school."""

from datetime import datetime

from sqlalchemy.orm import Session

from hub_contracts import visits as contracts
from hub_contracts.visits import CalendarSet
from hub_kernel.refusals import Stale
from hub_messaging import outbox
from hub_platform.database import made
from hub_platform.ids import new_id
from hub_visits.commands import SetCalendar
from hub_visits.domain import calendars
from hub_visits.models import Calendar, CalendarHalfTerm
from hub_visits.steps.derivation import recalculate
from hub_visits.store import assignments
from hub_visits.store import calendars as store


def set_calendar(
    session: Session, command: SetCalendar, *, expected: int | None, now: datetime, by: str
) -> Calendar:
    """Set and publish the half terms of a scope, and recalculate the obligations and visits of its schools.

    `expected` is the revision that the sender has read, or 0 if the calendar must be new.

    Raises:
        Stale: `stale`.
        Refused: see `calendars.check_half_terms`.
    """
    half_terms = _half_terms(command)
    calendars.check_half_terms(command.academic_year, half_terms)
    store.lock_derivation(session)
    calendar = store.find_calendar(session, command.scope, command.academic_year)
    if (calendar.revision if calendar else 0) != expected:
        raise Stale(
            "stale", "The calendar has changed since you read it. Read it again, then repeat the change."
        )
    if calendar is None:
        calendar = _new_calendar(command, now=now, by=by)
        session.add(calendar)
    else:
        calendar.touch(now=now, by=by)
    _replace_half_terms(session, calendar, half_terms)
    outbox.record(session, _calendar_set(command, half_terms), occurred_at=now, by=by)
    recalculate(session, assignments.lock_year(session, command.academic_year), now=now, by=by)
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
    session.flush()  # deletes the old rows before rows with the same numbers are inserted
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
