"""Academic years and their half terms, for any year, as an authority such as Cambridgeshire sets them.

The rule is our own, derived from published dates: of an academy near Linton for 2023/24 (lvc.org/term-dates,
"set from Cambridgeshire's LA term dates"), of nurseries next to schools in Cottenham and Dry Drayton for
2024/25 (ladybirdscottenham.co.uk/term-dates, littleowl-drydrayton.co.uk/term-dates-2), and of
Cambridgeshire's consultation on 2026/27 (cambridgeshire.gov.uk). Real schools differ from it by a few days.

- autumn: from the first Wednesday of September to the Friday on or before 22 December; half term is the week
  of the fourth Monday of October
- spring: from the first working day on or after the Monday that follows New Year's Day; half term is the week
  of the third Monday of February
- Easter: two weeks, and adjacent bank holidays. They begin with the Monday before Good Friday; with
  Easter Monday when Good Friday falls in March; two weeks before Easter Monday when Easter is after 14 April
- summer: to the Tuesday of 18 to 24 July; half term is the week of the late May bank holiday
- five training days: the first day of autumn and of spring, the last Friday of November, the last two days
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Final

from hub_demo.dates.england import DAY
from hub_kernel.working_days import is_weekday, working_day_from
from hub_platform.bank_holidays import bank_holidays

NAMES: Final = ("Autumn 1", "Autumn 2", "Spring 1", "Spring 2", "Summer 1", "Summer 2")
MONDAY, TUESDAY, WEDNESDAY, THURSDAY, FRIDAY = range(5)
WEEK: Final = timedelta(weeks=1)
LATE_EASTER: Final = (4, 14)  # month and day; an Easter Sunday after it is late


@dataclass(frozen=True)
class HalfTerm:
    """Half of a term, first and last day included."""

    first_year: int  # the calendar year in which its academic year begins
    n: int  # 1 to 6
    starts_on: date
    ends_on: date
    closed: tuple[date, ...] = ()  # training days and bank holidays

    @property
    def id(self) -> str:
        """Id in the services' interfaces, such as 2025-1."""
        return f"{self.first_year}-{self.n}"

    @property
    def name(self) -> str:
        """Name that schools use, such as Autumn 1."""
        return NAMES[self.n - 1]

    def school_days(self) -> list[date]:
        """Days with pupils in school."""
        every = (self.starts_on + timedelta(n) for n in range((self.ends_on - self.starts_on).days + 1))
        return [day for day in every if is_weekday(day) and day not in self.closed]

    def covers(self, day: date) -> bool:
        """Return whether a day is in this half term."""
        return self.starts_on <= day <= self.ends_on

    def day(self, week: int, weekday: int) -> date:
        """Return a weekday (Monday is 0) of a week (from 1); the first week is the one in which it starts."""
        return self.starts_on - self.starts_on.weekday() * DAY + (week - 1) * WEEK + weekday * DAY


