"""The dates of academic years, by rule."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_demo.dates.school_years import HalfTerm, SchoolYear
from hub_platform.bank_holidays import bank_holidays
from hub_visits.domain import calendars

YEARS = st.integers(2001, 2098).map(SchoolYear)
# First and last day of each half term, as far as they were published: an academy near Linton (2023/24),
# schools in Cottenham and Dry Drayton (2024/25), Cambridgeshire's consultation (2026/27).
PUBLISHED = {
    2023: "0901-1020 1030-1220 0104-0216 0226-0328 0415-0524 0603-0722",
    2024: "0903-1025 1104-1220 0106-0214 0224-0404 0422-0523 0602-0723",
    2026: "0901-1023 1102-1218 0104-0212",
}
NEAR = timedelta(days=5)


@pytest.mark.parametrize("first", PUBLISHED)
def test_the_rule_gives_published_dates_or_nearly(first: int) -> None:
    for half_term, published in zip(SchoolYear(first).half_terms, PUBLISHED[first].split(), strict=False):
        year = first if half_term.n < 3 else first + 1
        starts_on, ends_on = (date.fromisoformat(f"{year}{day}") for day in published.split("-"))
        assert abs(half_term.starts_on - starts_on) <= NEAR
        assert abs(half_term.ends_on - ends_on) <= NEAR
        if half_term.n in {1, 3, 5}:
            assert half_term.ends_on == ends_on, "half-term holidays are the same for all"


def test_the_year_that_was_written_down_by_hand_comes_out_of_the_rule() -> None:
    year = SchoolYear(2025)
    assert year.name == "2025/26"
    assert [(one.starts_on, one.ends_on, one.closed) for one in year.half_terms] == [
        (date(2025, 9, 3), date(2025, 10, 24), (date(2025, 9, 3),)),
        (date(2025, 11, 3), date(2025, 12, 19), (date(2025, 11, 28),)),
        (date(2026, 1, 5), date(2026, 2, 13), (date(2026, 1, 5),)),
        (date(2026, 2, 23), date(2026, 3, 27), ()),
        (date(2026, 4, 13), date(2026, 5, 22), (date(2026, 5, 4),)),
        (date(2026, 6, 1), date(2026, 7, 21), (date(2026, 7, 20), date(2026, 7, 21))),
    ]


@given(year=YEARS)
def test_half_terms_follow_each_other_in_every_year(year: SchoolYear) -> None:
    for half_terms in (year.half_terms, year.half_terms_of_the_trust):
        ends = year.starts_on - timedelta(days=1)
        for number, half_term in enumerate(half_terms, start=1):
            assert half_term.n == number
            assert ends < half_term.starts_on < half_term.ends_on <= year.ends_on
            assert all(half_term.covers(day) for day in half_term.closed)
            assert len(half_term.school_days()) >= 10
            ends = half_term.ends_on


@given(year=YEARS)
def test_no_school_day_is_a_bank_holiday_and_there_are_about_190(year: SchoolYear) -> None:
    days = year.school_days()
    assert 180 <= len(days) <= 192
    assert not set(days) & bank_holidays()
    assert all(day.weekday() < 5 for day in days)


@given(year=YEARS)
def test_visits_takes_the_calendar_of_every_year(year: SchoolYear) -> None:
    for half_terms in (year.half_terms, year.half_terms_of_the_trust):
        calendars.check_half_terms(year.name, as_visits_has_them(half_terms))


def as_visits_has_them(half_terms: Sequence[HalfTerm]) -> list[calendars.HalfTerm]:
    return [
        calendars.HalfTerm(
            first_year=one.first_year,
            n=one.n,
            starts_on=one.starts_on,
            ends_on=one.ends_on,
            non_school_days=frozenset(one.closed),
        )
        for one in half_terms
    ]


@pytest.mark.parametrize(
    ("day", "name"),
    [
        (date(2026, 8, 31), "2025/26"),
        (date(2026, 9, 1), "2026/27"),
        (date(2024, 2, 29), "2023/24"),
        (date(2099, 9, 1), "2099/00"),
    ],
)
def test_an_academic_year_begins_on_1_september(day: date, name: str) -> None:
    year = SchoolYear.of(day)
    assert year.name == name
    assert year.starts_on <= day <= year.ends_on
    assert year.before.ends_on < year.starts_on
    assert year.after.starts_on > year.ends_on
