"""The clock of England, and times moved to working days."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from hub_kernel.england import ENGLAND, instant_in_england
from hub_kernel.working_days import is_working_day

DAY: Final = timedelta(days=1)


def moment(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A time on the wall in England, as an instant in UTC."""
    return instant_in_england(day, time(hour, minute, second))


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - day.weekday() * DAY


def working_time_before(instant: datetime) -> datetime:
    """The same time on the wall on that day or, when it is no working day, on the one before."""
    return _moved(instant, -DAY)


def working_time_after(instant: datetime) -> datetime:
    """The same time on the wall on that day or, when it is no working day, on the next one."""
    return _moved(instant, DAY)


def _moved(instant: datetime, step: timedelta) -> datetime:
    local = instant.astimezone(ENGLAND)
    while not is_working_day(local.date()):
        local += step  # the time on the wall stays, whatever the clocks do between the two days
    return local.astimezone(UTC)
