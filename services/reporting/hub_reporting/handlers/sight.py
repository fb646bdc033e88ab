"""Everything that the reports of one period look at, each part read when it is first needed."""

from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from sqlalchemy.orm import Session

from hub_reporting.config import Options
from hub_reporting.domain import composition, engagement, leadership, schools, visits
from hub_reporting.domain.periods import Period
from hub_reporting.domain.scopes import Area, Scope
from hub_reporting.store import hub as hub_store
from hub_reporting.store import pd_days as pd_day_store
from hub_reporting.store import schools as school_store
from hub_reporting.store import visits as visit_store
from hub_reporting.store import work_groups as group_store


@dataclass(frozen=True)
class Sight:
    """One hub, seen for one period."""

    session: Session
    options: Options
    period: Period
    _engaged: dict[frozenset[str], engagement.Engagement] = field(default_factory=dict)

    @property
    def hub(self) -> str:
        """Whose events are counted."""
        return self.options.hub_id

    @cached_property
    def register(self) -> schools.Register:
        """Schools as they stood at as_at, with the facts of the period's `facts_day`."""
        return school_store.register(
            self.session, self.hub, self.period.as_at, facts_day=self.period.facts_day
        )

    @cached_property
    def connections(self) -> dict[str, schools.Connection]:
        """The first connection of each open school, after successors."""
        first: dict[str, schools.Connection] = {}
        for one in sorted(school_store.connections(self.session, self.hub, self.period.as_at), key=_when):
            standing = self.register.standing(one.urn)
            if standing is not None:
                first.setdefault(standing, one)
        return first

    @cached_property
    def area(self) -> Area:
        """What the scopes mean on that day."""
        return Area(self.register, self.connections.keys(), hub_store.area(self.session, self.hub))

    @cached_property
    def assignments(self) -> list[visits.Assignment]:
        """PD leads of the period's years."""
        return visit_store.assignments(self.session, self.hub, self.period)

    @cached_property
    def places(self) -> list[composition.Place]:
        """Places on groups of the period's years."""
        return group_store.places(self.session, self.hub, self.period)

    @cached_property
    def attendances(self) -> list[composition.Attendance]:
        """What registers of the period's years say."""
        return group_store.attendances(self.session, self.hub, self.period)

    @cached_property
    def compositions(self) -> composition.Compositions:
        """All groups of the period's years."""
        groups = group_store.groups(self.session, self.hub, self.period)
        return composition.compose(groups, self.places, self.attendances, self.register, self.period.as_at)

    @cached_property
    def posts(self) -> list[leadership.Post]:
        """Every role given."""
        return school_store.posts(self.session, self.hub)

    @cached_property
    def compliance(self) -> visits.Compliance:
        """What supported schools were owed, and how it stands."""
        owed = visit_store.obligations(self.session, self.hub, self.period)
        half_terms = {one.half_term for one in owed}
        return visits.settle(
            owed,
            self.register,
            logged=visit_store.logged(self.session, self.hub, half_terms),
            planned=visit_store.planned(self.session, self.hub, half_terms, self.period.as_at),
            excused=visit_store.excused(self.session, self.hub, half_terms, self.period.as_at),
            day=self.period.as_at,
        )

    @cached_property
    def coverage(self) -> visits.Coverage:
        """Who has a PD lead."""
        return visits.coverage(self.assignments, self.register, self.period.as_at)

    @cached_property
    def _sign_ups(self) -> list[engagement.SignUp]:
        last = self.period.last_counted
        led = [engagement.SignUp(a.urn, a.starts_on) for a in self.assignments if a.starts_on <= last]
        return [*engagement.sign_ups(self.places, last), *led]

    @cached_property
    def _activities(self) -> list[engagement.Activity]:
        return [
            *engagement.seen_at_sessions(self.attendances),
            *visit_store.seen_on_visits(self.session, self.hub, self.period),
            *pd_day_store.seen_on_pd_days(self.session, self.hub, self.period),
        ]

    @cached_property
    def _finished_places(self) -> list[engagement.FinishedPlace]:
        groups, last = self.compositions.groups, self.period.last_counted
        return engagement.finished_places(groups, self.places, self.attendances, last)

    def engaged(self, urns: frozenset[str]) -> engagement.Engagement:
        """The levels of some schools."""
        if urns not in self._engaged:
            self._engaged[urns] = engagement.engagement(
                urns,
                self.register,
                sign_ups=self._sign_ups,
                activities=self._activities,
                finished_places=self._finished_places,
            )
        return self._engaged[urns]

    def groups_in(self, scope: Scope) -> composition.Compositions:
        """Return the groups on which a teacher from a scope was given a place; of the hub all groups."""
        if scope.kind in {"connected", "hub"}:
            return self.compositions
        day = self.period.as_at
        inside = {
            p.work_group_id for p in self.places if p.enrolled_on <= day and self.area.holds(scope, p.urn)
        }
        return composition.Compositions(
            tuple(c for c in self.compositions.groups if c.group.work_group_id in inside)
        )

    def compliance_in(self, scope: Scope) -> visits.Compliance:
        """What schools in a scope were owed."""
        inside = tuple(s for s in self.compliance.settled if self.area.holds(scope, s.obligation.urn))
        return visits.Compliance(inside, self.compliance.day)


def _when(connection: schools.Connection) -> tuple[date, str]:
    return connection.connected_on, connection.urn
