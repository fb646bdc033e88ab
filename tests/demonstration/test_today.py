"""The day for which the demonstration is made."""

from argparse import ArgumentTypeError
from datetime import date, timedelta

import pytest

from hub_demo import today


def test_a_day_is_read_as_it_is_written() -> None:
    day = today.in_england() - timedelta(days=400)
    assert today.day(day.isoformat()) == day


@pytest.mark.parametrize("text", ["yesterday", "29.11.2026", "2026-02-30", ""])
def test_what_is_no_day_is_said(text: str) -> None:
    with pytest.raises(ArgumentTypeError, match="such as 2026-11-29"):
        today.day(text)


@pytest.mark.parametrize(("years", "accepted"), [(-11, False), (-10, True), (10, True), (11, False)])
def test_a_day_too_far_away_is_said(years: int, accepted: bool) -> None:
    day = date(today.in_england().year + years, 6, 1)
    if accepted:
        assert today.day(day.isoformat()) == day
    else:
        with pytest.raises(ArgumentTypeError, match="too far away"):
            today.day(day.isoformat())
