"""Assignments of PD leads to supported schools, and the outcome of each half term's obligations.

The obligation at a primary school is a visit in every half term; at a secondary school a visit and
professional development for the whole department. Most are met on time. A few are missed, excused or logged
late, and one visit is in the holidays, where it does not count.
"""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Final

from hub_demo.cast import Cast
from hub_demo.commands import Command, Made
from hub_demo.dates.england import moment
from hub_demo.dates.school_years import HalfTerm, SchoolYear
from hub_demo.people.staffroom import Person
from hub_demo.register.schools import School

OUTCOMES: Final = {"on_time": 253, "late": 9, "missed": 13, "excused": 7}  # of 282
LAST_HALF_TERM: Final = 6
MISSED_BUT_PLANNED: Final = 0.75  # share of the other missed visits that were planned, then cancelled


@dataclass(frozen=True, kw_only=True)
class Support:
    """The assignment of a PD lead to a school."""

    school: School
    pd_lead: Person
    assigned_at: datetime
    starts_on: date
    programme: str = "opportunity_area"
    prefix: str = ""  # distinguishes assignments of one school
    assigned_as: str = ""  # the former school's URN, when an academy has continued the assignment

    @property
    def key(self) -> str:
        """Key in the plan."""
        return f"assignment/{self.prefix}{self.assigned_as or self.school.urn}"

    def again(self, prefix: str, assigned_at: datetime, starts_on: date) -> "Support":
        """Return the same assignment in another year."""
        return Support(
            school=self.school,
            pd_lead=self.pd_lead,
            assigned_at=assigned_at,
            starts_on=starts_on,
            prefix=prefix,
        )

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of obligation in every half term."""
        return ("visit", "department_pd") if self.school.kind == "secondary" else ("visit",)


@dataclass(frozen=True, kw_only=True)
class Owed:
    """An obligation at a school in one half term, and its outcome."""

    support: Support
    half_term: HalfTerm
    kind: str
    outcome: str
    planned: bool  # whether the visit is planned before it takes place

    @property
    def key(self) -> str:
        """Key in the plan."""
        return f"{self.support.school.urn}/{self.half_term.id}/{self.kind}"


@dataclass(frozen=True)
class Changes:
    """Changes during a year: hand-overs of schools, and obligations with a fixed outcome.

    Other modules plan the fixed outcomes. Both are mapped by the URN of September and the half term.
    """

    supports: Mapping[tuple[str, int], Support] = field(default_factory=dict)
    outcomes: Mapping[tuple[str, int], str] = field(default_factory=dict)

    def with_outcomes(self, outcomes: Mapping[tuple[str, int], str]) -> "Changes":
        """Return the same changes with more fixed outcomes."""
        return Changes(self.supports, {**self.outcomes, **outcomes})

    def support(self, usual: Support, n: int) -> Support:
        """Return the assignment of a school in a half term."""
        known = (self.supports.get((usual.school.urn, m)) for m in range(n, 0, -1))
        return next((one for one in known if one is not None), usual)


def supports(cast: Cast, pd_leads: Sequence[Person], year: SchoolYear) -> list[Support]:
    """Assign every supported school to a PD lead of its phase, in about equal numbers."""
    found = []
    at, day = moment(year.opening_days[2], 8), year.half_term(1).starts_on
    for kind in ("primary", "secondary"):
        leads = [person for person in pd_leads if person.phase == kind]
        urns = [urn for urn in cast.supported if cast.schools[urn].kind == kind]
        for n, urn in enumerate(urns):
            lead = leads[n % len(leads)]
            found.append(Support(school=cast.schools[urn], pd_lead=lead, assigned_at=at, starts_on=day))
    return found


def assign(support: Support, *after: str) -> Command:
    """Return the command that assigns the PD lead; `after` are keys of commands that must be done before."""
    return Command(
        key=support.key,
        at=support.assigned_at,
        service="visits",
        method="POST",
        path="/visits/v1/assignments",
        body={
            "urn": support.school.urn,
            "pd_lead_id": Made(support.pd_lead.key),
            "programme": support.programme,
            "starts_on": support.starts_on.isoformat(),
            "kinds": list(support.kinds),
        },
        lane=support.key,
        gives="assignment_id",
        after=(f"leader/{support.pd_lead.key}/pd_lead", *after),
    )


def hand_over(before: Support, after: Support, reason: str) -> Command:
    """Return the command that hands the school over to another PD lead, from the first day of `after` on."""
    return Command(
        key=after.key,
        at=after.assigned_at,
        service="visits",
        method="POST",
        path=f"/visits/v1/assignments/{{{before.key}}}/hand-over",
        body={
            "pd_lead_id": Made(after.pd_lead.key),
            "on": after.starts_on.isoformat(),
            "reason": reason,
        },
        lane=after.key,
        gives="assignment_id",
        after=(f"leader/{after.pd_lead.key}/pd_lead", before.key),
        announces=3,
    )


def half_terms_of(support: Support, year: SchoolYear, cast: Cast) -> tuple[HalfTerm, ...]:
    """Return the half terms of the school's calendar."""
    return year.half_terms_of_the_trust if support.school.trust == cast.long_holiday else year.half_terms


