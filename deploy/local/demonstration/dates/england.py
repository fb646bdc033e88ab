"""The clock and the working days of England."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from hub_enrolment.domain.calendar import bank_holidays

ENGLAND: Final = ZoneInfo("Europe/London")
DAY: Final = timedelta(days=1)
SATURDAY: Final = 5  # as date.weekday() counts


def moment(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A time on the wall in England, as an instant in UTC."""
    return datetime.combine(day, time(hour, minute, second), ENGLAND).astimezone(UTC)


def day_of(instant: datetime) -> date:
    """The date in England of an instant."""
    return instant.astimezone(ENGLAND).date()


def monday_of(day: date) -> date:
    """The Monday of a day's week."""
    return day - day.weekday() * DAY


def is_weekday(day: date) -> bool:
    """Monday to Friday."""
    return day.weekday() < SATURDAY


def is_working_day(day: date) -> bool:
    """Monday to Friday, bank holidays excepted."""
    return is_weekday(day) and day not in bank_holidays(day.year)


def working_time_before(instant: datetime) -> datetime:
    """The same time on the wall on that day or, when it is no working day, on the one before."""
    return _moved(instant, -DAY)


def working_time_after(instant: datetime) -> datetime:
    """The same time on the wall on that day or, when it is no working day, on the next one."""
    return _moved(instant, DAY)


def weekdays_after(day: date, count: int) -> date:
    """The date `count` weekdays after `day`, as visits counts them: bank holidays are not left out."""
    while count > 0:
        day += DAY
        count -= is_weekday(day)
    return day


def working_days_from(day: date) -> date:
    """The day itself, or the next working day."""
    while not is_working_day(day):
        day += DAY
    return day


def _moved(instant: datetime, step: timedelta) -> datetime:
    local = instant.astimezone(ENGLAND)
    while not is_working_day(local.date()):
        local += step  # the time on the wall stays, whatever the clocks do between the two days
    return local.astimezone(UTC)
