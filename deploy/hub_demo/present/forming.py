"""The present year's Work Groups with their leads, schools and participants."""

import random
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import cycle
from typing import Final

from hub_demo.dates.school_years import SchoolYear
from hub_demo.groups.forming import NEXT_USE_METRES, Group, metres
from hub_demo.groups.programmes import SECONDARY, Programme
from hub_demo.people.acquaintances import Acquaintances
from hub_demo.people.participants import Participant
from hub_demo.people.staffroom import Person
from hub_demo.present.outlines import Outline, Part, outlines, programmes_of, season_of
from hub_demo.register.schools import School
from hub_demo.setbacks.mistake import AGAIN

# Participants and schools of a group with fixed numbers.
SIZES: Final = {Part.AT_RISK: (10, 7), Part.WAITING: (12, 7)}
SECOND_LEADS: Final = 0.4  # share of the second participants of a school who are lead participants too


@dataclass(frozen=True)
class Formed:
    """A group with its participants."""

    outline: Outline
    group: Group
    participants: tuple[Participant, ...]

    @property
    def part(self) -> Part:
        """The part that the group shows."""
        return self.outline.part

    @property
    def mistaken(self) -> Participant | None:
        """The participant who is withdrawn by mistake and has a second place."""
        return next((one for one in self.participants if one.suffix), None)


@dataclass(frozen=True)
class Surroundings:
    """The schools and people from which groups are formed."""

    schools: Mapping[str, School]
    engaged: Collection[str]  # schools that attended last year: only they attend before it has ended
    able: Collection[str]  # eligible schools
    leads: Sequence[Person]  # last year's Work Group leads
    converting: School  # it becomes an academy …
    converting_on: date  # … on the first day of the present year
    people: Acquaintances


def form_groups(year: SchoolYear, around: Surroundings, seed: str) -> list[Formed]:
    """Return all groups of a year."""
    r = random.Random(f"{seed}/groups of {year}")
    around.people.begin_year()
    used: Counter[str] = Counter()
    taken: dict[str, set[str]] = {}
    formed = []
    for outline, group in _empty_groups(year, around, r):
        pool = around.engaged if outline.season == "summer" else around.able
        _choose_schools(group, pool, around, used, taken.setdefault(outline.programme, set()))
        if _has_the_converting_school(outline, year, around):
            group.schools.append(around.converting)
            group.teachers_n += 1
        participants = list(_recruit(group, around.people, r))
        if outline.season == "November" and outline.part is Part.DRAFTED:
            participants[-1] = replace(participants[-1], suffix=f"/{AGAIN}")
        formed.append(Formed(outline, group, tuple(participants)))
    return formed


def _has_the_converting_school(outline: Outline, year: SchoolYear, around: Surroundings) -> bool:
    """Return whether the converting school is in this group, which meets when the academy is open."""
    meets_then = around.converting_on == year.starts_on
    return meets_then and outline.season == "September" and outline.part is Part.PLAIN


def _empty_groups(
    year: SchoolYear, around: Surroundings, r: random.Random
) -> Iterator[tuple[Outline, Group]]:
    programmes = programmes_of(year)
    leads = _by_kind(around)
    titles: Counter[str] = Counter()
    for outline in outlines():
        programme = programmes[outline.programme]
        lead = next(leads[programme.led_from])
        home = around.schools[lead.urn]
        title = f"{programme.title}, {home.town.name}"
        titles[title] += 1
        teachers_n, schools_n = SIZES.get(outline.part) or (r.randint(11, 14), r.randint(6, 8))
        yield (
            outline,
            Group(
                number=outline.number,
                programme=programme,
                title=title if titles[title] == 1 else f"{title} {titles[title]}",
                leads=(lead,),
                home=home,
                season=season_of(outline, year),
                places=_places(programme, schools_n),
                teachers_n=teachers_n,
                capacity=teachers_n if outline.part in {Part.WAITING, Part.CANCELLED} else 20,
                prefix=f"{year.first}/",
            ),
        )


def _by_kind(around: Surroundings) -> dict[str, "cycle[Person]"]:
    kinds: dict[str, list[Person]] = {}
    for person in around.leads:
        kinds.setdefault(around.schools[person.urn].kind, []).append(person)
    return {kind: cycle(people) for kind, people in kinds.items()}


def _places(programme: Programme, schools_n: int) -> Counter[str]:
    places = Counter(programme.fixed)
    places["secondary" if programme.phases == SECONDARY else "primary"] += schools_n - places.total()
    return places


def _choose_schools(
    group: Group, pool: Collection[str], around: Surroundings, used: Counter[str], taken: set[str]
) -> None:
    """Choose the nearest schools, first those without a group; none twice in a programme."""
    for kind in list(group.places.elements()):
        able = [
            around.schools[urn]
            for urn in sorted(pool)
            if around.schools[urn].kind == kind and urn not in taken and urn != group.home.urn
        ]
        chosen = min(able, key=lambda s: (metres(group.home, s) + NEXT_USE_METRES * used[s.urn], s.urn))
        used[chosen.urn] += 1
        taken.add(chosen.urn)
        group.places[kind] -= 1
        group.schools.append(chosen)


def _recruit(group: Group, people: Acquaintances, r: random.Random) -> Iterator[Participant]:
    shares = [1] * len(group.schools)
    for _ in range(group.teachers_n - len(shares)):
        shares[shares.index(min(shares))] += 1
    for school, share in zip(group.schools, shares, strict=True):
        for index in range(share):
            leads = index == 0 or r.random() < SECOND_LEADS
            yield Participant(
                person=people.take(school.urn, school.kind),
                group_label=group.label,
                role="lead_participant" if leads else "participant",
                is_first=index == 0,
            )
