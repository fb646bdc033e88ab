"""Schools get to know the hub: most of them in earlier years, some during this one."""

import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Final

from local.demonstration.cast import Cast
from local.demonstration.commands import Command
from local.demonstration.half_terms import HALF_TERMS, moment
from local.demonstration.hub import InventedHub
from local.demonstration.people import Person, Staffroom, register
from local.demonstration.schools import School

TOLD: Final = moment(date(2025, 9, 1), 9)
HUB_BEGAN: Final = date(2014, 9, 1)  # the first Maths Hubs started work in September 2014
VIAS: Final = {"work_group": 5, "visit": 1, "enquiry": 2, "conference": 3, "other": 1}
VIAS_IN_YEAR: Final = {"enquiry": 3, "conference": 4, "other": 1}
SUCCESSORS_CONNECTED: Final = moment(date(2026, 1, 5), 9)


def connect_in_september(
    cast: Cast, staffroom: Staffroom, r: random.Random
) -> tuple[dict[str, Person], list[Command]]:
    """Schools that the hub knows from earlier years, each with its maths lead."""
    known: dict[str, Person] = {}
    commands = []
    for n, urn in enumerate(u for u in cast.connected if u not in cast.connected_in_year):
        school = cast.schools[urn]
        first = max(HUB_BEGAN, school.opened_on or HUB_BEGAN)
        on = first + timedelta(days=r.randrange((date(2025, 7, 21) - first).days))
        at = TOLD + timedelta(seconds=20 * n)
        known[urn] = staffroom.hire(urn, "maths_lead", school.kind)
        via = r.choices(list(VIAS), list(VIAS.values()))[0]
        after = (f"connection/{urn}",)
        commands += [
            _connect(school, on, via, at),
            register(known[urn], at + timedelta(seconds=5), after=after),
        ]
    return known, commands


def connect_in_year(cast: Cast, staffroom: Staffroom, r: random.Random) -> Iterator[Command]:
    """Schools that the hub meets during the year; they are in no group yet."""
    days = [
        day
        for half_term in HALF_TERMS
        for day in half_term.school_days()
        if date(2025, 9, 23) <= day < date(2026, 7, 10)
    ]
    for urn in sorted(cast.connected_in_year):
        school = cast.schools[urn]
        day = r.choice(days)
        at = moment(day, r.randrange(9, 17), r.randrange(60))
        via = r.choices(list(VIAS_IN_YEAR), list(VIAS_IN_YEAR.values()))[0]
        yield _connect(school, day, via, at)
        person = staffroom.hire(urn, "maths_lead", school.kind)
        yield register(person, at + timedelta(minutes=5), after=(f"connection/{urn}",))


def connect_successors(hub: InventedHub) -> Iterator[Command]:
    """Schools that have become academies are known to the hub under their new number too."""
    schools = {school.urn: school for school in hub.january}
    for urn in hub.successors.values():
        on = schools[urn].opened_on
        assert on is not None  # noqa: S101 - they opened on 1 January
        yield _connect(
            schools[urn], on, "other", SUCCESSORS_CONNECTED, after=("import/january", "import/links-january")
        )


def _connect(school: School, on: date, via: str, at: datetime, *, after: tuple[str, ...] = ()) -> Command:
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
