"""School calendars: which one covers a school, and on which days its pupils are not at school.

England has three terms of two halves. Schools maintained by an authority follow its dates, academies set
their own: a school's half terms come from the most specific calendar of the academic year that covers it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

HUB_SCOPE: Final = "hub"
HALF_TERMS_A_YEAR: Final = 6


@dataclass(frozen=True)
class Span:
    """The days of a half term, the first and the last one included."""

    starts_on: date
    ends_on: date
    non_school_days: frozenset[date] = frozenset()  # in it, without pupils: training days and bank holidays


def scopes_of(urn: str, *, trust_uid: str | None, la_code: str | None) -> list[str]:
    """Return the calendars that may cover a school, the most specific one first."""
    trust = [f"trust:{trust_uid}"] if trust_uid else []
    authority = [f"la:{la_code}"] if la_code else []
    return [f"school:{urn}", *trust, *authority, HUB_SCOPE]


def is_holiday(half_terms: Sequence[Span], day: date) -> bool:
    """Return whether a day lies in the school holidays.

    A calendar may end early, as summer dates are often published later. Days of which nothing is known are no
    holidays: those after such a calendar, and every day where there is none.

    Args:
        half_terms: those of the day's academic year, in their order.
        day: the day in question.
    """
    if not half_terms:
        return False
    if len(half_terms) < HALF_TERMS_A_YEAR and day > half_terms[-1].ends_on:
        return False
    return not any(each.starts_on <= day <= each.ends_on for each in half_terms)


def without_pupils(half_terms: Sequence[Span], day: date) -> str | None:
    """Return `school_holidays` or `non_school_day` for a day without pupils, otherwise None.

    A `non_school_day` lies within a half term, such as a training day: staff are at work.
    """
    if is_holiday(half_terms, day):
        return "school_holidays"
    return "non_school_day" if any(day in each.non_school_days for each in half_terms) else None
