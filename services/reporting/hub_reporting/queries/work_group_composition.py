"""The report `work-group-composition` (R4)."""

from dataclasses import dataclass
from typing import Final

from hub_reporting.domain.composition import Composition, Verdict
from hub_reporting.domain.measures import part_of_whole
from hub_reporting.domain.reports import Report
from hub_reporting.domain.scopes import Scope
from hub_reporting.queries.context import ReportContext
from hub_reporting.queries.parts import Answer, build_report, row_of
from hub_reporting.queries.work_group_facts import compositions_in, load_work_group_facts

COMPARED: Final = frozenset({Verdict.WITHIN, Verdict.OUTSIDE})


@dataclass(frozen=True, kw_only=True)
class GroupCells:
    """A Work Group against its programme's rule."""

    work_group_id: str
    title: str
    ncp_code: str | None
    academic_year: str
    strand: str
    state: str
    teachers_n: int
    schools_n: int
    min_teachers: int
    max_teachers: int
    min_schools: int
    verdict: str
    in_range: bool | None  # null while the group is not compared with the rule
    teachers_short: int
    teachers_over: int
    schools_short: int
    sessions_n: int
    held_n: int
    attendance_percent: float | None


def work_group_composition(context: ReportContext, scope: Scope) -> Report:
    """Count the Work Groups that have as many teachers and schools as their programme asks for."""
    found = compositions_in(context, scope, load_work_group_facts(context))
    answer = Answer(
        figure=found.in_range,
        figures={
            "recruiting": found.recruiting,
            "cancelled": found.cancelled,
            "median_teachers": found.median_teachers,
            "median_schools": found.median_schools,
            "shortfalls": [
                {"work_group_id": c.group.work_group_id, "title": c.group.title, "shortfall": c.shortfall}
                for c in found.outside
            ],
        },
        rows=[row_of(_group_cells(composition)) for composition in found.groups],
        checks=[part_of_whole(found.in_range, "groups within the rule")],
    )
    return build_report(context, "work-group-composition", scope, answer)


def _group_cells(composition: Composition) -> GroupCells:
    group = composition.group
    return GroupCells(
        work_group_id=group.work_group_id,
        title=group.title,
        ncp_code=group.ncp_code,
        academic_year=group.academic_year,
        strand=group.strand,
        state=composition.state,
        teachers_n=composition.teachers,
        schools_n=composition.schools,
        min_teachers=group.min_teachers,
        max_teachers=group.max_teachers,
        min_schools=group.min_schools,
        verdict=composition.verdict,
        in_range=composition.in_range if composition.verdict in COMPARED else None,
        teachers_short=composition.teachers_short,
        teachers_over=composition.teachers_over,
        schools_short=composition.schools_short,
        sessions_n=group.sessions,
        held_n=group.held,
        attendance_percent=composition.attendance.rate,
    )
