"""Offers of places to teachers on a waiting list: how long each is valid."""

from datetime import date, datetime, time, timedelta
from typing import Final

from hub_kernel.england import day_in_england, instant_in_england
from hub_kernel.working_days import BankHolidays, working_days_after

WORKING_DAYS: Final = 5  # validity of an offer, counted from the day on which its e-mail is sent


def ends_at(expires_at: datetime, *, sent_at: datetime, bank_holidays: BankHolidays) -> datetime:
    """Return when an offer expires: at `expires_at`, or WORKING_DAYS after its e-mail if that is later."""
    last = working_days_after(day_in_england(sent_at), WORKING_DAYS, bank_holidays)
    return max(expires_at, instant_in_england(last + timedelta(days=1), time()))


def last_day(expires_at: datetime) -> date:
    """Return the last day, in England, on which an offer that expires at an instant (aware) can be accepted.

    An offer expires at midnight, an instant that belongs to the following day.
    """
    return day_in_england(expires_at - timedelta.resolution)


def is_last_day(expires_at: datetime, now: datetime) -> bool:
    """Return whether today, in England, is the last day on which the offer can be accepted."""
    return expires_at > now and last_day(expires_at) == day_in_england(now)
