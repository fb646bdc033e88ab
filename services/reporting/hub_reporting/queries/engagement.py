"""The report `engagement` (R2)."""

from dataclasses import dataclass
from datetime import date

from hub_reporting.domain.engagement import KINDS, LEVELS, Engaged, Kind, Level
from hub_reporting.domain.reports import Report
from hub_reporting.domain.scopes import Scope
from hub_reporting.queries.context import ReportContext
from hub_reporting.queries.engagement_facts import load_engagement_facts
from hub_reporting.queries.parts import Answer, build_report, by_name, place_cells, row_of, share
from hub_reporting.queries.work_group_facts import load_work_group_facts


@dataclass(frozen=True, kw_only=True)
class LevelCells:
    """The level that a school reached, and how often it attended each kind of activity."""

    level: str
    signed_up_on: date | None
    attended_on: date | None
    completed_on: date | None
    attendances: int
    visits: int
    department_pds: int
    pd_days: int
    conferences: int


def engagement(context: ReportContext, scope: Scope) -> Report:
    """Count the state-funded schools of a scope that signed up, attended and completed."""
    facts = load_engagement_facts(context, load_work_group_facts(context))
    found = facts.engagement_of(context.area.eligible(scope))
    months = context.period.month_ends()
    schools = sorted((context.register.schools[urn] for urn in found.schools), key=by_name)
    answer = Answer(
        figure=found.level(Level.ATTENDED),
        figures={
            **{level: share(found.level(level)) for level in LEVELS},
            "attended_by_kind": {kind: found.attended_by_kind(kind) for kind in KINDS},
            "by_month": [
                dict(zip(("until", *LEVELS), row, strict=True))
                for row in zip(months, *(found.by(months, level) for level in LEVELS), strict=True)
            ],
        },
        rows=[row_of(place_cells(school), _level_cells(found.schools[school.urn])) for school in schools],
        checks=found.checks(),
    )
    return build_report(context, "engagement", scope, answer)


def _level_cells(engaged: Engaged) -> LevelCells:
    return LevelCells(
        level=engaged.level,
        signed_up_on=engaged.signed_up,
        attended_on=engaged.attended,
        completed_on=engaged.completed,
        attendances=engaged.times.get(Kind.WORK_GROUP, 0),
        visits=engaged.times.get(Kind.VISIT, 0),
        department_pds=engaged.times.get(Kind.DEPARTMENT_PD, 0),
        pd_days=engaged.times.get(Kind.PD_DAY, 0),
        conferences=engaged.times.get(Kind.CONFERENCE, 0),
    )
