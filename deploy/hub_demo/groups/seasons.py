"""Periods in which Work Groups recruit."""

from dataclasses import dataclass
from datetime import date, datetime

from hub_demo.dates.england import moment
from hub_demo.dates.school_years import FRIDAY, MONDAY, SchoolYear


@dataclass(frozen=True)
class Season:
    """The dates of a recruitment period."""

    opened: datetime  # the group is created
    opens: datetime
    closes: datetime
    confirmed_on: date
    starts_in_spring: bool


def season(opens_on: date, closes_on: date, confirmed_on: date, *, starts_in_spring: bool = False) -> Season:
    """Return a season from noon of one day to five o'clock of another."""
    opens, closes = moment(opens_on, 12), moment(closes_on, 17)
    return Season(moment(opens_on, 9), opens, closes, confirmed_on, starts_in_spring)


def autumn(year: SchoolYear) -> Season:
    """Return the season from the first days of the year to the Friday of its third week."""
    first = year.half_term(1)
    return season(year.opening_days[2], first.day(3, FRIDAY), first.day(4, MONDAY))


def spring(year: SchoolYear) -> Season:
    """Return the season from the second week after October's holiday to the first Friday after Christmas."""
    third = year.half_term(3)
    opens_on = year.half_term(2).day(2, MONDAY)
    return season(opens_on, third.day(1, FRIDAY), third.day(2, MONDAY), starts_in_spring=True)
