"""The validity of an offer, and the last day that its e-mail names."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_notifications.domain import waiting_list as rules
from hub_platform.bank_holidays import bank_holidays

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
def test_last_day_ends_in_england_when_the_offer_expires(expires_at: datetime, last: date) -> None:
    assert rules.last_day(expires_at) == last


@pytest.mark.parametrize(
    ("at", "is_last"),
    [
        (datetime(2026, 9, 13, 23, 0, tzinfo=UTC) - INSTANT, False),
        (datetime(2026, 9, 13, 23, 0, tzinfo=UTC), True),
        (ENDS - INSTANT, True),
        (ENDS, False),
        (ENDS + INSTANT, False),
    ],
)
def test_the_last_day_lasts_from_midnight_in_england_until_the_offer_ends(
    at: datetime, is_last: bool
) -> None:
    assert rules.is_last_day(ENDS, at) is is_last


MONDAY = datetime(2026, 9, 7, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("sent_at", "ends"),
    [
        (MONDAY, datetime(2026, 9, 14, 23, 0, tzinfo=UTC)),
        (MONDAY + timedelta(days=4), datetime(2026, 9, 18, 23, 0, tzinfo=UTC)),  # sent on Friday
        (datetime(2026, 9, 7, 22, 59, tzinfo=UTC), datetime(2026, 9, 14, 23, 0, tzinfo=UTC)),
        (datetime(2026, 9, 7, 23, 0, tzinfo=UTC), datetime(2026, 9, 15, 23, 0, tzinfo=UTC)),  # Tuesday begins
        (datetime(2026, 12, 23, 9, 0, tzinfo=UTC), datetime(2027, 1, 5, 0, 0, tzinfo=UTC)),  # Christmas
    ],
)
def test_offer_is_valid_for_five_working_days_after_its_e_mail(sent_at: datetime, ends: datetime) -> None:
    assert rules.ends_at(sent_at, sent_at=sent_at, bank_holidays=bank_holidays()) == ends


@given(st.integers(0, 700 * 24 * 60), st.integers(0, 40))
def test_offer_never_expires_before_its_published_day(minutes: int, days: int) -> None:
    sent_at = MONDAY + timedelta(minutes=minutes)
    expires_at = sent_at + timedelta(days=days)
    ends = rules.ends_at(expires_at, sent_at=sent_at, bank_holidays=bank_holidays())
    assert ends >= expires_at
    assert ends - sent_at > timedelta(days=5)
