"""The school year of the demonstration.

The dates are the demonstration's own: six half terms such as Cambridgeshire's, in the academic year 2025/26.
One trust has a longer autumn holiday, as academies may set their own dates.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

ACADEMIC_YEAR: Final = "2025/26"
ENGLAND: Final = ZoneInfo("Europe/London")


@dataclass(frozen=True)
class HalfTerm:
    """Half of a term, first and last day included."""

    n: int
    name: str
    starts_on: date
    ends_on: date
    closed: tuple[date, ...] = ()  # training days and bank holidays

    @property
    def id(self) -> str:
        """As the services name it."""
        return f"2025-{self.n}"

    def school_days(self) -> list[date]:
        """The days with pupils in school."""
        every = (self.starts_on + timedelta(n) for n in range((self.ends_on - self.starts_on).days + 1))
        return [day for day in every if day.weekday() < 5 and day not in self.closed]

    def covers(self, day: date) -> bool:
        """Whether a day falls in it."""
        return self.starts_on <= day <= self.ends_on


HALF_TERMS: Final = (
    HalfTerm(1, "Autumn 1", date(2025, 9, 3), date(2025, 10, 24), (date(2025, 9, 3),)),
    HalfTerm(2, "Autumn 2", date(2025, 11, 3), date(2025, 12, 19), (date(2025, 11, 28),)),
    HalfTerm(3, "Spring 1", date(2026, 1, 5), date(2026, 2, 13), (date(2026, 1, 5),)),
    HalfTerm(4, "Spring 2", date(2026, 2, 23), date(2026, 3, 27)),
    HalfTerm(5, "Summer 1", date(2026, 4, 13), date(2026, 5, 22), (date(2026, 5, 4),)),
    HalfTerm(6, "Summer 2", date(2026, 6, 1), date(2026, 7, 21), (date(2026, 7, 20), date(2026, 7, 21))),
)
# The trust's autumn half terms; the others are as above.
LONG_HOLIDAY: Final = (
    HalfTerm(1, "Autumn 1", date(2025, 9, 3), date(2025, 10, 17), (date(2025, 9, 3),)),
    HalfTerm(2, "Autumn 2", date(2025, 11, 3), date(2025, 12, 19)),
    *HALF_TERMS[2:],
)


def half_term_on(day: date, half_terms: Iterable[HalfTerm] = HALF_TERMS) -> HalfTerm | None:
    """The half term that a day falls in; none in the holidays."""
    return next((each for each in half_terms if each.covers(day)), None)


def calendar_body(half_terms: Sequence[HalfTerm]) -> dict[str, object]:
    """A calendar as visits takes it."""
    return {
        "academic_year": ACADEMIC_YEAR,
        "half_terms": [
            {
                "n": each.n,
                "starts_on": each.starts_on.isoformat(),
                "ends_on": each.ends_on.isoformat(),
                "non_school_days": [day.isoformat() for day in each.closed],
            }
            for each in half_terms
        ],
    }


def moment(day: date, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A time on the wall in England, as an instant in UTC."""
    return datetime.combine(day, time(hour, minute, second), ENGLAND).astimezone(UTC)


def working_days_after(day: date, count: int) -> date:
    """The date `count` weekdays after `day`."""
    while count > 0:
        day += timedelta(1)
        count -= day.weekday() < 5
    return day
