"""The visits service: routes by inheritance, one table of reactions to events of enrolment."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from hub_contracts.enrolment import (
    LeaderAppointed,
    LeaderEnded,
    MembershipCorrected,
    SchoolChanged,
    SchoolClosed,
    SchoolImported,
    SchoolSucceeded,
    TeacherMerged,
    TeacherMovedSchool,
    TeacherRegistered,
)
from hub_messaging.relay import OutboxRelay
from hub_messaging.rpc import answer
from hub_messaging.subscribe import on, reaction_table
from hub_platform.dependencies import Database
from hub_platform.probes import Probes
from hub_platform.reaction_context import reaction_context
from hub_visits.api.assignments import Assignments
from hub_visits.api.calendars import Calendars
from hub_visits.api.obligations import Obligations
from hub_visits.api.visits import Visits
from hub_visits.handlers import leads, schools


class VisitsService(Calendars, Assignments, Visits, Obligations, Probes):
    """Owns calendars, PD-lead assignments, obligations, visits and exemptions."""

    name = "visits"
    named_in_audit = frozenset({"urn", "scope"})
    relay = OutboxRelay()
    database = Database()
    reactions = reaction_table(
        on(SchoolImported, schools.on_school_told),
        on(SchoolChanged, schools.on_school_told),
        on(SchoolClosed, schools.on_school_closed),
        on(SchoolSucceeded, schools.on_school_succeeded),
        on(TeacherRegistered, schools.on_workplace_told),
        on(TeacherMovedSchool, schools.on_workplace_told),
        on(MembershipCorrected, schools.on_workplace_told),
        on(LeaderAppointed, schools.on_leader_told),
        on(LeaderEnded, schools.on_leader_told),
        on(TeacherMerged, schools.on_teacher_merged),
        context=reaction_context,
    )

    @answer
    def assignments_after(self, pd_lead_ids: Sequence[str], last_day: str) -> list[dict[str, str | int]]:
        """Tell which assignments a PD lead has after a day, and how many visits are planned for later.

        `pd_lead_ids` are the records of one person. Records that were merged into them are looked at, too.
        """
        ids, day = [UUID(one) for one in pd_lead_ids], date.fromisoformat(last_day)
        with self.database() as session:
            found = leads.assignments_after(session, ids, day)
        return [
            {
                "assignment_id": str(one.assignment_id),
                "urn": one.urn,
                "programme": one.programme,
                "ends_on": one.ends_on.isoformat(),
                "planned_visits_n": one.planned_visits_n,
            }
            for one in found
        ]
