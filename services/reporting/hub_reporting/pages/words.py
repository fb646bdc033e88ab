"""How the page says things: dates, numbers, sentences."""

from datetime import date, datetime
from typing import Final

from hub_kernel.england import day_in_england, spoken_date, spoken_time
from hub_reporting.domain.measures import Ratio
from hub_reporting.domain.schools import PHASE_NAMES
from hub_reporting.domain.scopes import Scope

NONE_YET: Final = "none yet"


def day(value: date | None) -> str:
    """4 September 2025."""
    return "" if value is None else spoken_date(value)


def short_day(value: date | None) -> str:
    """4 September."""
    return "" if value is None else f"{value.day} {value:%B}"


def moment(value: datetime) -> str:
    """14:32 on 4 September 2025, as on the wall in England."""
    return f"{spoken_time(value)} on {spoken_date(day_in_england(value))}"


def percent(value: float | None) -> str:
    """72.4%, or none yet where there is nothing to have a share of."""
    return NONE_YET if value is None else f"{value:.1f}%"


def share(ratio: Ratio) -> str:
    """72.4%, or none yet where nothing has been counted."""
    return NONE_YET if ratio.n == 0 else percent(ratio.rate)


def number(value: int) -> str:
    """12,345."""
    return f"{value:,}"


def count(value: int, one: str, many: str = "") -> str:
    """1 school, 12 schools."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def schools_of(scope: Scope, name: str) -> str:
    """The schools of a scope, in a sentence."""
    match scope.kind:
        case "connected":
            return "connected schools"
        case "hub":
            return f"schools in {name.partition(':')[0]}"  # without the names of its authorities
        case "phase":
            said = PHASE_NAMES[scope.value].lower()
            return "schools whose phase is not known" if scope.value == "unknown" else f"{said} schools"
        case "trust":
            return f"schools of {name}"
        case _:
            return f"schools in {name}"


def headline(ratio: Ratio, schools: str, year: str, *, is_over: bool) -> str:
    """The sentence at the top of the page."""
    if ratio.of == 0:
        return f"None yet: nothing is recorded of {schools} for {year}"
    if ratio.n == 0:
        return f"None yet: no attendance of the {number(ratio.of)} {schools} is recorded for {year}"
    took = "took part" if is_over else "have taken part"
    return f"{number(ratio.n)} of {number(ratio.of)} {schools} {took} in {year}"
