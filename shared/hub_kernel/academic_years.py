"""Academic years: from 1 September to 31 August."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Self

FIRST_MONTH: Final = 9
_WRITTEN: Final = re.compile(r"([0-9]{4})/([0-9]{2})")


@dataclass(frozen=True, order=True)
class AcademicYear:
    """An academic year, from 1 September of `first` to 31 August of the next calendar year."""

    first: int  # the calendar year in which it starts

    @classmethod
    def of(cls, day: date) -> Self:
        """Return the academic year of a day."""
        return cls(day.year if day.month >= FIRST_MONTH else day.year - 1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Return the academic year written as "2025/26".

        Raises:
            ValueError: the text has another form, or the second year does not follow the first.
        """
        match = _WRITTEN.fullmatch(text)
        if match is None or (int(match[1]) + 1) % 100 != int(match[2]):
            raise ValueError("An academic year is written like 2025/26.")
        return cls(int(match[1]))

    @property
    def starts_on(self) -> date:
        """The first day, 1 September."""
        return date(self.first, FIRST_MONTH, 1)

    @property
    def ends_on(self) -> date:
        """The last day, 31 August."""
        return date(self.first + 1, FIRST_MONTH - 1, 31)

    def __str__(self) -> str:
        return f"{self.first}/{(self.first + 1) % 100:02}"


def academic_year_of(day: date) -> str:
    """Return the academic year of a day: "2025/26" from 1 September 2025 to 31 August 2026."""
    return str(AcademicYear.of(day))
