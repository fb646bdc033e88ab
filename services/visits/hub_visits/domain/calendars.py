"""School calendars: academic years, half terms and school days.

England has three terms of two halves: six half terms. Schools maintained by an authority follow its dates,
academies set their own (Cambridgeshire County Council, term dates 2026/27), so a school's half terms come
from the most specific calendar that covers it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from hub_kernel.refusals import Refused
from hub_kernel.working_days import is_weekday


@dataclass(frozen=True, kw_only=True)
class HalfTerm:
    """Half of a term, first and last day included."""

    first_year: int  # calendar year in which the academic year starts: 2025 for 2025/26
    n: int  # 1 to 6: autumn 1, autumn 2, spring 1 …
    starts_on: date
    ends_on: date
    non_school_days: frozenset[date] = field(default=frozenset())  # training days and bank holidays

    @property
    def id(self) -> str:
        """The name that other services know it by: "2025-1" is autumn 1 of 2025/26."""
        return f"{self.first_year}-{self.n}"

    def covers(self, day: date) -> bool:
        """Whether a day falls between its first and last day; weekends and training days in between do."""
        return self.starts_on <= day <= self.ends_on

    def school_days_from(self, day: date) -> int:
        """Number of days with pupils in school from `day` (included) to the end."""
        first = max(day, self.starts_on)
        days = (first + timedelta(n) for n in range((self.ends_on - first).days + 1))
        return sum(1 for each in days if is_weekday(each) and each not in self.non_school_days)


def first_year_of(academic_year: str) -> int:
    """2025 for "2025/26".

    Raises:
        Refused: `bad_academic_year` when the two years do not follow each other.
    """
    first, _, second = academic_year.partition("/")
    well_formed = len(first) == 4 and first.isascii() and first.isdecimal() and first.startswith("20")
    if not (well_formed and second == f"{(int(first) + 1) % 100:02d}"):
        raise Refused("bad_academic_year", "An academic year is written 2025/26.", "/academic_year")
    return int(first)


def last_day_of(academic_year: str) -> date:
    """31 August of its second year."""
    return date(first_year_of(academic_year) + 1, 8, 31)


def check_half_terms(academic_year: str, half_terms: Sequence[HalfTerm]) -> None:
    """Hold one year's half terms against what a calendar must be.

    A calendar may stop early: an authority often publishes the summer dates later.

    Raises:
        Refused: `half_terms_out_of_order`, `half_terms_overlap`, `outside_academic_year` or
            `non_school_day_outside`, pointing at the first half term that is wrong.
    """
    first_day = date(first_year_of(academic_year), 9, 1)
    for index, half_term in enumerate(half_terms):
        pointer = f"/half_terms/{index}"
        if half_term.n != index + 1 or half_term.starts_on > half_term.ends_on:
            detail = "Half terms are numbered 1, 2, 3 … and each ends on or after the day it starts."
            raise Refused("half_terms_out_of_order", detail, pointer)
        if not first_day <= half_term.starts_on <= half_term.ends_on <= last_day_of(academic_year):
            detail = f"{academic_year} runs from 1 September to 31 August."
            raise Refused("outside_academic_year", detail, pointer)
        if index and half_term.starts_on <= half_terms[index - 1].ends_on:
            raise Refused("half_terms_overlap", "It starts before the one before it has ended.", pointer)
        if not all(half_term.covers(day) for day in half_term.non_school_days):
            detail = "A day without pupils lies outside its half term."
            raise Refused("non_school_day_outside", detail, f"{pointer}/non_school_days")


def half_term_on(half_terms: Iterable[HalfTerm], day: date) -> HalfTerm | None:
    """The half term that a day lies in; none in the holidays."""
    return next((half_term for half_term in half_terms if half_term.covers(day)), None)
