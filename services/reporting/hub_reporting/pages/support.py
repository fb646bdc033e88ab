"""What the page shows of supported schools: the half term of the tile, and the grid of all half terms."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub_reporting.domain import visits
from hub_reporting.domain.measures import Ratio
from hub_reporting.domain.periods import HALF_TERM_NAMES, half_term_name
from hub_reporting.handlers.dashboard import Dashboard


@dataclass(frozen=True)
class VisitRow:
    """A supported school and kind of obligation, half term by half term."""

    urn: str
    name: str
    kind: str
    cells: list[visits.Settled | None]


@dataclass(frozen=True)
class VisitGrid:
    """Every supported school, every half term."""

    half_terms: list[tuple[str, str]]  # id and name
    rows: list[VisitRow]
    totals: list[Ratio]

    @classmethod
    def of(cls, shown: Dashboard) -> "VisitGrid":
        """Lay it out: a row for each school and kind, schools by name."""
        by_half_term = shown.compliance.half_terms()
        settled: dict[tuple[str, str], dict[str, visits.Settled]] = {}
        for one in shown.compliance.settled:
            owed = one.obligation
            settled.setdefault((owed.urn, owed.kind), {})[owed.half_term] = one
        rows = [
            VisitRow(urn, _name(shown.schools, urn), kind, [cells.get(h) for h in by_half_term])
            for (urn, kind), cells in settled.items()
        ]
        return cls(
            [(half_term, half_term_name(half_term)) for half_term in by_half_term],
            sorted(rows, key=lambda row: (row.name, row.urn, row.kind != "visit")),
            [visits.ratio(listed) for listed in by_half_term.values()],
        )


@dataclass(frozen=True)
class HalfTermSeen:
    """Supported schools that are owed a visit in the last half term that has begun; each is in one number."""

    name: str
    number: int
    owed: int  # schools: seen, excused, missed, not logged yet and still to be seen
    seen: int
    excused: int
    missed: int
    to_log: int
    ends_on: date

    @property
    def to_come(self) -> int:
        """Number of schools that may still be seen."""
        return self.owed - self.seen - self.excused - self.missed - self.to_log


def this_half_term(shown: Dashboard) -> HalfTermSeen | None:
    """Return the half term of the tile; none before the first has begun."""
    current = shown.compliance.current()
    if current is None:
        return None
    settled = [s for s in shown.compliance.settled if s.obligation.half_term == current]
    seen = shown.compliance.seen(current)
    missed = {s.obligation.urn for s in settled if s.status == "missed"} - seen
    to_log = {s.obligation.urn for s in settled if s.status == "awaiting_log"} - seen - missed
    waiting = {s.obligation.urn for s in settled if s.status in {"planned", "open", "ahead"}} - seen - missed
    owed = {s.obligation.urn for s in settled}
    name = half_term_name(current)
    return HalfTermSeen(
        name=name,
        number=HALF_TERM_NAMES.index(name) + 1,
        owed=len(owed),
        seen=len(seen),
        excused=len(owed - seen - missed - to_log - waiting),
        missed=len(missed),
        to_log=len(to_log - waiting),
        ends_on=max(s.obligation.ends_on for s in settled),
    )


def _name(schools: Mapping[str, Any], urn: str) -> str:
    school = schools.get(urn)
    return school.name if school is not None else f"URN {urn}"
