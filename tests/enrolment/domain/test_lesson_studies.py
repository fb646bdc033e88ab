"""Lesson studies: the order of their steps, and what is only warned of."""

from datetime import date, datetime, timedelta

import pytest
from tests.enrolment.factories import MEETS

from hub_enrolment.domain.lesson_studies import review, teach, term
from hub_kernel.refusals import Refused

INSTANT, DAY = timedelta(microseconds=1), timedelta(days=1)


@pytest.mark.parametrize(
    ("now", "code"), [(MEETS - INSTANT, "lesson_to_come"), (MEETS, None), (MEETS + INSTANT, None)]
)
def test_a_lesson_has_been_taught_once_it_has_begun(now: datetime, code: str | None) -> None:
    if code is None:
        assert teach("planned", lesson_at=MEETS, now=now)
    else:
        with pytest.raises(Refused, match=code):
            teach("planned", lesson_at=MEETS, now=now)


def test_steps_come_in_their_order() -> None:
    with pytest.raises(Refused, match="not_taught"):
        review("planned", None, "A note.")
    with pytest.raises(Refused, match="already_reviewed"):
        teach("reviewed", lesson_at=MEETS, now=MEETS)


@pytest.mark.parametrize(
    ("day", "number"),
    [
        (date(2025, 12, 31), 3), (date(2026, 1, 1), 1), (date(2026, 3, 31), 1), (date(2026, 4, 1), 2),
        (date(2026, 8, 31), 2), (date(2026, 9, 1), 3),
    ],
)  # fmt: skip
def test_terms(day: date, number: int) -> None:
    assert term(day) == (day.year, number)
