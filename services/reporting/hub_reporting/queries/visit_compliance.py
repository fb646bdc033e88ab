"""The report `visit-compliance` (R8)."""

from dataclasses import dataclass
from datetime import date

from hub_contracts.vocabulary import ObligationKind
from hub_reporting.domain import visits
from hub_reporting.domain.measures import Check, part_of_whole
from hub_reporting.domain.periods import half_term_name
from hub_reporting.domain.reports import Report
from hub_reporting.domain.schools import PHASES
from hub_reporting.domain.scopes import Scope
from hub_reporting.queries.context import ReportContext
from hub_reporting.queries.parts import Answer, Share, build_report, row_of, school_cells, share
from hub_reporting.queries.support_facts import load_compliance


@dataclass(frozen=True, kw_only=True)
class ObligationCells:
    """A visit or department meeting due in one half term, with its status."""

    half_term: str
    kind: str
    starts_on: date
    ends_on: date
    status: str
    met_on: date | None


def visit_compliance(context: ReportContext, scope: Scope) -> Report:
    """Count the obligations to supported schools that were met."""
    found = load_compliance(context, scope)
    counts = found.counts()
    adds_up = sum(counts.values()) == len(found.outcomes)
    answer = Answer(
        figure=found.met,
        figures={
            **counts,
            "by_half_term": _by_half_term(found),
            "by_kind": {
                kind: share(visits.ratio(s for s in found.due if s.obligation.kind == kind))
                for kind in ObligationKind
            },
            "by_phase": _by_phase(context, found),
        },
        rows=[
            row_of(school_cells(context.register, one.obligation.urn), _obligation_cells(one))
            for one in found.outcomes
        ],
        checks=[
            Check("each_counted_once", adds_up, f"{sum(counts.values())} of {len(found.outcomes)}."),
            part_of_whole(found.met, "obligations met"),
        ],
    )
    return build_report(context, "visit-compliance", scope, answer)


def _by_half_term(found: visits.Compliance) -> list[dict[str, object]]:
    return [
        {
            "half_term": half_term,
            "name": half_term_name(half_term),
            "ended": all(s.obligation.ends_on < found.day for s in settled),
            **share(visits.ratio(settled)),
        }
        for half_term, settled in found.half_terms().items()
    ]


def _by_phase(context: ReportContext, found: visits.Compliance) -> dict[str, Share]:
    grouped: dict[str, list[visits.Outcome]] = {}
    for one in found.due:
        phase = school_cells(context.register, one.obligation.urn).phase
        grouped.setdefault(phase, []).append(one)
    return {phase: share(visits.ratio(grouped[phase])) for phase in PHASES if phase in grouped}


def _obligation_cells(one: visits.Outcome) -> ObligationCells:
    return ObligationCells(
        half_term=one.obligation.half_term,
        kind=one.obligation.kind,
        starts_on=one.obligation.starts_on,
        ends_on=one.obligation.ends_on,
        status=one.status,
        met_on=one.met_on,
    )
