"""Working days: weekdays of England without bank holidays."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_kernel.working_days import (
    bank_holidays,
    day_off,
    is_weekday,
    is_working_day,
    next_working_day,
    working_day_from,
    working_days_after,
)

ONE_DAY = timedelta(days=1)
DAYS = st.dates(date(2000, 1, 1), date(2199, 12, 31))


# Known dates of England and Wales; 2026, 2027 and 2028 have substitute days.
@pytest.mark.parametrize(
    ("year", "listed"),
    [
        (2025, ["01-01", "04-18", "04-21", "05-05", "05-26", "08-25", "12-25", "12-26"]),
        (2026, ["01-01", "04-03", "04-06", "05-04", "05-25", "08-31", "12-25", "12-28"]),
        (2027, ["01-01", "03-26", "03-29", "05-03", "05-31", "08-30", "12-27", "12-28"]),
        (2028, ["01-03", "04-14", "04-17", "05-01", "05-29", "08-28", "12-25", "12-26"]),
    ],
)
def test_bank_holidays_are_those_of_england(year: int, listed: list[str]) -> None:
    assert sorted(bank_holidays(year)) == [date.fromisoformat(f"{year}-{day}") for day in listed]


@given(DAYS)
def test_a_year_has_eight_bank_holidays_all_on_weekdays(day: date) -> None:
    assert len(bank_holidays(day.year)) == 8
    assert all(is_weekday(holiday) for holiday in bank_holidays(day.year))
    assert is_working_day(day) is (day.weekday() < 5 and day not in bank_holidays(day.year))


@pytest.mark.parametrize(
    ("day", "reason"),
    [
        (date(2026, 12, 24), None),
        (date(2026, 12, 25), "bank_holiday"),
        (date(2026, 12, 26), "weekend"),
        (date(2026, 12, 28), "bank_holiday"),  # for the 26th, a Saturday
        (date(2026, 12, 29), None),
    ],
)
def test_a_day_off_says_why(day: date, reason: str | None) -> None:
    assert day_off(day) == reason


@pytest.mark.parametrize(
    ("day", "count", "expected"),
    [
        (date(2023, 10, 20), 0, date(2023, 10, 20)),
        (date(2023, 10, 21), 0, date(2023, 10, 21)),  # a Saturday
        (date(2023, 10, 20), 1, date(2023, 10, 23)),  # Friday to Monday
        (date(2023, 10, 21), 1, date(2023, 10, 23)),
        (date(2023, 10, 20), 10, date(2023, 11, 3)),
        (date(2025, 12, 19), 10, date(2026, 1, 7)),  # three bank holidays
        (date(2026, 4, 2), 1, date(2026, 4, 7)),  # over Easter
        (date(2026, 5, 1), 1, date(2026, 5, 5)),  # the early May bank holiday
        (date(2027, 12, 24), 2, date(2027, 12, 30)),  # both substitute days
    ],
)
def test_working_days_leave_out_weekends_and_bank_holidays(day: date, count: int, expected: date) -> None:
    assert working_days_after(day, count) == expected


@given(day=DAYS, count=st.integers(1, 30))
def test_so_many_working_days_lie_between(day: date, count: int) -> None:
    last = working_days_after(day, count)
    between = [day + n * ONE_DAY for n in range(1, (last - day).days + 1)]
    assert sum(is_working_day(each) for each in between) == count
    assert is_working_day(last)


@given(DAYS)
def test_the_next_working_day_is_later_and_a_working_day_is_its_own(day: date) -> None:
    assert next_working_day(day) > day
    assert working_day_from(day) == (day if is_working_day(day) else next_working_day(day))
