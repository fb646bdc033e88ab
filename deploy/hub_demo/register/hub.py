"""The invented hub: its schools in September and in January, and their links.

Three schools become academies during the year: the old URN closes at the end of December, a new one opens on
1 January, and the links file names the successions. One small school closes without a successor, and one
academy moves to another trust.
"""

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import count

from hub_demo.dates.school_years import SchoolYear
from hub_demo.register.geography import CAMBRIDGESHIRE, DISTRICTS, OPPORTUNITY_AREA
from hub_demo.register.invention import Inventor
from hub_demo.register.schools import (
    CLOSED,
    COMMUNITY,
    CONVERTER_ACADEMY,
    PROPOSED_TO_CLOSE,
    PROPOSED_TO_OPEN,
    Link,
    School,
    Trust,
)
from hub_demo.register.trusts import has_trust, invent_trusts, share_out

CONVERTING = 3
CLOSED_BEFORE = 12  # schools that became academies in earlier years, their old numbers still in the file
INDEPENDENT = 18
LARGE = 6  # schools of a trust that one may leave
PROPOSED = 2
CONVERTED = (10, "Academy Converter")
# An apostrophe and a letter that are in cp1252 and not in ASCII, as in many real names.
AWKWARD_NAME = "Ælfthrith’s Lode CofE Primary School"


@dataclass(frozen=True)
class Turn:
    """The change of the calendar year, at which schools become academies or close."""

    year: SchoolYear

    @property
    def last_day(self) -> date:
        """Last day of the old schools."""
        return date(self.year.first, 12, 31)

    @property
    def first_day(self) -> date:
        """First day of the new schools."""
        return self.last_day + timedelta(days=1)

    @property
    def noted_on(self) -> date:
        """Day of the register with the change."""
        return self.year.half_term(3).starts_on


@dataclass(frozen=True)
class InventedHub:
    """The contents of the register."""

    september: tuple[School, ...]
    january: tuple[School, ...]
    links_september: tuple[Link, ...]
    links_january: tuple[Link, ...]
    trusts: tuple[Trust, ...]
    successors: dict[str, str]  # URN that closes in December → URN that opens in January
    closing: str  # URN of the school that closes in December without a successor
    changing_trust: str  # URN of the academy that belongs to another trust in January

    def open_in_september(self) -> list[School]:
        """Return the state-funded schools that are open when the year begins."""
        return [s for s in self.september if s.is_open and s.is_state_funded]

    def open_in_january(self) -> list[School]:
        """Return the state-funded schools that are open for the rest of the year."""
        return [s for s in self.january if s.is_open and s.is_state_funded]


def invent_hub(seed: str, year: SchoolYear) -> InventedHub:
    """Invent the whole register of an academic year."""
    inventor = Inventor(seed, year)
    turn = Turn(year)
    r = random.Random(f"{seed}/hub")
    trusts = invent_trusts()
    # Cambridgeshire has one more than at the end of the year: the school that closes.
    open_ones = [
        inventor.school(district, kind)
        for district in DISTRICTS
        for kind, number in district.schools.items()
        for _ in range(number)
    ]
    last = inventor.school(
        DISTRICTS[3], "primary", type_code=COMMUNITY, status=PROPOSED_TO_CLOSE, pupils=22, girls=11
    )
    open_ones = share_out([*open_ones, last], trusts, seed)
    open_ones[0] = replace(open_ones[0], name=AWKWARD_NAME)

    old_numbers, old_links = _earlier_conversions(open_ones, inventor, r)
    others = _others(trusts, inventor, r)
    september = (*open_ones, *old_numbers, *others)
    changed, opened, new_links = _conversions(open_ones, trusts, inventor, turn, r)
    changed[last.urn] = replace(
        last, status=CLOSED, closed_on=turn.last_day, closed_because=(2, "Closure"), changed_on=turn.noted_on
    )
    moved = _to_another_trust(open_ones, trusts, turn)
    changed[moved.urn] = moved
    return InventedHub(
        september=september,
        january=(*(changed.get(s.urn, s) for s in september), *opened),
        links_september=tuple(old_links),
        links_january=(*old_links, *new_links),
        trusts=trusts,
        successors={link.urn: link.other for link in new_links if link.kind == "Successor"},
        closing=last.urn,
        changing_trust=moved.urn,
    )


