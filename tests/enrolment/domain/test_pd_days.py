"""PD days and conferences: who has a place, and whose school counts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_enrolment.domain.pd_days import Employment, check_time, closes_at, school_on
from hub_kernel.refusals import Refused

ON = date(2025, 10, 8)


BEGINS = datetime(2025, 10, 7, 23, 0, tzinfo=UTC)  # midnight in England, in summer


INSTANT, DAY = timedelta(microseconds=1), timedelta(days=1)


def test_registration_closes_by_the_day() -> None:
    assert closes_at(ON, None) == BEGINS
    assert closes_at(ON, BEGINS + DAY) == BEGINS + DAY
    with pytest.raises(Refused, match="closes_after_day"):
        closes_at(ON, BEGINS + DAY + INSTANT)


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (BEGINS - INSTANT, "register_too_early"),
        (BEGINS, None),
        (BEGINS + 7 * DAY - INSTANT, None),
        (BEGINS + 7 * DAY, "register_locked"),
    ],
)
def test_a_register_is_open_for_seven_days(now: datetime, code: str | None) -> None:
    if code is None:
        check_time("open", on=ON, now=now)
    else:
        with pytest.raises(Refused, match=code):
            check_time("open", on=ON, now=now)


def job(urn: str, starts_on: date, ends_on: date | None = None) -> Employment:
    return Employment(urn=urn, starts_on=starts_on, ends_on=ends_on)


@pytest.mark.parametrize(
    ("jobs", "urn"),
    [
        ([job("1", ON - 9 * DAY, ON), job("2", ON + DAY)], "1"),
        ([job("1", ON - 9 * DAY, ON - DAY), job("2", ON)], "2"),
        ([job("1", ON - 9 * DAY), job("2", ON - DAY)], "2"),
        ([job("1", ON + DAY), job("2", ON + 2 * DAY)], "1"),
        ([job("1", ON - 9 * DAY, ON - 5 * DAY), job("2", ON + DAY)], "2"),
        ([job("1", ON - 9 * DAY, ON - 5 * DAY)], "1"),
    ],
)
def test_the_school_of_that_day_counts(jobs: list[Employment], urn: str) -> None:
    assert school_on(jobs, ON) == urn
    assert school_on(jobs[::-1], ON) == urn


@given(st.lists(st.integers(-50, 50), min_size=1, max_size=5, unique=True))
def test_there_is_always_a_school(starts: list[int]) -> None:
    jobs = [job(str(n), ON + n * DAY) for n in starts]
    begun = [n for n in starts if n <= 0]
    assert school_on(jobs, ON) == str(max(begun) if begun else min(starts))
