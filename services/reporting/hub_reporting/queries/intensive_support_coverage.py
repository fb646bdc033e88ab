"""The report `intensive-support-coverage` (R7)."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from hub_reporting.domain.measures import Check, Ratio, part_of_whole
from hub_reporting.domain.reports import Report
from hub_reporting.domain.schools import PHASES
from hub_reporting.domain.scopes import Scope
from hub_reporting.domain.visits import Assignment, Coverage
from hub_reporting.queries.context import ReportContext
from hub_reporting.queries.parts import Answer, SchoolCells, build_report, row_of, school_cells, share
from hub_reporting.queries.support_facts import load_coverage


@dataclass(frozen=True, kw_only=True)
class SupportCells:
    """The assignment of a supported school."""

    programme: str
    pd_lead_id: UUID
    assigned_on: date
    led: bool  # whether the school has a PD lead on the day


@dataclass(frozen=True)
class SupportedSchool:
    """One row of the report."""

    school: SchoolCells
    support: SupportCells

    @property
    def sort_key(self) -> tuple[bool, str, str, str]:
        """Schools without a PD lead first, then by phase and name."""
        return self.support.led, self.school.phase, self.school.name, self.school.urn


def intensive_support_coverage(
    context: ReportContext, scope: Scope, coverage: Coverage | None = None
) -> Report:
    """Count the supported schools that have a PD lead.

    Args:
        context: hub and period.
        scope: of the schools.
        coverage: the period's supported schools, where they are loaded already.
    """
    schools = _supported(context, scope, coverage or load_coverage(context))
    by_phase = {
        phase: _led(one for one in schools if one.school.phase == phase)
        for phase in PHASES
        if any(one.school.phase == phase for one in schools)
    }
    total = _led(schools)
    parts = sum(ratio.n for ratio in by_phase.values())
    adds_up = Check("phases_add_up", parts == total.n, f"By phase {parts}, in all {total.n}.")
    answer = Answer(
        figure=total,
        figures={"by_phase": {phase: share(ratio) for phase, ratio in by_phase.items()}},
        rows=[row_of(one.school, one.support) for one in schools],
        checks=[adds_up, part_of_whole(total, "schools with a PD lead")],
    )
    return build_report(context, "intensive-support-coverage", scope, answer)


def _supported(context: ReportContext, scope: Scope, coverage: Coverage) -> list[SupportedSchool]:
    found = [
        SupportedSchool(school_cells(context.register, urn), _support_cells(assignment, led=led))
        for led, assignments in ((True, coverage.led), (False, coverage.without))
        for urn, assignment in assignments.items()
        if context.area.includes(scope, urn)
    ]
    return sorted(found, key=lambda one: one.sort_key)


def _support_cells(assignment: Assignment, *, led: bool) -> SupportCells:
    return SupportCells(
        programme=assignment.programme,
        pd_lead_id=assignment.pd_lead_id,
        assigned_on=assignment.starts_on,
        led=led,
    )


def _led(schools: Iterable[SupportedSchool]) -> Ratio:
    led = [one.support.led for one in schools]
    return Ratio(sum(led), len(led))
