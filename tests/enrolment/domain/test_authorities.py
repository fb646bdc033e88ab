"""Authority, district and phase of a school in time."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_enrolment.domain.authorities import Placement, change_placement

DAY = timedelta(days=1)
FIRST, RECODED = date(2025, 3, 1), date(2028, 4, 1)


def placed(la_code: str, starts_on: date, ends_on: date | None = None) -> Placement:
    return Placement(
        la_code=la_code, la_name=f"LA {la_code}", district_code=None, district_name=None, phase="primary",
        starts_on=starts_on, ends_on=ends_on,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("history", "present", "expected"),
    [
        ([], placed("873", FIRST), [placed("873", FIRST)]),
        ([placed("873", FIRST)], placed("873", RECODED), [placed("873", FIRST)]),
        (
            [placed("873", FIRST)],
            placed("940", RECODED),
            [placed("873", FIRST, RECODED - DAY), placed("940", RECODED)],
        ),
        ([placed("873", FIRST)], placed("940", FIRST), [placed("940", FIRST)]),  # the same day: a correction
        ([placed("873", RECODED)], placed("940", FIRST), [placed("940", RECODED)]),  # an older file
        (
            [placed("873", FIRST, RECODED - DAY), placed("940", RECODED)],
            placed("873", RECODED),
            [placed("873", FIRST)],  # the recoding was a mistake of that day
        ),
    ],
)
def test_a_placement_lasts_until_the_day_before_the_next(
    history: list[Placement], present: Placement, expected: list[Placement]
) -> None:
    assert change_placement(history, present) == expected


DAYS = st.dates(date(2025, 1, 1), date(2025, 1, 9))


@given(st.lists(st.tuples(st.sampled_from(["873", "940", "926"]), DAYS), min_size=1))
def test_placements_follow_each_other_without_a_gap_and_the_last_is_what_was_said_last(
    said: list[tuple[str, date]],
) -> None:
    history: list[Placement] = []
    for la_code, on in said:
        history = change_placement(history, placed(la_code, on))
    assert history[-1].la_code == said[-1][0]
    assert history[-1].ends_on is None
    for one, following in pairwise(history):
        assert one.ends_on == following.starts_on - DAY
        assert one.starts_on <= one.ends_on
        assert one.la_code != following.la_code
