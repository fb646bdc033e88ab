"""Which day it is where the hub is, and on which days schools are shut anyway."""

from datetime import date, datetime, time, timedelta
from functools import cache
from typing import Final
from zoneinfo import ZoneInfo

ENGLAND: Final = ZoneInfo("Europe/London")
SATURDAY: Final = 5  # as date.weekday() counts


def day_in_england(instant: datetime) -> date:
    """The date of an instant in England."""
    return instant.astimezone(ENGLAND).date()


def spoken_day(on: date) -> str:
    """Wednesday 8 October 2025."""
    return f"{on:%A} {spoken_date(on)}"


def spoken_date(on: date) -> str:
    """8 October 2025."""
    return f"{on.day} {on:%B %Y}"


def spoken_time(instant: datetime) -> str:
    """13:30, as on the wall in England."""
    return f"{instant.astimezone(ENGLAND):%H:%M}"


def instant_in_england(day: date, clock: time) -> datetime:
    """The instant, in UTC, at which clocks in England show a time on a day.

    Of an hour that comes twice, on the last Sunday of October, the first one.
    """
    return datetime.combine(day, clock, ENGLAND).astimezone(ZoneInfo("UTC"))


def day_off(day: date) -> str | None:
    """`weekend`, `bank_holiday` or, on a day on which people work, None."""
    if day.weekday() >= SATURDAY:
        return "weekend"
    return "bank_holiday" if day in bank_holidays(day.year) else None


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """The bank holidays of England in a year.

    By the Banking and Financial Dealings Act 1971, schedule 1, and the yearly proclamations since 1978 as
    gov.uk/bank-holidays lists them; holidays given once, such as for a coronation, are not known here.
    """
    easter = _easter(year)
    moved = {_from_monday_on(date(year, 1, 1))}
    christmas = _from_monday_on(date(year, 12, 25))
    boxing = _from_monday_on(date(year, 12, 26))
    # When Christmas Day is moved to where the day after it would go, that one goes a day further.
    moved |= {christmas, boxing if boxing != christmas else boxing + timedelta(days=1)}
    mondays = {_monday_on_or_before(date(year, *last)) for last in ((5, 7), (5, 31), (8, 31))}
    return frozenset(moved | mondays | {easter - timedelta(days=2), easter + timedelta(days=1)})


def _monday_on_or_before(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _from_monday_on(day: date) -> date:
    """The day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= SATURDAY else 0)


def _easter(year: int) -> date:
    """Easter Sunday by the Gregorian calendar: the algorithm of Nature, 20 April 1876, as Meeus gives it."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * weekday) // 433
    month = (h + weekday - 7 * m + 90) // 25
    return date(year, month, (h + weekday - 7 * m + 33 * month + 19) % 32)
