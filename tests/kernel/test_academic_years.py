"""Academic years: which one a day lies in."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_kernel.academic_years import academic_year_of


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2025, 8, 31), "2024/25"),
        (date(2025, 9, 1), "2025/26"),
        (date(2026, 8, 31), "2025/26"),
        (date(2099, 9, 1), "2099/00"),
    ],
)
def test_the_academic_year_turns_on_the_first_of_september(day: date, year: str) -> None:
    assert academic_year_of(day) == year


@given(day=st.dates(date(2000, 9, 1), date(2090, 1, 1)))
def test_an_academic_year_is_named_by_its_two_calendar_years(day: date) -> None:
    first, second = academic_year_of(day).split("/")
    assert (int(first) + 1) % 100 == int(second)
    assert date(int(first), 9, 1) <= day < date(int(first) + 1, 9, 1)
