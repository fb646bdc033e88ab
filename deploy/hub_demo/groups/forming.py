"""The 48 Work Groups: who leads them, and which schools sit in them.

A school that is to be engaged sits in the nearest group with a place for its kind; places that are left go to
the nearest schools that are in no group of the same programme.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import cycle
from math import hypot
from typing import Final

from hub_demo.cast import Cast
from hub_demo.dates.school_years import SchoolYear
from hub_demo.groups.programmes import PROGRAMMES, Programme
from hub_demo.groups.seasons import Season, autumn, spring
from hub_demo.people.staffroom import Person, Staffroom
from hub_demo.register.schools import School

# The rule is 10 to 20 teachers from at least six schools. These groups lie at its edges or beyond: number of
# the group → teachers and schools.
AT_THE_EDGE: Final = {2: (9, 6), 5: (10, 6), 11: (20, 8), 17: (21, 9), 19: (10, 7), 25: (12, 5), 47: (11, 6)}
BEYOND: Final = {
    2: "Few schools lie within reach of this town.",
    17: "A colleague of a participating school was promised a place.",
    25: "A sixth school joins in the spring.",
}
FALLS_BELOW: Final = 19  # somebody leaves it after it was confirmed with ten
TWO_LEADS: Final = 4  # lead schools that give two people
NEXT_USE_METRES: Final = 15_000  # a school that sits in a group already counts as so much farther away


@dataclass(kw_only=True)
class Group:
    """One Work Group while it is put together."""

    number: int
    programme: Programme
    title: str
    leads: tuple[Person, ...]
    home: School  # the lead's
    season: Season
    places: Counter[str]  # schools still wanted, by kind
    teachers_n: int
    capacity: int
    override_reason: str | None = None  # why it is confirmed though it does not conform to the rule
    prefix: str = ""  # tells the groups of one year from those of another
    schools: list[School] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Its number, with the year where there are several."""
        return f"{self.prefix}{self.number:02}"

    @property
    def key(self) -> str:
        """How the plan names it."""
        return f"group/{self.label}"

    @property
    def mode(self) -> str:
        """How it usually meets: two groups in five in person, two online, one at its lead's school."""
        return ("in_person", "online", "school_hosted", "in_person", "online")[self.number % 5]

    @property
    def venue(self) -> str:
        """Where it meets in person."""
        return f"{self.home.town.name} Professional Development Centre, Room {self.number % 4 + 1}"

    @property
    def joining_link(self) -> str:
        """Where it meets online; nothing in the domain `example` exists (RFC 2606)."""
        return f"https://meet.hub.example/groups/{self.label}"

    @property
    def starts_in_spring(self) -> bool:
        """Whether it meets after Christmas only."""
        return self.season.starts_in_spring


def form_groups(
    year: SchoolYear, cast: Cast, successors: Mapping[str, str], staffroom: Staffroom, seed: str
) -> list[Group]:
    """All groups with their schools."""
    r = random.Random(f"{seed}/groups")
    groups = _outlines(year, cast, staffroom, r)
    wanted = [*cast.engaged, *cast.never_came, *successors.values()]
    r.shuffle(wanted)
    # Schools with little choice first: those that change their number exist for a part of the year only.
    wanted.sort(key=lambda urn: urn not in successors and urn not in successors.values())
    for urn in wanted:
        _seat(groups, cast.schools[urn], successors)
    _fill(groups, [cast.schools[urn] for urn in cast.engaged if urn not in successors])
    return groups


def _outlines(year: SchoolYear, cast: Cast, staffroom: Staffroom, r: random.Random) -> list[Group]:
    teams = _lead_teams(cast, staffroom, r)
    seasons = {True: spring(year), False: autumn(year)}
    groups: list[Group] = []
    titles: Counter[str] = Counter()
    for programme in PROGRAMMES:
        for index in range(programme.groups):
            number = len(groups) + 1
            leads = next(teams[programme.led_from])
            home = cast.schools[leads[0].urn]
            teachers_n, schools_n = AT_THE_EDGE.get(number) or _usual_size(r)
            title = f"{programme.title}, {home.town.name}"
            titles[title] += 1
            groups.append(
                Group(
                    number=number,
                    programme=programme,
                    title=title if titles[title] == 1 else f"{title} {titles[title]}",
                    leads=leads,
                    home=home,
                    season=seasons[index >= programme.groups - programme.spring],
                    places=_places(programme, schools_n),
                    teachers_n=teachers_n,
                    capacity=max(20, teachers_n),
                    override_reason=BEYOND.get(number),
                )
            )
    return groups


def _usual_size(r: random.Random) -> tuple[int, int]:
    """Teachers and schools of a group well within the rule."""
    schools = r.randint(7, 9)
    return r.randint(max(12, 2 * schools - 3), min(19, 2 * schools + 2)), schools


def _places(programme: Programme, schools_n: int) -> Counter[str]:
    places = Counter(programme.fixed)
    rest = "secondary" if programme.phases == ("secondary",) else "primary"
    places[rest] += schools_n - places.total()
    return places


def _lead_teams(cast: Cast, staffroom: Staffroom, r: random.Random) -> dict[str, "cycle[tuple[Person, ...]]"]:
    """The leads of each lead school by its kind, again and again; a few schools give two people."""
    teams: dict[str, list[tuple[Person, ...]]] = {}
    for urn in cast.leading:
        kind = cast.schools[urn].kind
        team = teams.setdefault(kind, [])
        people = 2 if kind == "primary" and len(team) < TWO_LEADS else 1
        team.append(tuple(staffroom.hire(urn, "class_teacher", kind) for _ in range(people)))
    for team in teams.values():
        r.shuffle(team)
    return {kind: cycle(team) for kind, team in teams.items()}


def _seat(groups: Sequence[Group], school: School, successors: Mapping[str, str]) -> None:
    """Put a school into the nearest group that has a place for it."""
    fitting = [group for group in groups if group.places[school.kind] > 0]
    if school.urn in successors:
        fitting = [group for group in fitting if not group.starts_in_spring]
    if school.urn in successors.values():
        fitting = [group for group in fitting if group.starts_in_spring]
    _join(min(fitting, key=lambda group: (metres(group.home, school), group.number)), school)


def _fill(groups: Sequence[Group], schools: Sequence[School]) -> None:
    """Give the places that are left to schools that are engaged anyway; a primary school takes any place."""
    used = Counter(school.urn for group in groups for school in group.schools)
    for group in groups:
        for kind in list(group.places.elements()):
            taken = {s.urn for other in groups if other.programme is group.programme for s in other.schools}
            able = [s for s in schools if s.kind == kind and s.urn not in taken]
            if not able:
                able = [s for s in schools if s.kind == "primary" and s.urn not in taken]
            chosen = min(able, key=lambda s: (metres(group.home, s) + NEXT_USE_METRES * used[s.urn], s.urn))
            used[chosen.urn] += 1
            group.places[kind] -= 1
            group.schools.append(chosen)


def _join(group: Group, school: School) -> None:
    group.places[school.kind] -= 1
    group.schools.append(school)


def metres(a: School, b: School) -> float:
    """How far two schools are apart."""
    return hypot(a.easting - b.easting, a.northing - b.northing)
