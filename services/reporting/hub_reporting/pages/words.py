"""Dates, numbers and sentences of the pages."""

from datetime import date, datetime
from typing import Final

from hub_kernel.england import day_in_england, spoken_date, spoken_time
from hub_reporting.domain.measures import Ratio
from hub_reporting.domain.schools import PHASE_NAMES
from hub_reporting.domain.scopes import Scope

NONE_YET: Final = "none yet"


def day(value: date | None) -> str:
    """Return a date such as 4 September 2025, or "" for None."""
    return "" if value is None else spoken_date(value)


def short_day(value: date | None) -> str:
    """Return a date without its year, such as 4 September, or "" for None."""
    return "" if value is None else f"{value.day} {value:%B}"


def moment(value: datetime) -> str:
    """Return an instant in England's time, such as 14:32 on 4 September 2025."""
    return f"{spoken_time(value)} on {spoken_date(day_in_england(value))}"


def percent(value: float | None) -> str:
    """Return a percentage such as 72.4%, or "none yet" where the whole is 0."""
    return NONE_YET if value is None else f"{value:.1f}%"


def share(ratio: Ratio) -> str:
    """Return a percentage such as 72.4%, or "none yet" where nothing is counted."""
    return NONE_YET if ratio.n == 0 else percent(ratio.rate)


def number(value: int) -> str:
    """Return a number with commas, such as 12,345."""
    return f"{value:,}"


def count(value: int, one: str, many: str = "") -> str:
    """Return a number with its noun: 1 school, 12 schools."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def schools_of(scope: Scope, name: str) -> str:
    """Return the schools of a scope as words for a sentence."""
    match scope.kind:
        case "connected":
            return "connected schools"
        case "hub":
            return f"schools in {name.partition(':')[0]}"  # without the names of its authorities
        case "phase":
            phase = PHASE_NAMES[scope.value].lower()
            return "schools whose phase is not known" if scope.value == "unknown" else f"{phase} schools"
        case "trust":
            return f"schools of {name}"
        case _:
            return f"schools in {name}"


def headline(ratio: Ratio, schools: str, year: str, *, has_ended: bool) -> str:
    """Return the sentence at the top of the dashboard."""
    if ratio.of == 0:
        return f"None yet: no record of {schools} for {year}"
    if ratio.n == 0:
        return f"None yet: no attendance of the {number(ratio.of)} {schools} recorded for {year}"
    took = "took part" if has_ended else "have taken part"
    return f"{number(ratio.n)} of {number(ratio.of)} {schools} {took} in {year}"
