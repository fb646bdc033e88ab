"""Working days in England: Monday to Friday without bank holidays."""

from datetime import date, timedelta
from functools import cache
from typing import Final

SATURDAY: Final = 5  # as date.weekday() counts
_ONE_DAY: Final = timedelta(days=1)


def is_weekday(day: date) -> bool:
    """Return whether a day is one of Monday to Friday."""
    return day.weekday() < SATURDAY


def is_working_day(day: date) -> bool:
    """Return whether a day is a weekday and not a bank holiday."""
    return day_off(day) is None


def day_off(day: date) -> str | None:
    """Return `weekend`, `bank_holiday` or, on a working day, None."""
    if not is_weekday(day):
        return "weekend"
    return "bank_holiday" if day in bank_holidays(day.year) else None


def working_days_after(day: date, count: int) -> date:
    """Return the date `count` working days after `day`; `day` itself when `count` is 0."""
    for _ in range(count):
        day = next_working_day(day)
    return day


def next_working_day(day: date) -> date:
    """Return the first working day after `day`."""
    return working_day_from(day + _ONE_DAY)


def working_day_from(day: date) -> date:
    """Return `day` when it is a working day, otherwise the next one."""
    while not is_working_day(day):
        day += _ONE_DAY
    return day


@cache
def bank_holidays(year: int) -> frozenset[date]:
    """Return the bank holidays of England in a calendar year.

    By the Banking and Financial Dealings Act 1971, schedule 1, and the yearly proclamations since 1978 as
    gov.uk/bank-holidays lists them; single holidays, such as for a coronation, are not included.
    """
    easter = _easter(year)
    moved = {_from_monday_on(date(year, 1, 1))}
    christmas = _from_monday_on(date(year, 12, 25))
    boxing = _from_monday_on(date(year, 12, 26))
    # When Christmas Day moves to the day to which Boxing Day would move, Boxing Day moves one day further.
    moved |= {christmas, boxing if boxing != christmas else boxing + timedelta(days=1)}
    mondays = {_monday_on_or_before(date(year, *last)) for last in ((5, 7), (5, 31), (8, 31))}
    return frozenset(moved | mondays | {easter - timedelta(days=2), easter + timedelta(days=1)})


def _monday_on_or_before(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _from_monday_on(day: date) -> date:
    """Return the day itself, or the Monday after a weekend."""
    return day + timedelta(days=max(0, 7 - day.weekday()) if day.weekday() >= SATURDAY else 0)


def _easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (algorithm of Nature, 20 April 1876, from Meeus)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    weekday = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 19 * weekday) // 433
    month = (h + weekday - 7 * m + 90) // 25
    return date(year, month, (h + weekday - 7 * m + 33 * month + 19) % 32)
