"""Working days: weekdays of England without bank holidays."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_kernel.working_days import (
    day_off,
    is_weekday,
    is_working_day,
    next_working_day,
    working_day_from,
    working_days_after,
)

ONE_DAY = timedelta(days=1)
DAYS = st.dates(date(2026, 1, 1), date(2026, 12, 31))
HOLIDAY_SETS = st.frozensets(DAYS, max_size=40)
# Bank holidays of England from Christmas 2025 to Easter 2026, in May 2026, and at Christmas 2026 and 2027.
LISTED = frozenset(
    date.fromisoformat(day)
    for day in (
        *("2025-12-25", "2025-12-26", "2026-01-01", "2026-04-03", "2026-04-06", "2026-05-04", "2026-05-25"),
        *("2026-12-25", "2026-12-26", "2026-12-28", "2027-01-01", "2027-12-25", "2027-12-27", "2027-12-28"),
    )
)


@given(day=DAYS, holidays=HOLIDAY_SETS)
def test_a_working_day_is_a_weekday_without_a_bank_holiday(day: date, holidays: frozenset[date]) -> None:
    assert is_weekday(day) is (day.weekday() < 5)
    assert is_working_day(day, holidays) is (day.weekday() < 5 and day not in holidays)


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
    assert day_off(day, LISTED) == reason


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
    assert working_days_after(day, count, LISTED) == expected


@given(day=DAYS, count=st.integers(1, 30), holidays=HOLIDAY_SETS)
def test_so_many_working_days_lie_between(day: date, count: int, holidays: frozenset[date]) -> None:
    last = working_days_after(day, count, holidays)
    between = [day + n * ONE_DAY for n in range(1, (last - day).days + 1)]
    assert sum(is_working_day(each, holidays) for each in between) == count
    assert is_working_day(last, holidays)


@given(day=DAYS, holidays=HOLIDAY_SETS)
def test_the_next_working_day_is_later_and_a_working_day_is_its_own(
    day: date, holidays: frozenset[date]
) -> None:
    after = next_working_day(day, holidays)
    assert after > day
    assert working_day_from(day, holidays) == (day if is_working_day(day, holidays) else after)