@dataclass(frozen=True, order=True)
class SchoolYear:
    """An academic year, from 1 September to 31 August."""

    first: int  # the calendar year in which it begins

    @classmethod
    def of(cls, day: date) -> "SchoolYear":
        """The academic year of a day."""
        return cls(day.year if day.month >= 9 else day.year - 1)

    @property
    def name(self) -> str:
        """Name such as 2025/26."""
        return f"{self.first}/{(self.first + 1) % 100:02}"

    @property
    def starts_on(self) -> date:
        """First day, 1 September."""
        return date(self.first, 9, 1)

    @property
    def ends_on(self) -> date:
        """Last day, 31 August."""
        return date(self.first + 1, 8, 31)

    @property
    def before(self) -> "SchoolYear":
        """The academic year before this one."""
        return SchoolYear(self.first - 1)

    @property
    def after(self) -> "SchoolYear":
        """The academic year after this one."""
        return SchoolYear(self.first + 1)

    @property
    def half_terms(self) -> tuple[HalfTerm, ...]:
        """The six half terms of the authority's schools."""
        return _half_terms(self.first)

    @property
    def half_terms_of_the_trust(self) -> tuple[HalfTerm, ...]:
        """The half terms of one trust, which has one week more of holidays in October, as academies may.

        Its other dates are those of the authority, except for the training day in November.
        """
        first, second, *others = self.half_terms
        return (
            HalfTerm(self.first, 1, first.starts_on, first.ends_on - WEEK, first.closed),
            HalfTerm(self.first, 2, second.starts_on, second.ends_on),
            *others,
        )

    def half_term(self, n: int) -> HalfTerm:
        """Return a half term by its number, from 1 to 6."""
        return self.half_terms[n - 1]

    @property
    def opening_days(self) -> tuple[date, date, date]:
        """The first three working days of September; the third is not before the autumn term."""
        first = working_day_from(self.starts_on, bank_holidays())
        second = working_day_from(first + DAY, bank_holidays())
        third = working_day_from(second + DAY, bank_holidays())
        return first, second, max(third, self.half_term(1).starts_on)

    def school_days(self) -> list[date]:
        """The days with pupils in the authority's schools."""
        return [day for half_term in self.half_terms for day in half_term.school_days()]

    def school_day_before(self, day: date) -> date | None:
        """Return the last school day up to a day, inclusive; None before the first one."""
        return max((one for one in self.school_days() if one <= day), default=None)

    def calendar_body(self, half_terms: Sequence[HalfTerm]) -> dict[str, object]:
        """Return the body of visits' request that sets a calendar."""
        return {
            "academic_year": self.name,
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

    def __str__(self) -> str:
        return self.name


def half_term_on(day: date, half_terms: Iterable[HalfTerm]) -> HalfTerm | None:
    """Return the half term of a day; None in the holidays."""
    return next((each for each in half_terms if each.covers(day)), None)


@cache
def _half_terms(first: int) -> tuple[HalfTerm, ...]:
    then = first + 1
    opens = _first(WEDNESDAY, date(first, 9, 1))
    october, february = _first(MONDAY, date(first, 10, 22)), _first(MONDAY, date(then, 2, 15))
    christmas, july = _first(FRIDAY, date(first, 12, 16)), _first(TUESDAY, date(then, 7, 18))
    january = working_day_from(_first(MONDAY, date(then, 1, 2)), bank_holidays())
    spring_ends, summer_begins = _easter_holidays(then)
    may = _first(MONDAY, date(then, 5, 25))
    november = _first(FRIDAY, date(first, 11, 24))
    spans: tuple[tuple[date, date, set[date]], ...] = (
        (opens, october - 3 * DAY, {opens}),
        (october + WEEK, christmas, {november}),
        (january, february - 3 * DAY, {january}),
        (february + WEEK, spring_ends, set()),
        (summer_begins, may - 3 * DAY, set()),
        (may + WEEK, july, {july - DAY, july}),
    )
    return tuple(
        HalfTerm(
            *(first, n, starts, ends),
            tuple(sorted(day for day in training | bank_holidays() if starts <= day <= ends)),
        )
        for n, (starts, ends, training) in enumerate(spans, start=1)
    )


def _easter_holidays(year: int) -> tuple[date, date]:
    """The last day of the spring term and the first of the summer term."""
    # March and April have no bank holidays before these two.
    spring = sorted(day for day in bank_holidays() if day.year == year and day.month in {3, 4})
    good_friday, easter_monday = spring[:2]
    begins = easter_monday - WEEK
    if good_friday.month == 3:
        begins = easter_monday
    elif easter_monday - DAY > date(year, *LATE_EASTER):
        begins = easter_monday - 2 * WEEK
    last = min(begins, good_friday) - DAY
    while not is_weekday(last):
        last -= DAY
    return last, working_day_from(begins + 2 * WEEK, bank_holidays())


def _first(weekday: int, on_or_after: date) -> date:
    return on_or_after + (weekday - on_or_after.weekday()) % 7 * DAY
