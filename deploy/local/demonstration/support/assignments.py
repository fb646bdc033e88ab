"""The supported schools: who is assigned to them, and what becomes of each half term's visit.

A primary school is owed a visit in every half term; a secondary school a visit and professional development
for the whole department. Most take place on time. A few are missed, excused or written up late, and one visit
falls into the holidays, where it does not count.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from local.demonstration.cast import Cast
from local.demonstration.commands import Command, Made
from local.demonstration.dates.school_years import HalfTerm, SchoolYear
from local.demonstration.people.staffroom import Person
from local.demonstration.register.schools import School

OUTCOMES: Final = {"on_time": 253, "late": 9, "missed": 13, "excused": 7}  # of 282
LAST_HALF_TERM: Final = 6
MISSED_BUT_PLANNED: Final = 0.75  # share of the others missed that were in the diary, then cancelled


@dataclass(frozen=True, kw_only=True)
class Support:
    """One school's assignment."""

    school: School
    pd_lead: Person
    assigned_at: datetime
    prefix: str = ""  # tells the assignments of one year from those of another

    @property
    def key(self) -> str:
        """How the plan names it."""
        return f"assignment/{self.prefix}{self.school.urn}"

    @property
    def kinds(self) -> tuple[str, ...]:
        """What the school is owed in every half term."""
        return ("visit", "department_pd") if self.school.kind == "secondary" else ("visit",)


@dataclass(frozen=True, kw_only=True)
class Owed:
    """One thing owed to a school in one half term, and what becomes of it."""

    support: Support
    half_term: HalfTerm
    kind: str
    outcome: str
    planned: bool  # whether it is put in the diary

    @property
    def key(self) -> str:
        """How the plan names it."""
        return f"{self.support.school.urn}/{self.half_term.id}/{self.kind}"


def supports(cast: Cast, pd_leads: Sequence[Person], assigned_at: datetime) -> list[Support]:
    """Give every supported school a PD lead of its phase, each about as many."""
    found = []
    for kind in ("primary", "secondary"):
        leads = [person for person in pd_leads if person.phase == kind]
        urns = [urn for urn in cast.supported if cast.schools[urn].kind == kind]
        found += [
            Support(school=cast.schools[urn], pd_lead=leads[n % len(leads)], assigned_at=assigned_at)
            for n, urn in enumerate(urns)
        ]
    return found


def assign(support: Support, year: SchoolYear) -> Command:
    """Give the school its PD lead."""
    return Command(
        key=support.key,
        at=support.assigned_at,
        service="visits",
        method="POST",
        path="/visits/v1/assignments",
        body={
            "urn": support.school.urn,
            "pd_lead_id": Made(support.pd_lead.key),
            "programme": "opportunity_area",
            "starts_on": year.half_term(1).starts_on.isoformat(),
            "kinds": list(support.kinds),
        },
        lane=support.key,
        gives="assignment_id",
        after=(f"leader/{support.pd_lead.key}/pd_lead",),
    )


def half_terms_of(support: Support, year: SchoolYear, cast: Cast) -> tuple[HalfTerm, ...]:
    """The calendar that the school keeps."""
    return year.half_terms_of_the_trust if support.school.trust == cast.long_holiday else year.half_terms


def everything_owed(
    year: SchoolYear, cast: Cast, all_supports: Sequence[Support], r: random.Random
) -> Iterator[Owed]:
    """All that is owed in the year, with outcomes drawn by chance in the fixed numbers."""
    owed = [
        (support, half_term, kind)
        for support in all_supports
        for half_term in half_terms_of(support, year, cast)
        for kind in support.kinds
    ]
    outcomes = [outcome for outcome, n in OUTCOMES.items() for _ in range(n)]
    r.shuffle(outcomes)
    _arrange([half_term.n for _, half_term, _ in owed], outcomes)
    without: set[int] = set()  # half terms in which one thing is never planned
    for (support, half_term, kind), outcome in zip(owed, outcomes, strict=True):
        planned = outcome != "excused"
        if outcome == "missed":
            planned = half_term.n in without and r.random() < MISSED_BUT_PLANNED
            without.add(half_term.n)
        yield Owed(support=support, half_term=half_term, kind=kind, outcome=outcome, planned=planned)


def _arrange(half_terms: Sequence[int], outcomes: list[str]) -> None:
    """Let outcomes change places until each is possible, and something is missed in every half term.

    A visit of the last half term cannot be written up late within the year.
    """
    for n, half_term in enumerate(half_terms):
        if half_term == LAST_HALF_TERM and outcomes[n] == "late":
            _swap(outcomes, n, (m for m, h in enumerate(half_terms) if h < LAST_HALF_TERM), "on_time")
    for half_term in range(1, LAST_HALF_TERM + 1):
        here = [n for n, h in enumerate(half_terms) if h == half_term]
        missed = Counter(h for n, h in enumerate(half_terms) if outcomes[n] == "missed")
        if not missed[half_term]:
            n = next(n for n in here if outcomes[n] == "on_time")
            _swap(outcomes, n, (m for m, h in enumerate(half_terms) if missed[h] > 1), "missed")


def _swap(outcomes: list[str], n: int, others: Iterable[int], wanted: str) -> None:
    other = next(m for m in others if outcomes[m] == wanted)
    outcomes[n], outcomes[other] = outcomes[other], outcomes[n]
