"""How long before a session an apology was received."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.enrolment.factories import MEETS

from hub_enrolment.domain.attendance import notice_hours

INSTANT = timedelta(microseconds=1)


DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("before", "hours"),
    [
        (timedelta(hours=168), 168),
        (timedelta(hours=168) - INSTANT, 167),
        (timedelta(hours=1), 1),
        (timedelta(hours=1) - INSTANT, 0),
        (timedelta(0), 0),
        (-timedelta(hours=2), 0),
    ],
)
def test_notice_is_counted_in_whole_hours(before: timedelta, hours: int) -> None:
    assert notice_hours(MEETS - before, starts_at=MEETS) == hours


@given(st.timedeltas(-DAY, 60 * DAY))
def test_notice_is_never_more_than_the_time_there_was(before: timedelta) -> None:
    hours = notice_hours(MEETS - before, starts_at=MEETS)
    assert hours >= 0
    assert timedelta(hours=hours) <= max(before, timedelta(0)) < timedelta(hours=hours + 1)
