"""The day for which the demonstration is made: the one on which it is started, or another one."""

import argparse
from datetime import date
from typing import Final

from hub_kernel.england import day_in_england
from hub_platform.clocks import real_now

YEARS: Final = 10  # a demonstration is made for no day farther away


def in_england() -> date:
    """The date in England, by the clock of this machine."""
    return day_in_england(real_now())


def day(text: str) -> date:
    """Read a day that somebody has typed.

    Raises:
        ArgumentTypeError: it is no day, or too far away.
    """
    try:
        read = date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no day. Write it as year, month and day, such as 2026-11-29."
        ) from None
    now = in_england()
    if abs(read.year - now.year) > YEARS:
        raise argparse.ArgumentTypeError(
            f"{text} is too far away: the demonstration is made for a day between {now.year - YEARS} and "
            f"{now.year + YEARS}."
        )
    return read
