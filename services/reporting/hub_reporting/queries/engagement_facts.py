"""Sign-ups, activities and finished places, from which the engagement of schools is derived."""

from collections.abc import Sequence
from dataclasses import dataclass

from hub_reporting.domain import engagement
from hub_reporting.domain.schools import Register
from hub_reporting.queries.context import ReportContext
from hub_reporting.queries.work_group_facts import WorkGroupFacts
from hub_reporting.store import pd_days as pd_day_store
from hub_reporting.store import visits as visit_store


@dataclass(frozen=True, kw_only=True)
class EngagementFacts:
    """Facts of all schools in a period."""

    register: Register
    sign_ups: Sequence[engagement.SignUp]
    activities: Sequence[engagement.Activity]
    finished_places: Sequence[engagement.FinishedPlace]

    def engagement_of(self, urns: frozenset[str]) -> engagement.Engagement:
        """Return the level that each of these schools reached."""
        return engagement.engagement(
            urns,
            self.register,
            sign_ups=self.sign_ups,
            activities=self.activities,
            finished_places=self.finished_places,
        )


def load_engagement_facts(context: ReportContext, groups: WorkGroupFacts) -> EngagementFacts:
    """Load visits, PD days and assignments of a period, and join them with its Work Groups."""
    session, hub, period = context.session, context.hub, context.period
    last = period.last_counted
    assignments = visit_store.assignments(session, hub, period)
    supported = [engagement.SignUp(a.urn, a.starts_on) for a in assignments if a.starts_on <= last]
    return EngagementFacts(
        register=context.register,
        sign_ups=[*engagement.sign_ups(groups.places, last), *supported],
        activities=[
            *engagement.session_activities(groups.attendances),
            *visit_store.visit_activities(session, hub, period),
            *pd_day_store.pd_day_activities(session, hub, period),
        ],
        finished_places=engagement.finished_places(
            groups.compositions.groups, groups.places, groups.attendances, last
        ),
    )
