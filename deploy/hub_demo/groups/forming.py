"""The 48 Work Groups with their leads and schools.

An engaged school is in the nearest group with a place for its kind; remaining places go to the nearest
schools without a group of the same programme.
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

# The rule is 10 to 20 teachers from at least six schools. These groups are at its limits or outside: number
# of the group → (teachers, schools).
AT_THE_EDGE: Final = {2: (9, 6), 5: (10, 6), 11: (20, 8), 17: (21, 9), 19: (10, 7), 25: (12, 5), 47: (11, 6)}
BEYOND: Final = {
    2: "Few schools lie within reach of this town.",
    17: "A colleague of a participating school was promised a place.",
    25: "A sixth school joins in the spring.",
}
FALLS_BELOW: Final = 19  # a participant withdraws after it was confirmed with ten
TWO_LEADS: Final = 4  # lead schools with two leads
NEXT_USE_METRES: Final = 15_000  # added to the distance of a school that is already in a group


@dataclass(kw_only=True)
class Group:
    """A Work Group that is being formed."""

    number: int
    programme: Programme
    title: str
    leads: tuple[Person, ...]
    home: School  # the lead's school
    season: Season
    places: Counter[str]  # number of remaining schools, by kind
    teachers_n: int
    capacity: int
    override_reason: str | None = None  # of a confirmation against the rule
    prefix: str = ""  # distinguishes groups of different years
    schools: list[School] = field(default_factory=list)

    @property
    def label(self) -> str:
        """Its number, with the prefix of the year."""
        return f"{self.prefix}{self.number:02}"

    @property
    def key(self) -> str:
        """Key in the plan."""
        return f"group/{self.label}"

    @property
    def mode(self) -> str:
        """Usual mode: two groups in five in person, two online, one at its lead's school."""
        return ("in_person", "online", "school_hosted", "in_person", "online")[self.number % 5]

    @property
    def venue(self) -> str:
        """Venue of sessions in person."""
        return f"{self.home.town.name} Professional Development Centre, Room {self.number % 4 + 1}"

    @property
    def joining_link(self) -> str:
        """Joining link of online sessions, in the reserved domain `example` (RFC 2606)."""
        return f"https://meet.hub.example/groups/{self.label}"

    @property
    def starts_in_spring(self) -> bool:
        """Whether all its sessions are after Christmas."""
        return self.season.starts_in_spring


def form_groups(
    year: SchoolYear, cast: Cast, successors: Mapping[str, str], staffroom: Staffroom, seed: str
) -> list[Group]:
    """Return all groups with their schools."""
    r = random.Random(f"{seed}/groups")
    groups = _outlines(year, cast, staffroom, r)
    wanted = [*cast.engaged, *cast.never_came, *successors.values()]
    r.shuffle(wanted)
    # Schools with few possible groups first: those that change their URN exist for a part of the year only.
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
    """Return the numbers of teachers and schools of a group that conforms to the rule."""
    schools = r.randint(7, 9)
    return r.randint(max(12, 2 * schools - 3), min(19, 2 * schools + 2)), schools


def _places(programme: Programme, schools_n: int) -> Counter[str]:
    places = Counter(programme.fixed)
    rest = "secondary" if programme.phases == ("secondary",) else "primary"
    places[rest] += schools_n - places.total()
    return places


def _lead_teams(cast: Cast, staffroom: Staffroom, r: random.Random) -> dict[str, "cycle[tuple[Person, ...]]"]:
    """Return an endless sequence of lead teams for each kind of school; a few schools have two leads."""
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
    """Add a school to the nearest group with a place for it."""
    fitting = [group for group in groups if group.places[school.kind] > 0]
    if school.urn in successors:
        fitting = [group for group in fitting if not group.starts_in_spring]
    if school.urn in successors.values():
        fitting = [group for group in fitting if group.starts_in_spring]
    _join(min(fitting, key=lambda group: (metres(group.home, school), group.number)), school)


def _fill(groups: Sequence[Group], schools: Sequence[School]) -> None:
    """Fill the remaining places with engaged schools; a primary school can fill any place."""
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
    """Return the distance between two schools."""
    return hypot(a.easting - b.easting, a.northing - b.northing)
