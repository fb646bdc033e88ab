"""First contacts of schools with the hub: most in earlier years, some during this one."""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final

from hub_demo.cast import Cast
from hub_demo.commands import Command
from hub_demo.dates.england import DAY, moment
from hub_demo.dates.school_years import SchoolYear
from hub_demo.groups.seasons import autumn
from hub_demo.groups.year_end import YearEnd
from hub_demo.people.staffroom import Person, Staffroom, register
from hub_demo.register.hub import InventedHub
from hub_demo.register.schools import School

HUB_BEGAN: Final = 2014  # the first Maths Hubs started work in September 2014
VIAS: Final = {"work_group": 5, "visit": 1, "enquiry": 2, "conference": 3, "other": 1}
VIAS_IN_YEAR: Final = {"enquiry": 3, "conference": 4, "other": 1}


def connect_in_september(
    year: SchoolYear, cast: Cast, staffroom: Staffroom, r: random.Random
) -> tuple[dict[str, Person], list[Command]]:
    """Yield commands that connect the schools of earlier years and register their maths leads."""
    known: dict[str, Person] = {}
    commands = []
    told = moment(year.opening_days[0], 9)
    summer = date(year.first, 7, 21)
    began = date(min(HUB_BEGAN, year.first - 1), 9, 1)
    for n, urn in enumerate(u for u in cast.connected if u not in cast.connected_in_year):
        school = cast.schools[urn]
        first = max(began, school.opened_on or began)
        on = first + timedelta(days=r.randrange((summer - first).days))
        at = told + timedelta(seconds=20 * n)
        known[urn] = staffroom.hire(urn, "maths_lead", school.kind)
        via = r.choices(list(VIAS), list(VIAS.values()))[0]
        after = (f"connection/{urn}",)
        commands += [
            connect(school, on, via, at),
            register(known[urn], at + timedelta(seconds=5), after=after),
        ]
    return known, commands


def connect_in_year(
    schools: Iterable[School], days: Sequence[date], staffroom: Staffroom, r: random.Random
) -> Iterator[Command]:
    """Yield commands that connect schools during a year; they are in no group yet."""
    for school in schools:
        day = r.choice(days)
        at = moment(day, r.randrange(9, 17), r.randrange(60))
        via = r.choices(list(VIAS_IN_YEAR), list(VIAS_IN_YEAR.values()))[0]
        yield connect(school, day, via, at)
        person = staffroom.hire(school.urn, "maths_lead", school.kind)
        yield register(person, at + timedelta(minutes=5), after=(f"connection/{school.urn}",))


def days_of_meeting(year: SchoolYear) -> list[date]:
    """Return the days on which new schools are connected: after recruitment, before groups end."""
    recruited, last = autumn(year).confirmed_on, YearEnd(year).last_usual_day
    return [day for day in year.school_days() if recruited < day < last]


def connect_successors(year: SchoolYear, hub: InventedHub) -> Iterator[Command]:
    """Yield commands that connect new academies under their new URN."""
    connected = moment(year.half_term(3).starts_on, 9)
    schools = {school.urn: school for school in hub.january}
    for urn in hub.successors.values():
        on = schools[urn].opened_on
        assert on is not None  # noqa: S101 - they opened on 1 January
        yield connect(schools[urn], on, "other", connected, after=("import/january", "import/links-january"))


def successors_enrol_after(year: SchoolYear) -> date:
    """Return the day after which teachers of a school that opened on 1 January enrol under its new URN."""
    return year.half_term(3).starts_on + DAY


def connect(school: School, on: date, via: str, at: datetime, *, after: tuple[str, ...] = ()) -> Command:
    """Return the command that records a school's first contact with the hub."""
    return Command(
        key=f"connection/{school.urn}",
        at=at,
        service="enrolment",
        method="POST",
        path=f"/enrolment/v1/schools/{school.urn}/connection",
        body={"connected_on": on.isoformat(), "via": via},
        lane=f"school/{school.urn}",
        after=after,
    )
