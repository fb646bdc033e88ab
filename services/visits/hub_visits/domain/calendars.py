"""School calendars: academic years, half terms and school days.

An academic year in England has three terms, each of two half terms. Schools maintained by an authority follow
its dates, academies set their own (Cambridgeshire County Council, term dates 2026/27). A school's half terms
therefore come from the most specific calendar that covers it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Final

from hub_kernel.academic_years import AcademicYear
from hub_kernel.refusals import Refused
from hub_kernel.working_days import is_weekday

SCOPE_PATTERN: Final = r"^(hub|la:[0-9]{3}|trust:[A-Za-z0-9_]{1,100}|school:[1-9][0-9]{4,5})\Z"
YEARS: Final = range(2000, 2100)  # first calendar years of academic years


@dataclass(frozen=True, kw_only=True)
class HalfTerm:
    """Half of a term, including its first and last day."""

    first_year: int  # calendar year in which the academic year starts: 2025 for 2025/26
    n: int  # 1 to 6: autumn 1, autumn 2, spring 1 …
    starts_on: date
    ends_on: date
    non_school_days: frozenset[date] = field(default=frozenset())  # training days and bank holidays

    @property
    def id(self) -> str:
        """The published id: "2025-1" is autumn 1 of 2025/26."""
        return f"{self.first_year}-{self.n}"

    def covers(self, day: date) -> bool:
        """Return whether a day is within the half term; weekends and training days within it count."""
        return self.starts_on <= day <= self.ends_on

    def school_days_from(self, day: date) -> int:
        """Return the number of days with pupils in school, from `day` (inclusive) to the last day."""
        first = max(day, self.starts_on)
        days = (first + timedelta(n) for n in range((self.ends_on - first).days + 1))
        return sum(1 for each in days if is_weekday(each) and each not in self.non_school_days)


def first_year_of(academic_year: str) -> int:
    """Return the first calendar year of an academic year of this century: 2025 for "2025/26".

    Raises:
        Refused: `bad_academic_year` if the text is malformed or the years are not consecutive.
    """
    try:
        first = AcademicYear.parse(academic_year).first
    except ValueError:
        first = 0
    if first not in YEARS:
        detail = "Write an academic year with two consecutive years, such as 2025/26."
        raise Refused("bad_academic_year", detail, "/academic_year")
    return first


def last_day_of(academic_year: str) -> date:
    """Return the last day of an academic year: 31 August of its second calendar year."""
    return AcademicYear(first_year_of(academic_year)).ends_on


def check_half_terms(academic_year: str, half_terms: Sequence[HalfTerm]) -> None:
    """Raise unless the half terms of one academic year are valid.

    The last half terms may be missing, because authorities often publish the summer dates later.

    Raises:
        Refused: `half_terms_out_of_order`, `half_terms_overlap`, `outside_academic_year` or
            `non_school_day_outside`, with a pointer to the first invalid half term.
    """
    first_day = AcademicYear(first_year_of(academic_year)).starts_on
    for index, half_term in enumerate(half_terms):
        pointer = f"/half_terms/{index}"
        if half_term.n != index + 1 or half_term.starts_on > half_term.ends_on:
            detail = "Number half terms 1, 2, 3 …, each with a last day on or after its first day."
            raise Refused("half_terms_out_of_order", detail, pointer)
        if not first_day <= half_term.starts_on <= half_term.ends_on <= last_day_of(academic_year):
            detail = f"This half term is outside {academic_year}, which runs from 1 September to 31 August."
            raise Refused("outside_academic_year", detail, pointer)
        if index and half_term.starts_on <= half_terms[index - 1].ends_on:
            detail = "This half term starts on or before the last day of the previous half term."
            raise Refused("half_terms_overlap", detail, pointer)
        if not all(half_term.covers(day) for day in half_term.non_school_days):
            detail = "A day without pupils is outside its half term."
            raise Refused("non_school_day_outside", detail, f"{pointer}/non_school_days")


def half_term_on(half_terms: Iterable[HalfTerm], day: date) -> HalfTerm | None:
    """Return the half term that contains a day; None in the holidays."""
    return next((half_term for half_term in half_terms if half_term.covers(day)), None)
