"""Which day it is where the hub is."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

ENGLAND: Final = ZoneInfo("Europe/London")


def day_in_england(instant: datetime) -> date:
    """The date of an instant in England."""
    return instant.astimezone(ENGLAND).date()


def spoken_day(on: date) -> str:
    """Wednesday 8 October 2025."""
    return f"{on:%A} {on.day} {on:%B %Y}"


def spoken_time(instant: datetime) -> str:
    """13:30, as on the wall in England."""
    return f"{instant.astimezone(ENGLAND):%H:%M}"
