"""Phases of the plan: all commands of a phase are answered before the next phase begins."""

from dataclasses import dataclass
from datetime import datetime

from hub_demo.dates.england import DAY, moment
from hub_demo.dates.school_years import SchoolYear
from hub_demo.groups.seasons import autumn
from hub_demo.groups.year_end import YearEnd


@dataclass(frozen=True)
class Phase:
    """A part of the plan."""

    name: str  # shown next to the progress bar
    begins: datetime


def phases_of(last: SchoolYear, ends: datetime) -> tuple[Phase, ...]:
    """Return the phases of last year and the present one.

    Args:
        last: last year.
        ends: the instant of the last command, whose presence shows that all others were sent.
    """
    return (*_of_last_year(last), *_of_present_year(last.after), Phase("Groups in preparation", ends))


def _of_last_year(year: SchoolYear) -> tuple[Phase, ...]:
    first, end = year.opening_days[0], YearEnd(year)
    half_terms = [moment(half_term.starts_on, 0) for half_term in year.half_terms]
    return (
        Phase("September: the register of schools, the calendars", moment(year.starts_on, 0)),
        Phase("September: schools connect, leaders are appointed", moment(first, 8)),
        Phase("September: Work Groups recruit", moment(year.opening_days[2], 0)),
        Phase("Autumn 1: sessions, registers and visits", moment(autumn(year).confirmed_on + DAY, 0)),
        Phase("Autumn 2: sessions, registers and visits", half_terms[1]),
        Phase("Spring 1: academies open, new groups begin", half_terms[2]),
        Phase("Spring 2: sessions, registers and visits", half_terms[3]),
        Phase("Summer 1: sessions, registers and visits", half_terms[4]),
        Phase("Summer 2: sessions, registers and visits", half_terms[5]),
        Phase("July: Work Groups are evaluated and closed", moment(end.closing.date(), 0)),
        Phase("July: the last Work Group is closed", end.last_closure),
        Phase("July: a former participant is erased", end.erased),
    )


def _of_present_year(year: SchoolYear) -> tuple[Phase, ...]:
    begins = Phase(f"{year}: the register, the calendars", moment(year.opening_days[0], 0))
    half_terms = (
        Phase(f"{year}, {half_term.name}", moment(half_term.starts_on, 0)) for half_term in year.half_terms
    )
    return (begins, *half_terms)
