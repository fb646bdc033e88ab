"""Academic years, reporting periods and half terms."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from hub_kernel.academic_years import AcademicYear
from hub_kernel.refusals import Refused

AS_AT, NOW = "as_at", "now"  # the day whose facts of schools a report shows
FACTS: Final = (AS_AT, NOW)
HALF_TERM_NAMES: Final = ("Autumn 1", "Autumn 2", "Spring 1", "Spring 2", "Summer 1", "Summer 2")
YEARS: Final = range(1900, 2200)  # first calendar years that are accepted


def parse_year(text: str) -> AcademicYear:
    """Return the academic year written as "2025/26".

    Raises:
        Refused: `unknown_year`.
    """
    try:
        year = AcademicYear.parse(text)
    except ValueError:
        year = None
    if year is None or year.first not in YEARS:
        raise Refused("unknown_year", 'An academic year is written "2025/26".', "/year")
    return year


@dataclass(frozen=True)
class Period:
    """First and last day that a report counts, and the day on which its denominators are read."""

    starts_on: date
    ends_on: date
    as_at: date
    facts_on: date | None = None  # day of the facts of schools; None: as_at

    @property
    def facts_day(self) -> date:
        """Day of the names, authorities, districts, phases and trusts of schools."""
        return self.facts_on or self.as_at

    @property
    def last_counted(self) -> date:
        """The last day of the period up to `as_at`: later facts are not counted."""
        return min(self.ends_on, self.as_at)

    @property
    def years(self) -> tuple[AcademicYear, ...]:
        """Academic years that the period touches."""
        first, last = AcademicYear.of(self.starts_on), AcademicYear.of(self.ends_on)
        return tuple(AcademicYear(year) for year in range(first.first, last.first + 1))

    def month_ends(self) -> list[date]:
        """Return the last day of each month; of the present month, the last day counted."""
        ends, day = [], self.starts_on
        while day <= self.last_counted:
            end = min(last_of_month(day), self.last_counted)
            ends.append(end)
            day = end + timedelta(1)
        return ends


def choose_period(
    starts_on: date | None, ends_on: date | None, as_at: date | None, *, latest: date | None, today: date
) -> Period:
    """Complete a requested period.

    Without dates: the latest academic year with a recorded fact, to its end or today.

    Args:
        starts_on: `from`, where given.
        ends_on: `to`, where given.
        as_at: by default the last day of the period, or today.
        latest: the day of the latest recorded fact.
        today: in England.

    Raises:
        Refused: `period_reversed`, `period_too_long` or `as_at_in_future`.
    """
    if starts_on is None:
        starts_on = AcademicYear.of(ends_on or min(latest or today, today)).starts_on
    if ends_on is None:
        year_end = AcademicYear.of(starts_on).ends_on
        ends_on = min(year_end, today) if starts_on <= today else year_end
    if ends_on < starts_on:
        raise Refused("period_reversed", "The period ends before it starts.", "/to")
    if (ends_on - starts_on).days > 366 * 20:
        raise Refused("period_too_long", "A period has at most twenty years.", "/from")
    if as_at is not None and as_at > today:
        raise Refused(
            "as_at_in_future", f"The day of a report is today at the latest, not {as_at}.", "/as_at"
        )
    return Period(starts_on, ends_on, as_at or min(ends_on, today))


def taken_facts(period: Period) -> str:
    """Return a sentence that names the day of the facts of schools."""
    text = f"Name, authority, district, phase and trust of a school are those of {period.facts_day:%-d %B %Y}"
    if period.facts_on is not None:
        return f"{text}, as they are now; open schools and successors are those of the day of the report."
    return f"{text}, the day of the report, for the whole period."


def last_of_month(day: date) -> date:
    """Return the last day of the month of a day."""
    first_of_next = date(day.year + day.month // 12, day.month % 12 + 1, 1)
    return first_of_next - timedelta(1)


def half_term_name(half_term: str) -> str:
    """Return the name of a half term: "2025-1" is Autumn 1."""
    return HALF_TERM_NAMES[int(half_term.rpartition("-")[2]) - 1]
