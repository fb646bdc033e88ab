"""The bank holidays of England, which the rules of hub_kernel and of services take as an argument.

`python -m tests.support.bank_holidays` writes their dates with the library `holidays`; a test compares them.
The library itself would cost each service 10 MiB and half a second of its start.
"""

from datetime import date
from functools import cache
from pathlib import Path
from typing import Final

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100  # the library calculates none after it
DATES: Final = Path(__file__).with_name("bank_holidays.txt")  # one ISO date a line


@cache
def bank_holidays() -> frozenset[date]:
    """Return the bank holidays of England from FIRST_YEAR to LAST_YEAR.

    Single holidays, such as that of a coronation, are included as far as the pinned release of the library
    knows them. In other years a weekday is a working day.
    """
    return frozenset(map(date.fromisoformat, DATES.read_text("ascii").split()))
