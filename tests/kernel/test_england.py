"""The clock in England: days, instants at both clock changes, and dates and times in words."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_kernel.england import day_in_england, instant_in_england, spoken_date, spoken_day, spoken_time

INSTANT = timedelta.resolution
FORWARD = datetime(2026, 3, 29, 1, tzinfo=UTC)  # 01:00 becomes 02:00
BACK = datetime(2026, 10, 25, 1, tzinfo=UTC)  # 02:00 becomes 01:00


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2026, 7, 1, 23, tzinfo=UTC) - INSTANT, date(2026, 7, 1)),
        (datetime(2026, 7, 1, 23, tzinfo=UTC), date(2026, 7, 2)),  # British Summer Time
        (datetime(2026, 12, 2, tzinfo=UTC) - INSTANT, date(2026, 12, 1)),
        (datetime(2026, 12, 2, tzinfo=UTC), date(2026, 12, 2)),
    ],
)
def test_a_day_is_the_day_in_england(instant: datetime, day: date) -> None:
    assert day_in_england(instant) == day


@pytest.mark.parametrize(
    ("day", "clock", "instant"),
    [
        (date(2026, 1, 15), time(9), datetime(2026, 1, 15, 9, tzinfo=UTC)),
        (date(2026, 7, 15), time(9), datetime(2026, 7, 15, 8, tzinfo=UTC)),
        (date(2026, 3, 29), time(0, 59), FORWARD - timedelta(minutes=1)),
        (date(2026, 3, 29), time(1, 30), FORWARD + timedelta(minutes=30)),  # skipped
        (date(2026, 3, 29), time(2), FORWARD),
        (date(2026, 10, 25), time(1, 30), BACK - timedelta(minutes=30)),  # occurs twice
        (date(2026, 10, 25), time(2), BACK + timedelta(hours=1)),
    ],
)
def test_a_time_on_the_clock_is_an_instant(day: date, clock: time, instant: datetime) -> None:
    made = instant_in_england(day, clock)
    assert (made, made.tzinfo) == (instant, UTC)


@given(day=st.dates(date(2000, 1, 1), date(2090, 12, 31)), clock=st.times(min_value=time(2)))
def test_outside_the_hour_of_a_clock_change_an_instant_is_on_its_day_at_its_time(
    day: date, clock: time
) -> None:
    instant = instant_in_england(day, clock)
    assert day_in_england(instant) == day
    assert spoken_time(instant) == f"{clock:%H:%M}"


def test_a_day_a_date_and_a_time_are_said_as_a_school_office_says_them() -> None:
    assert spoken_day(date(2025, 10, 8)) == "Wednesday 8 October 2025"
    assert spoken_date(date(2026, 12, 24)) == "24 December 2026"
    assert spoken_time(datetime(2026, 6, 1, 12, 30, tzinfo=UTC)) == "13:30"
    assert spoken_time(datetime(2026, 12, 1, 9, 5, tzinfo=UTC)) == "09:05"


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(1, 1, 1, tzinfo=UTC), date(1, 1, 1)),
        (datetime(9999, 12, 31, 23, 59, tzinfo=UTC), date(9999, 12, 31)),
        (datetime(2999, 7, 1, 23, 30, tzinfo=UTC), date(2999, 7, 2)),
    ],
)
def test_every_instant_has_a_day(instant: datetime, day: date) -> None:
    assert day_in_england(instant) == day