def obligations(
    year: SchoolYear, cast: Cast, all_supports: Sequence[Support], changes: Changes, r: random.Random
) -> Iterator[Owed]:
    """Yield the obligations of the year without a fixed outcome, with outcomes drawn at random."""
    owed = [
        (support, half_term, kind)
        for support in all_supports
        for half_term in half_terms_of(support, year, cast)
        for kind in support.kinds
    ]
    certain = [changes.outcomes.get((support.school.urn, half_term.n), "") for support, half_term, _ in owed]
    outcomes = _outcomes([half_term.n for _, half_term, _ in owed], certain, r)
    without: set[int] = set()  # half terms with one obligation that is never planned
    for (support, half_term, kind), known, outcome in zip(owed, certain, outcomes, strict=True):
        if known:
            continue
        planned = outcome != "excused"
        if outcome == "missed":
            planned = half_term.n in without and r.random() < MISSED_BUT_PLANNED
            without.add(half_term.n)
        now = changes.support(support, half_term.n)
        yield Owed(support=now, half_term=half_term, kind=kind, outcome=outcome, planned=planned)


def _outcomes(half_terms: Sequence[int], certain: Sequence[str], r: random.Random) -> list[str]:
    """Return an outcome for each obligation: the fixed ones, and random ones for the others.

    A visit of the last half term cannot be logged late within the year, and every half term has a missed
    obligation whose outcome is random.
    """
    free = [n for n, outcome in enumerate(certain) if not outcome]
    left = Counter(OUTCOMES)
    left.subtract(outcome for outcome in certain if outcome)
    drawn = list(left.elements())
    r.shuffle(drawn)
    outcomes = list(certain)
    for n, outcome in zip(free, drawn, strict=True):
        outcomes[n] = outcome
    for n in free:
        if half_terms[n] == LAST_HALF_TERM and outcomes[n] == "late":
            _swap(outcomes, n, (m for m in free if half_terms[m] < LAST_HALF_TERM), "on_time")
    for half_term in range(1, LAST_HALF_TERM + 1):
        missed = Counter(half_terms[n] for n in free if outcomes[n] == "missed")
        if not missed[half_term]:
            n = next(n for n in free if half_terms[n] == half_term and outcomes[n] == "on_time")
            _swap(outcomes, n, (m for m in free if missed[half_terms[m]] > 1), "missed")
    return outcomes


def _swap(outcomes: list[str], n: int, others: Iterable[int], wanted: str) -> None:
    other = next(m for m in others if outcomes[m] == wanted)
    outcomes[n], outcomes[other] = outcomes[other], outcomes[n]
