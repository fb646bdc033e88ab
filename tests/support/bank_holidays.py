"""Write the dates of England's bank holidays, as the pinned library `holidays` calculates them.

python -m tests.support.bank_holidays
"""

from holidays.countries.united_kingdom import UnitedKingdom

from hub_platform.bank_holidays import DATES, FIRST_YEAR, LAST_YEAR


def calculated() -> str:
    """Return the content of the file: one ISO date a line, in order."""
    found = UnitedKingdom(subdiv="ENG", years=range(FIRST_YEAR, LAST_YEAR + 1))  # type: ignore[no-untyped-call]
    return "".join(f"{day.isoformat()}\n" for day in sorted(found))


if __name__ == "__main__":
    DATES.write_text(calculated(), "ascii")
