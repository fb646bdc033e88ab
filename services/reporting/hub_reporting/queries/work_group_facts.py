"""Places, registers and compositions of Work Groups, shared by several reports."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub_reporting.domain.composition import Compositions, compose
from hub_reporting.domain.scopes import Scope
from hub_reporting.domain.work_groups import Attendance, Place
from hub_reporting.queries.context import ReportContext
from hub_reporting.store import work_groups as store


@dataclass(frozen=True, kw_only=True)
class WorkGroupFacts:
    """Work Groups of the academic years that a period touches."""

    places: Sequence[Place]
    attendances: Sequence[Attendance]
    compositions: Compositions


def load_work_group_facts(context: ReportContext) -> WorkGroupFacts:
    """Load the Work Groups of a period with their places and attendance."""
    session, hub, period = context.session, context.hub, context.period
    places = store.places(session, hub, period)
    attendances = store.attendances(session, hub, period)
    groups = store.groups(session, hub, period)
    return WorkGroupFacts(
        places=places,
        attendances=attendances,
        compositions=compose(groups, places, attendances, context.register, period.as_at),
    )


def compositions_in(context: ReportContext, scope: Scope, facts: WorkGroupFacts) -> Compositions:
    """Return the Work Groups with a place given to a school of a scope; for the whole hub, all of them."""
    if scope.is_hub_wide:
        return facts.compositions
    day = context.period.as_at
    inside = (p for p in facts.places if p.enrolled_on <= day and context.area.includes(scope, p.urn))
    return facts.compositions.only({place.work_group_id for place in inside})
