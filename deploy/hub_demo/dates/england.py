"""England's local time, and instants moved to working days."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from hub_kernel.england import ENGLAND, instant_in_england
from hub_kernel.working_days import is_working_day
from hub_platform.bank_holidays import bank_holidays

DAY: Final = timedelta(days=1)


def moment(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """Return a local time in England as an instant in UTC."""
    return instant_in_england(day, time(hour, minute, second))


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - day.weekday() * DAY


def working_time_before(instant: datetime) -> datetime:
    """Return the instant, moved to the working day before if its day is none, at the same local time."""
    return _moved(instant, -DAY)


def working_time_after(instant: datetime) -> datetime:
    """Return the instant, moved to the next working day if its day is none, at the same local time."""
    return _moved(instant, DAY)


def _moved(instant: datetime, step: timedelta) -> datetime:
    local = instant.astimezone(ENGLAND)
    while not is_working_day(local.date(), bank_holidays()):
        local += step  # the local time stays when the clocks change between the two days
    return local.astimezone(UTC)
