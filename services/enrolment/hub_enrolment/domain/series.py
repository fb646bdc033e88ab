"""Rules about a series of sessions: the days of its pattern."""

import calendar
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from hub_kernel.england import instant_in_england
from hub_kernel.refusals import Refused

WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
LONGEST: Final = 40  # sessions of one series


@dataclass(frozen=True, kw_only=True)
class Weekly:
    """Every `every` weeks on a weekday."""

    every: int  # weeks, at least 1
    weekday: str  # of WEEKDAYS


@dataclass(frozen=True, kw_only=True)
class Monthly:
    """Each month on its nth such weekday; a month without a fifth one is skipped."""

    nth: int  # 1 to 5, or -1 for the last
    weekday: str  # of WEEKDAYS


@dataclass(frozen=True, kw_only=True)
class Series:
    """A pattern from a day on, with a number of sessions or a last day."""

    pattern: Weekly | Monthly
    first_on: date  # the first session is on the first day of the pattern from here on
    count: int | None  # sessions, without skipped days
    until: date | None  # the last day that may have a session
    skip: frozenset[date] = frozenset()  # days without a session, such as holidays


@dataclass(frozen=True)
class Slot:
    """The start and end of one session, as aware UTC instants."""

    starts_at: datetime
    ends_at: datetime


def days(series: Series) -> list[date]:
    """Return the days of a series, at least one and at most 40.

    Raises:
        Refused: `count_or_until`, `series_empty`, `series_too_long`.
    """
    if (series.count is None) == (series.until is None):
        raise Refused("count_or_until", "Give the number of sessions or the last day, not both.", "/count")
    found: list[date] = []
    for day in _days_of_pattern(series):
        if day in series.skip:
            continue
        if (series.until is not None and day > series.until) or len(found) == series.count:
            break
        if len(found) == LONGEST:
            raise Refused(
                "series_too_long",
                f"A series has at most {LONGEST} sessions; choose an earlier last day.",
                "/until",
            )
        found.append(day)
    if not found:
        raise Refused(
            "series_empty", "No day of the pattern is in this time; change the days or the pattern.", "/until"
        )
    return found


def slots(found: Iterable[date], starts: time, ends: time) -> list[Slot]:
    """Return a session for each day, at the same time in England in summer and winter."""
    return [Slot(instant_in_england(day, starts), instant_in_england(day, ends)) for day in found]


def _days_of_pattern(series: Series) -> Iterator[date]:
    """Yield the days of the pattern, endlessly."""
    weekday = WEEKDAYS.index(series.pattern.weekday)
    if isinstance(series.pattern, Weekly):
        day = series.first_on + timedelta(days=(weekday - series.first_on.weekday()) % 7)
        while True:
            yield day
            day += timedelta(weeks=series.pattern.every)
    months = series.first_on.year * 12 + series.first_on.month - 1
    while True:
        found = _nth(*divmod(months, 12), weekday, series.pattern.nth)
        if found is not None and found >= series.first_on:
            yield found
        months += 1


def _nth(year: int, month: int, weekday: int, nth: int) -> date | None:
    """Return the nth such weekday of a month (`month` counts from 0); None when it has none."""
    weeks = [week[weekday] for week in calendar.monthcalendar(year, month + 1) if week[weekday]]
    if nth > len(weeks):
        return None
    return date(year, month + 1, weeks[nth if nth < 0 else nth - 1])
