"""The clock in England, and dates and times in the words of a school office."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ENGLAND: Final = ZoneInfo("Europe/London")


def day_in_england(instant: datetime) -> date:
    """Return the date in England at an instant (aware)."""
    try:
        return instant.astimezone(ENGLAND).date()
    except OverflowError:  # in the first minute or the last hour that there is
        return instant.date()


def instant_in_england(day: date, clock: time) -> datetime:
    """Return the instant, in UTC, at which clocks in England show a time on a day.

    Of a time that occurs twice, on the last Sunday of October, this is the first. For a time that is skipped,
    on the last Sunday of March, it is an hour later: for 01:30 the instant at which clocks show 02:30.
    """
    return datetime.combine(day, clock, ENGLAND).astimezone(UTC)


def start_of_day(day: date) -> datetime:
    """Return the instant, in UTC, at which a day begins in England."""
    return instant_in_england(day, time.min)


def end_of_day(day: date) -> datetime:
    """Return the instant, in UTC, at which the day after a day begins in England."""
    return start_of_day(day + timedelta(days=1))


def spoken_day(on: date) -> str:
    """Return a day with its weekday, such as Wednesday 8 October 2025."""
    return f"{on:%A} {spoken_date(on)}"


def spoken_date(on: date) -> str:
    """Return a day such as 8 October 2025."""
    return f"{on.day} {on:%B %Y}"


def spoken_time(instant: datetime) -> str:
    """13:30, the time in England at an instant (aware)."""
    return f"{instant.astimezone(ENGLAND):%H:%M}"


def spoken_instant(instant: datetime) -> str:
    """8 October 2025 at 13:30, the day and time in England at an instant (aware)."""
    return f"{spoken_date(day_in_england(instant))} at {spoken_time(instant)}"
