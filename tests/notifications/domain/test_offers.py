"""How long an offer stands, and the day that is told as its last: rules alone."""

from datetime import UTC, date, datetime, timedelta

import pytest

from hub_notifications.domain import waiting_list as rules

ENDS = datetime(2026, 9, 14, 23, 0, tzinfo=UTC)  # midnight in England, in summer
INSTANT = timedelta.resolution


@pytest.mark.parametrize(
    ("expires_at", "last"),
    [
        (ENDS, date(2026, 9, 14)),
        (ENDS - INSTANT, date(2026, 9, 14)),
        (ENDS + INSTANT, date(2026, 9, 15)),
        (datetime(2026, 12, 1, 0, 0, tzinfo=UTC), date(2026, 11, 30)),  # midnight in winter
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), date(2026, 10, 25)),  # the clocks have gone back
        (datetime(2026, 10, 26, 0, 0, tzinfo=UTC), date(2026, 10, 25)),
        (datetime(2027, 1, 1, 0, 0, tzinfo=UTC), date(2026, 12, 31)),
    ],
)
def test_the_last_day_is_the_one_at_whose_end_in_england_an_offer_ends(
    expires_at: datetime, last: date
) -> None:
    assert rules.last_day(expires_at) == last


@pytest.mark.parametrize(("at", "stands"), [(ENDS - INSTANT, True), (ENDS, False), (ENDS + INSTANT, False)])
def test_an_answer_at_the_end_of_an_offer_is_late(at: datetime, stands: bool) -> None:
    assert rules.stands(ENDS, at) is stands
