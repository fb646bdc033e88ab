"""The clock and the calendar where the hub is."""

from datetime import date, datetime
from typing import Final
from zoneinfo import ZoneInfo

ENGLAND: Final = ZoneInfo("Europe/London")


def day_in_england(instant: datetime) -> date:
    """The date of an instant in England."""
    return instant.astimezone(ENGLAND).date()
