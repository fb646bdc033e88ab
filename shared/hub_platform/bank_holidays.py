"""The bank holidays of England, which the rules of hub_kernel and of services take as an argument."""

from datetime import date
from functools import cache
from typing import Final

from holidays.countries.united_kingdom import UnitedKingdom

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2100  # the library calculates none after it


@cache
def bank_holidays() -> frozenset[date]:
    """Return the bank holidays of England from FIRST_YEAR to LAST_YEAR, offline, by the library `holidays`.

    Single holidays, such as that of a coronation, are included as far as the pinned release knows them. In
    other years a weekday is a working day.
    """
    years = range(FIRST_YEAR, LAST_YEAR + 1)
    return frozenset(UnitedKingdom(subdiv="ENG", years=years))  # type: ignore[no-untyped-call]  # half annotated
