"""Academic years: their days, and how they are written."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_kernel.academic_years import AcademicYear, academic_year_of


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


@given(first=st.integers(1900, 2199))
def test_an_academic_year_is_read_as_it_is_written(first: int) -> None:
    year = AcademicYear(first)
    assert (
        AcademicYear.parse(str(year))
        == year
        == AcademicYear.of(year.starts_on)
        == AcademicYear.of(year.ends_on)
    )
    assert (year.starts_on, year.ends_on) == (date(first, 9, 1), date(first + 1, 8, 31))


@pytest.mark.parametrize(
    "text", ["2025", "2025/27", "2025/2026", "25/26", "2025-26", "٢٠٢٥/٢٦", "2025/26\n", ""]
)
def test_another_form_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="written like 2025/26"):
        AcademicYear.parse(text)
