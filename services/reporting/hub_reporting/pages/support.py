"""Supported schools on the dashboard: the tile of the present half term, and the table of all half terms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from hub_contracts.vocabulary import ObligationKind
from hub_reporting.domain import visits
from hub_reporting.domain.measures import Ratio
from hub_reporting.domain.periods import HALF_TERM_NAMES, half_term_name
from hub_reporting.domain.schools import School
from hub_reporting.queries.dashboard import Dashboard

TO_COME: Final = frozenset({visits.Status.PLANNED, visits.Status.OPEN, visits.Status.AHEAD})


@dataclass(frozen=True)
class VisitRow:
    """One supported school and kind of obligation, with its outcome in each half term."""

    urn: str
    name: str
    kind: str
    cells: list[visits.Outcome | None]


@dataclass(frozen=True)
class VisitGrid:
    """Outcomes of all supported schools in all half terms."""

    half_terms: list[tuple[str, str]]  # id and name
    rows: list[VisitRow]
    totals: list[Ratio]

    @classmethod
    def of(cls, shown: Dashboard) -> "VisitGrid":
        """Build a row for each school and kind of obligation, schools by name."""
        by_half_term = shown.compliance.half_terms()
        outcomes: dict[tuple[str, str], dict[str, visits.Outcome]] = {}
        for one in shown.compliance.outcomes:
            due = one.obligation
            outcomes.setdefault((due.urn, due.kind), {})[due.half_term] = one
        rows = [
            VisitRow(urn, _name(shown.schools, urn), kind, [cells.get(h) for h in by_half_term])
            for (urn, kind), cells in outcomes.items()
        ]
        return cls(
            [(half_term, half_term_name(half_term)) for half_term in by_half_term],
            sorted(rows, key=lambda row: (row.name, row.urn, row.kind != ObligationKind.VISIT)),
            [visits.ratio(listed) for listed in by_half_term.values()],
        )


@dataclass(frozen=True)
class HalfTermVisits:
    """Supported schools in the last half term that has begun; each school is in one of the numbers."""

    name: str
    number: int
    due: int  # all schools with an obligation
    visited: int
    excused: int
    missed: int
    to_log: int
    ends_on: date

    @property
    def to_come(self) -> int:
        """Number of schools with a visit still to come."""
        return self.due - self.visited - self.excused - self.missed - self.to_log


def this_half_term(shown: Dashboard) -> HalfTermVisits | None:
    """Return the numbers of the tile; None before the first half term has begun."""
    current = shown.compliance.current()
    if current is None:
        return None
    outcomes = [s for s in shown.compliance.outcomes if s.obligation.half_term == current]
    visited = shown.compliance.visited(current)
    missed = {s.obligation.urn for s in outcomes if s.status == visits.Status.MISSED} - visited
    to_log = {s.obligation.urn for s in outcomes if s.status == visits.Status.AWAITING_LOG} - visited - missed
    waiting = {s.obligation.urn for s in outcomes if s.status in TO_COME} - visited - missed
    due = {s.obligation.urn for s in outcomes}
    name = half_term_name(current)
    return HalfTermVisits(
        name=name,
        number=HALF_TERM_NAMES.index(name) + 1,
        due=len(due),
        visited=len(visited),
        excused=len(due - visited - missed - to_log - waiting),
        missed=len(missed),
        to_log=len(to_log - waiting),
        ends_on=max(s.obligation.ends_on for s in outcomes),
    )


def _name(schools: Mapping[str, School], urn: str) -> str:
    school = schools.get(urn)
    return school.name if school is not None else f"URN {urn}"
