"""The report `leadership-spread` (R5)."""

from dataclasses import dataclass
from uuid import UUID

from hub_reporting.domain.leadership import Spread, spread
from hub_reporting.domain.reports import Report
from hub_reporting.domain.scopes import Scope
from hub_reporting.queries.context import ReportContext
from hub_reporting.queries.parts import Answer, build_report, row_of, school_cells
from hub_reporting.store import schools as store


@dataclass(frozen=True, kw_only=True)
class LeaderCells:
    """A member of the main leadership team."""

    teacher_id: UUID
    roles: str  # codes with spaces between them
    trust_uid: str | None


def leadership_spread(context: ReportContext, scope: Scope) -> Report:
    """Count the members of the main leadership team, their home schools and the trusts of these."""
    register, area = context.register, context.area
    team = spread(store.posts(context.session, context.hub), register, context.period.as_at)
    inside = Spread(tuple(leader for leader in team.leaders if area.includes(scope, leader.urn)))
    answer = Answer(
        figure=len(inside.leaders),
        figures={
            "leaders": len(inside.leaders),
            "schools": len(inside.schools),
            "trusts": len(inside.trusts),
            "maintained_schools": [row_of(school_cells(register, urn)) for urn in sorted(inside.maintained)],
        },
        rows=[
            row_of(
                school_cells(register, leader.urn),
                LeaderCells(
                    teacher_id=leader.teacher_id, roles=" ".join(leader.roles), trust_uid=leader.trust_uid
                ),
            )
            for leader in inside.leaders
        ],
        checks=inside.checks(),
    )
    return build_report(context, "leadership-spread", scope, answer)