def _others(trusts: Sequence[Trust], inventor: Inventor, r: random.Random) -> list[School]:
    """Return schools outside the hub's offer: independent ones, and some that are not open yet."""
    others = [inventor.school(r.choice(DISTRICTS), "independent") for _ in range(INDEPENDENT)]
    proposed = [
        inventor.school(
            DISTRICTS[4], "primary", type_code=35, status=PROPOSED_TO_OPEN, pupils=0, girls=0, trust=trusts[n]
        )
        for n in range(PROPOSED)
    ]
    return others + proposed


def _earlier_conversions(
    schools: Sequence[School], inventor: Inventor, r: random.Random
) -> tuple[list[School], list[Link]]:
    """Return the closed URNs of some academies, and the links between old and new."""
    converters = [s for s in schools if s.type_code == CONVERTER_ACADEMY and s.opened_on]
    closed, links = [], []
    for school in sorted(r.sample(converters, CLOSED_BEFORE), key=lambda s: s.urn):
        assert school.opened_on is not None  # noqa: S101 - chosen so
        last_day = school.opened_on - timedelta(days=1)
        old = replace(
            school,
            urn=inventor.urn(),
            name=school.name.replace("Academy", "School"),
            type_code=COMMUNITY,
            status=CLOSED,
            trust=None,
            opened_on=None,
            opened_because=(0, "Not applicable"),
            closed_on=last_day,
            closed_because=CONVERTED,
        )
        closed.append(old)
        links += both_ways(old, school, school.opened_on)
    return closed, links


def _conversions(
    schools: Sequence[School], trusts: Sequence[Trust], inventor: Inventor, turn: Turn, r: random.Random
) -> tuple[dict[str, School], list[School], list[Link]]:
    """Return the rows of January's file for schools that become academies."""
    able = [
        s
        for s in schools
        if s.kind == "primary"
        and s.district.authority == CAMBRIDGESHIRE
        and s.district.code not in OPPORTUNITY_AREA
        and not has_trust(s)
        and s.status != PROPOSED_TO_CLOSE
    ]
    changed: dict[str, School] = {}
    opened: list[School] = []
    links: list[Link] = []
    for trust_number, old in zip(count(6), r.sample(able, CONVERTING), strict=False):
        new = replace(
            old,
            urn=inventor.urn(),
            type_code=CONVERTER_ACADEMY,
            trust=trusts[trust_number],
            opened_on=turn.first_day,
            opened_because=CONVERTED,
            changed_on=turn.noted_on,
        )
        changed[old.urn] = replace(
            old,
            status=CLOSED,
            closed_on=turn.last_day,
            closed_because=CONVERTED,
            changed_on=turn.noted_on,
        )
        opened.append(new)
        links += both_ways(old, new, turn.first_day)
    return changed, opened, links


def _to_another_trust(schools: Sequence[School], trusts: Sequence[Trust], turn: Turn) -> School:
    """Return January's row of an academy outside Cambridgeshire that moves from a large to a small trust."""
    sizes = Counter(school.trust for school in schools)
    leaving = next(
        s for s in schools if s.trust and s.district.authority != CAMBRIDGESHIRE and sizes[s.trust] >= LARGE
    )
    joined = next(trust for trust in reversed(trusts) if trust != leaving.trust)
    return replace(leaving, trust=joined, changed_on=turn.noted_on)


def both_ways(old: School, new: School, on: date) -> list[Link]:
    """Return the two rows of the links file for a succession."""
    return [
        Link(old.urn, new.urn, new.name, "Successor", on),
        Link(new.urn, old.urn, old.name, "Predecessor", on),
    ]
