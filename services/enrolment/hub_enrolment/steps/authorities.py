"""Record authority, district and phase of schools over time, from imports."""

from datetime import date

from hub_enrolment.domain.authorities import FACTS, Placement, change_placement
from hub_enrolment.domain.gias_changes import Plan
from hub_enrolment.domain.gias_establishments import Establishment
from hub_enrolment.steps.import_counts import Run
from hub_enrolment.store import authorities as store


def keep_history(run: Run, plan: Plan) -> None:
    """Record the authorities, districts and phases of an import, from its day on."""
    firsts = ((school.urn, _placement(school, run.on)) for school in plan.created)
    store.begin(run.session, firsts, now=run.now, by=run.by)
    moved = {
        change.school.urn: change.school
        for change in plan.changed
        if not set(FACTS).isdisjoint(change.changed)
    }
    if not moved:
        return
    held = store.placements(run.session, moved)
    wanted = {
        urn: change_placement(held.get(urn, []), _placement(school, run.on)) for urn, school in moved.items()
    }
    store.replace(run.session, wanted, now=run.now, by=run.by)


def _placement(school: Establishment, on: date) -> Placement:
    return Placement(
        la_code=school.la_code,
        la_name=school.la_name,
        district_code=school.district_code,
        district_name=school.district_name,
        phase=school.phase,
        starts_on=on,
    )
