"""The bank holidays of England by the pinned library."""

from datetime import date

import pytest
from tests.support.bank_holidays import calculated

from hub_platform.bank_holidays import DATES, FIRST_YEAR, LAST_YEAR, bank_holidays


# Known days off work, without holidays on a weekend. 2020: VE Day instead of early May; 2022: jubilee and
# state funeral; 2023: coronation; from 2026 to 2028 with substitute days.
@pytest.mark.parametrize(
    ("year", "listed"),
    [
        (2020, ["01-01", "04-10", "04-13", "05-08", "05-25", "08-31", "12-25", "12-28"]),
        (2022, ["01-03", "04-15", "04-18", "05-02", "06-02", "06-03", "08-29", "09-19", "12-26", "12-27"]),
        (
            2023,
            ["01-02", "04-07", "04-10", "05-01", "05-08", "05-29", "08-28", "12-25", "12-26"],
        ),
        (2025, ["01-01", "04-18", "04-21", "05-05", "05-26", "08-25", "12-25", "12-26"]),
        (2026, ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"]),
        (2027, ["01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28"]),
        (2028, ["01-03", "04-14", "04-17", "05-01", "05-29", "08-28", "12-25", "12-26"]),
    ],
)
def test_bank_holidays_are_those_of_england(year: int, listed: list[str]) -> None:
    found = sorted(day for day in bank_holidays() if day.year == year and day.weekday() < 5)
    assert found == [date.fromisoformat(f"{year}-{day}") for day in listed]


@pytest.mark.parametrize("year", range(FIRST_YEAR, LAST_YEAR + 1))
def test_every_year_has_at_least_eight_on_weekdays(year: int) -> None:
    """A new release of the library that computes fewer years fails here."""
    assert sum(day.year == year and day.weekday() < 5 for day in bank_holidays()) >= 8


def test_the_file_is_what_the_library_calculates() -> None:
    assert calculated() == DATES.read_text("ascii")
