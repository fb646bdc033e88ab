"""Which calendar covers a school, and on which days its pupils are not at school."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_kernel.school_calendars import Span, is_holiday, scopes_of, without_pupils

DAY = timedelta(days=1)
TRAINING = date(2026, 10, 23)
YEAR = [
    Span(date(2026, 9, 2), date(2026, 10, 23), frozenset({TRAINING})),
    Span(date(2026, 11, 2), date(2026, 12, 18)),
    Span(date(2027, 1, 4), date(2027, 2, 12)),
    Span(date(2027, 2, 22), date(2027, 3, 25)),
    Span(date(2027, 4, 12), date(2027, 5, 27)),
    Span(date(2027, 6, 7), date(2027, 7, 21)),
]


def test_the_most_specific_calendar_comes_first() -> None:
    scopes = scopes_of("110623", trust_uid="3180", la_code="873")
    assert scopes == ["school:110623", "trust:3180", "la:873", "hub"]
    assert scopes_of("110623", trust_uid=None, la_code="873") == ["school:110623", "la:873", "hub"]
    assert scopes_of("110623", trust_uid=None, la_code=None) == ["school:110623", "hub"]


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2026, 9, 1), "school_holidays"),
        (date(2026, 9, 2), None),
        (TRAINING - DAY, None),
        (TRAINING, "non_school_day"),
        (TRAINING + DAY, "school_holidays"),
        (date(2026, 11, 2), None),
        (date(2026, 12, 18), None),
        (date(2026, 12, 23), "school_holidays"),
        (date(2026, 12, 30), "school_holidays"),
        (date(2027, 7, 21), None),
        (date(2027, 7, 22), "school_holidays"),
    ],
)
def test_a_day_is_in_term_a_day_without_pupils_or_in_the_holidays(day: date, why: str | None) -> None:
    assert without_pupils(YEAR, day) == why


@pytest.mark.parametrize(
    ("known", "day", "holiday"), [(5, 0, False), (5, 1, False), (6, 0, False), (6, 1, True)]
)
def test_nothing_is_known_of_the_days_after_a_calendar_that_ends_early(
    known: int, day: int, holiday: bool
) -> None:
    half_terms = YEAR[:known]
    assert is_holiday(half_terms, half_terms[-1].ends_on + day * DAY) is holiday


@given(st.dates())
def test_without_a_calendar_no_day_is_a_holiday(day: date) -> None:
    assert without_pupils([], day) is None


@given(st.dates(date(2026, 9, 1), date(2027, 8, 31)))
def test_a_day_of_a_whole_year_is_in_exactly_one_half_term_or_in_the_holidays(day: date) -> None:
    covering = [each for each in YEAR if each.starts_on <= day <= each.ends_on]
    assert len(covering) == (0 if is_holiday(YEAR, day) else 1)
