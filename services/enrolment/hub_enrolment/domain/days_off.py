"""Warnings about days on which schools are closed or have no pupils; such a day is not refused."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from hub_kernel.academic_years import academic_year_of
from hub_kernel.school_calendars import Span, without_pupils
from hub_kernel.working_days import BankHolidays, day_off


@dataclass(frozen=True)
class Warned:
    """A day that was accepted although schools are closed or have no pupils on it."""

    on: date
    reason: str  # weekend, bank_holiday, school_holidays or non_school_day


def warnings(
    days: Iterable[date], half_terms: Mapping[str, Sequence[Span]], bank_holidays: BankHolidays
) -> list[Warned]:
    """Return the days on which schools are closed or have no pupils, each with one reason.

    Args:
        days: the days of the sessions.
        half_terms: by academic year, of the school that hosts the sessions, or of the hub without a host.
        bank_holidays: of England.
    """
    found = ((day, _reason(day, half_terms, bank_holidays)) for day in days)
    return [Warned(day, reason) for day, reason in found if reason is not None]


def _reason(day: date, half_terms: Mapping[str, Sequence[Span]], bank_holidays: BankHolidays) -> str | None:
    return day_off(day, bank_holidays) or without_pupils(half_terms.get(academic_year_of(day), ()), day)
