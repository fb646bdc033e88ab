"""Offers of places: how long one stands, and how its end is told."""

from datetime import date, datetime, time, timedelta
from typing import Final

from hub_kernel.england import day_in_england, instant_in_england
from hub_kernel.working_days import working_days_after

WORKING_DAYS: Final = 5  # an offer stands, counted from the day on which the e-mail is sent


def ends_at(expires_at: datetime, *, sent_at: datetime) -> datetime:
    """When an offer ends whose e-mail is sent at an instant: never before the fifth working day has ended."""
    last = working_days_after(day_in_england(sent_at), WORKING_DAYS)
    return max(expires_at, instant_in_england(last + timedelta(days=1), time()))


def last_day(expires_at: datetime) -> date:
    """The last day, in England, on which an offer that ends at an instant (aware UTC) can be answered.

    Offers end as a day ends, and then the instant belongs to the day after.
    """
    return day_in_england(expires_at - timedelta.resolution)


def is_last_day(expires_at: datetime, now: datetime) -> bool:
    """Whether an offer can be answered today, in England, and no later."""
    return expires_at > now and last_day(expires_at) == day_in_england(now)
