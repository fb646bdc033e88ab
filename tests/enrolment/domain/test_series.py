"""Series: on which days a pattern falls, at which instants, and the days on which schools are shut."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_enrolment.domain.series import (
    LONGEST,
    WEEKDAYS,
    Monthly,
    Series,
    Weekly,
    days,
    slots,
)
from hub_kernel.england import day_in_england
from hub_kernel.refusals import Refused

WEDNESDAY = date(2025, 10, 8)


def series(pattern: Weekly | Monthly, first_on: date = WEDNESDAY, **changes: Any) -> Series:
    values: dict[str, Any] = {"count": None, "until": None}
    return Series(pattern=pattern, first_on=first_on, **values | changes)


def weekly(every: int = 1, weekday: str = "wednesday", **changes: Any) -> list[date]:
    return days(series(Weekly(every=every, weekday=weekday), **changes))


def monthly(nth: int, weekday: str = "wednesday", **changes: Any) -> list[date]:
    return days(series(Monthly(nth=nth, weekday=weekday), **changes))


def test_weeks_are_counted_from_the_first_such_weekday() -> None:
    assert weekly(2, count=3) == [WEDNESDAY, date(2025, 10, 22), date(2025, 11, 5)]
    assert weekly(1, "tuesday", count=2) == [date(2025, 10, 14), date(2025, 10, 21)]


def test_the_last_day_may_have_a_session_and_the_next_not() -> None:
    assert weekly(1, until=date(2025, 10, 22)) == [WEDNESDAY, date(2025, 10, 15), date(2025, 10, 22)]
    assert weekly(1, until=date(2025, 10, 21)) == [WEDNESDAY, date(2025, 10, 15)]


def test_skipped_days_are_not_counted() -> None:
    half_term = frozenset({date(2025, 10, 22), date(2025, 10, 29)})
    assert weekly(1, count=3, skip=half_term) == [WEDNESDAY, date(2025, 10, 15), date(2025, 11, 5)]
    assert weekly(1, until=date(2025, 10, 29), skip=half_term) == [WEDNESDAY, date(2025, 10, 15)]


@pytest.mark.parametrize(
    ("nth", "first_on", "found"),
    [
        (2, WEDNESDAY, [WEDNESDAY, date(2025, 11, 12), date(2025, 12, 10)]),
        (2, WEDNESDAY + timedelta(days=1), [date(2025, 11, 12), date(2025, 12, 10), date(2026, 1, 14)]),
        (-1, WEDNESDAY, [date(2025, 10, 29), date(2025, 11, 26), date(2025, 12, 31)]),
        (5, WEDNESDAY, [date(2025, 10, 29), date(2025, 12, 31), date(2026, 4, 29)]),
    ],
)
def test_months_have_their_nth_weekday(nth: int, first_on: date, found: list[date]) -> None:
    assert monthly(nth, first_on=first_on, count=3) == found


@pytest.mark.parametrize(("sessions", "code"), [(LONGEST, None), (LONGEST + 1, "series_too_long")])
def test_a_series_is_no_longer_than_forty(sessions: int, code: str | None) -> None:
    until = WEDNESDAY + timedelta(weeks=sessions - 1)
    if code is None:
        assert len(weekly(1, until=until)) == LONGEST
    else:
        with pytest.raises(Refused, match=code):
            weekly(1, until=until)


def test_a_series_needs_an_end_of_one_kind_and_a_day() -> None:
    with pytest.raises(Refused, match="count_or_until"):
        weekly()
    with pytest.raises(Refused, match="count_or_until"):
        weekly(count=2, until=date(2025, 12, 1))
    with pytest.raises(Refused, match="series_empty"):
        weekly(until=WEDNESDAY - timedelta(days=1))


def test_the_clock_on_the_wall_stays_when_the_clocks_change() -> None:
    """British Summer Time ended on Sunday 26 October 2025 at 01:00 UTC."""
    found = slots(weekly(2, count=2), time(16, 0), time(18, 0))
    found += slots([date(2025, 10, 29)], time(16, 0), time(18, 0))
    assert [slot.starts_at for slot in found] == [
        datetime(2025, 10, 8, 15, 0, tzinfo=UTC),
        datetime(2025, 10, 22, 15, 0, tzinfo=UTC),
        datetime(2025, 10, 29, 16, 0, tzinfo=UTC),
    ]


PATTERNS = st.one_of(
    st.builds(Weekly, every=st.integers(1, 26), weekday=st.sampled_from(WEEKDAYS)),
    st.builds(Monthly, nth=st.sampled_from([1, 2, 3, 4, 5, -1]), weekday=st.sampled_from(WEEKDAYS)),
)
DAYS = st.dates(date(2000, 1, 1), date(2199, 12, 31))


@given(pattern=PATTERNS, first_on=DAYS, count=st.integers(1, LONGEST), skip=st.lists(st.integers(0, 300)))
def test_a_series_has_so_many_days_of_its_weekday_in_order(
    pattern: Weekly | Monthly, first_on: date, count: int, skip: list[int]
) -> None:
    skipped = frozenset(first_on + timedelta(days=n) for n in skip)
    found = days(series(pattern, first_on, count=count, skip=skipped))
    assert len(found) == count
    assert found == sorted(set(found))
    assert {WEEKDAYS[day.weekday()] for day in found} == {pattern.weekday}
    assert found[0] >= first_on
    assert skipped.isdisjoint(found)
    assert days(series(pattern, first_on, until=found[-1], skip=skipped)) == found
    for slot, day in zip(slots(found, time(9, 0), time(15, 30)), found, strict=True):
        assert day_in_england(slot.starts_at) == day
        assert slot.ends_at - slot.starts_at == timedelta(hours=6, minutes=30)
