"""The report `work-group-lead-schools` (R6)."""

from dataclasses import dataclass
from uuid import UUID

from hub_reporting.domain.leadership import lead_schools
from hub_reporting.domain.reports import Report
from hub_reporting.domain.scopes import Scope
from hub_reporting.queries.context import ReportContext
from hub_reporting.queries.parts import Answer, build_report, row_of, school_cells
from hub_reporting.queries.work_group_facts import WorkGroupFacts, load_work_group_facts
from hub_reporting.store import schools as school_store
from hub_reporting.store import work_groups as group_store


@dataclass(frozen=True, kw_only=True)
class LeadCells:
    """Work Group leads from one school, and the Work Groups that they lead."""

    leads_n: int
    groups_n: int


def work_group_lead_schools(
    context: ReportContext, scope: Scope, groups: WorkGroupFacts | None = None
) -> Report:
    """Count the home schools of Work Group leads.

    Args:
        context: hub and period.
        scope: of the home schools.
        groups: the period's Work Groups, where they are loaded already.
    """
    leads = _leads(context, groups or load_work_group_facts(context))
    people = {lead for lead_ids in leads.values() for lead in lead_ids}
    homes = school_store.homes(context.session, context.hub, people)
    found = lead_schools(leads, homes, context.register)
    inside = [one for one in found if context.area.includes(scope, one.urn)]
    answer = Answer(
        figure=len(inside),
        figures={
            "leads": sum(one.leads for one in inside),
            "groups": len({group for one in inside for group in one.groups}),
            "groups_of_the_hub": len(leads),
        },
        rows=[
            row_of(
                school_cells(context.register, one.urn),
                LeadCells(leads_n=one.leads, groups_n=len(one.groups)),
            )
            for one in inside
        ],
    )
    return build_report(context, "work-group-lead-schools", scope, answer)


def _leads(context: ReportContext, groups: WorkGroupFacts) -> dict[UUID, list[UUID]]:
    """Return the leads of each Work Group that is not cancelled."""
    current = {one.group.work_group_id for one in groups.compositions.groups if not one.cancelled}
    leads = group_store.leads(context.session, context.hub, context.period)
    return {group_id: lead_ids for group_id, lead_ids in leads.items() if str(group_id) in current}
