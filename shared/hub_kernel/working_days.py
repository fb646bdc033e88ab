"""Working days: Monday to Friday without bank holidays, which each caller passes as a set."""

from datetime import date, timedelta
from typing import Final, TypeAlias

BankHolidays: TypeAlias = frozenset[date]  # of every year in which the days to decide on may be

SATURDAY: Final = 5  # as date.weekday() counts
_ONE_DAY: Final = timedelta(days=1)


def is_weekday(day: date) -> bool:
    """Return whether a day is one of Monday to Friday."""
    return day.weekday() < SATURDAY


def is_working_day(day: date, bank_holidays: BankHolidays) -> bool:
    """Return whether a day is a weekday and not a bank holiday."""
    return day_off(day, bank_holidays) is None


def day_off(day: date, bank_holidays: BankHolidays) -> str | None:
    """Return `weekend`, `bank_holiday` or, on a working day, None."""
    if not is_weekday(day):
        return "weekend"
    return "bank_holiday" if day in bank_holidays else None


def working_days_after(day: date, count: int, bank_holidays: BankHolidays) -> date:
    """Return the date `count` working days after `day`; `day` itself when `count` is 0."""
    for _ in range(count):
        day = next_working_day(day, bank_holidays)
    return day


def next_working_day(day: date, bank_holidays: BankHolidays) -> date:
    """Return the first working day after `day`."""
    return working_day_from(day + _ONE_DAY, bank_holidays)


def working_day_from(day: date, bank_holidays: BankHolidays) -> date:
    """Return `day` when it is a working day, otherwise the next one."""
    while not is_working_day(day, bank_holidays):
        day += _ONE_DAY
    return day
