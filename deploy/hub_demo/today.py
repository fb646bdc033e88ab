"""The day for which the demonstration is made: the present day in England, or the one of `--today`."""

import argparse
from datetime import date
from typing import Final

from hub_kernel.england import day_in_england
from hub_platform.clocks import real_now

YEARS: Final = 10  # the largest distance of that day from the present year


def in_england() -> date:
    """Return the date in England by the clock of this machine."""
    return day_in_england(real_now())


def day(text: str) -> date:
    """Parse the value of `--today`.

    Raises:
        ArgumentTypeError: it is not a date, or too far away.
    """
    try:
        read = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a date. Write year, month and day, such as 2026-11-29."
        ) from None
    now = in_england()
    if abs(read.year - now.year) > YEARS:
        raise argparse.ArgumentTypeError(
            f"{text} is too far away: the demonstration is made for a day between {now.year - YEARS} and "
            f"{now.year + YEARS}."
        )
    return read
