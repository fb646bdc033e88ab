"""Days to look at again: schools are shut, or have no pupils. They are told, not refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hub_kernel.academic_years import academic_year_of
from hub_kernel.school_calendars import Span, without_pupils
from hub_kernel.working_days import day_off


@dataclass(frozen=True)
class Warned:
    """A day that a person should look at again; it is not refused."""

    on: date
    reason: str  # weekend, bank_holiday, school_holidays or non_school_day


def warnings(days: Iterable[date], half_terms: Mapping[str, Sequence[Span]]) -> list[Warned]:
    """Return the days on which schools are shut or have no pupils, each with one reason.

    Args:
        days: on which people would meet.
        half_terms: of the school where they meet, or else of the hub, by academic year.
    """
    return [Warned(day, reason) for day in days if (reason := _reason(day, half_terms)) is not None]


def _reason(day: date, half_terms: Mapping[str, Sequence[Span]]) -> str | None:
    return day_off(day) or without_pupils(half_terms.get(academic_year_of(day), ()), day)
