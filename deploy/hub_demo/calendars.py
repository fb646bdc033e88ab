"""Commands that set calendars in visits: of the hub, of Cambridgeshire and of a trust with own dates."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from hub_demo.cast import Cast
from hub_demo.commands import Command
from hub_demo.dates.england import moment
from hub_demo.dates.school_years import HalfTerm, SchoolYear


def set_calendars(year: SchoolYear, cast: Cast, prefix: str = "") -> Iterator[Command]:
    """Yield the commands that set the half terms of the year, on its first working day."""
    scopes = {
        "hub": year.half_terms,
        "la:873": year.half_terms,
        f"trust:{cast.long_holiday.uid}": year.half_terms_of_the_trust,
    }
    at = moment(year.opening_days[0], 6, 30)
    return (set_calendar(year, scope, half_terms, at, prefix) for scope, half_terms in scopes.items())


def set_calendar(
    year: SchoolYear, scope: str, half_terms: Sequence[HalfTerm], at: datetime, prefix: str = ""
) -> Command:
    """Return the command that sets the half terms of a scope without a calendar."""
    return Command(
        key=f"calendar/{prefix}{scope}",
        at=at,
        service="visits",
        method="PUT",
        path=f"/visits/v1/calendars/{scope}",
        body=year.calendar_body(half_terms),
        lane="calendars",
        match="*",
        look=f"/visits/v1/calendars/{scope}?academic_year={year}",
    )
