"""The visits service: routes by inheritance, one table of reactions, one RPC method."""

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
from hub_visits.handlers import schools
from hub_visits.queries.assignments import assignments_after


class VisitsService(Calendars, Assignments, Visits, Obligations, Probes):
    """Owns calendars, PD-lead assignments, obligations, visits and exemptions."""

    name = "visits"
    named_in_audit = frozenset({"urn", "scope"})
    relay = OutboxRelay()
    database = Database()
    reactions = reaction_table(
        on(SchoolImported, schools.on_school_changed),
        on(SchoolChanged, schools.on_school_changed),
        on(SchoolClosed, schools.on_school_closed),
        on(SchoolSucceeded, schools.on_school_succeeded),
        on(TeacherRegistered, schools.on_workplace_changed),
        on(TeacherMovedSchool, schools.on_workplace_changed),
        on(MembershipCorrected, schools.on_workplace_changed),
        on(LeaderAppointed, schools.on_leader_changed),
        on(LeaderEnded, schools.on_leader_changed),
        on(TeacherMerged, schools.on_teacher_merged),
        context=reaction_context,
    )

    @answer
    def assignments_after(self, pd_lead_ids: Sequence[str], last_day: str) -> list[dict[str, str | int]]:
        """Return the assignments that a PD lead has after a day, with the number of visits planned later.

        `pd_lead_ids` are the records of one person; records that were merged into them count, too.
        """
        ids, day = [UUID(one) for one in pd_lead_ids], date.fromisoformat(last_day)
        with self.database() as session:
            found = assignments_after(session, ids, day)
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
