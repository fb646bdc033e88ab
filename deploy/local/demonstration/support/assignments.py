"""The supported schools: who is assigned to them, and what becomes of each half term's visit.

A primary school is owed a visit in every half term; a secondary school a visit and professional development
for the whole department. Most take place on time. A few are missed, excused or written up late, and one visit
falls into the holidays, where it does not count.
"""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from local.demonstration.cast import Cast
from local.demonstration.commands import Command, Made
from local.demonstration.dates.england import moment
from local.demonstration.dates.school_years import HalfTerm, SchoolYear
from local.demonstration.people.staffroom import Person
from local.demonstration.register.schools import School

OUTCOMES: Final = {"on_time": 253, "late": 9, "missed": 13, "excused": 7}  # of 282
LAST_HALF_TERM: Final = 6


@dataclass(frozen=True, kw_only=True)
class Support:
    """One school's assignment."""

    school: School
    pd_lead: Person

    @property
    def key(self) -> str:
        """How the plan names it."""
        return f"assignment/{self.school.urn}"

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

    @property
    def key(self) -> str:
        """How the plan names it."""
        return f"{self.support.school.urn}/{self.half_term.id}/{self.kind}"


def supports(cast: Cast, pd_leads: Sequence[Person]) -> list[Support]:
    """Give every supported school a PD lead of its phase, each about as many."""
    found = []
    for kind in ("primary", "secondary"):
        leads = [person for person in pd_leads if person.phase == kind]
        urns = [urn for urn in cast.supported if cast.schools[urn].kind == kind]
        found += [
            Support(school=cast.schools[urn], pd_lead=leads[n % len(leads)]) for n, urn in enumerate(urns)
        ]
    return found


def assigned(year: SchoolYear) -> datetime:
    """When schools are given their PD leads."""
    return moment(year.opening_days[2], 8)


def assign(support: Support, year: SchoolYear) -> Command:
    """Give the school its PD lead."""
    return Command(
        key=support.key,
        at=assigned(year),
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
    # A visit of the last half term cannot be written up late within the year: it changes places with another.
    for n, (_, half_term, _) in enumerate(owed):
        if half_term.n == LAST_HALF_TERM and outcomes[n] == "late":
            other = next(
                m for m, (_, h, _) in enumerate(owed) if h.n < LAST_HALF_TERM and outcomes[m] == "on_time"
            )
            outcomes[n], outcomes[other] = outcomes[other], outcomes[n]
    for (support, half_term, kind), outcome in zip(owed, outcomes, strict=True):
        yield Owed(support=support, half_term=half_term, kind=kind, outcome=outcome)
