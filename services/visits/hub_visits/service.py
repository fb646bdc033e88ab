"""The visits service: routes by inheritance, reactions to what enrolment announces."""

from collections.abc import Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

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
from hub_messaging.subscribe import Delivery, subscribe
from hub_platform.dependencies import Database
from hub_platform.probes import Probes
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
    database: Any = Database()

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

    @subscribe(SchoolImported, SchoolChanged)
    def on_school_told(self, session: Session, delivery: Delivery) -> None:
        """Learn where a school belongs."""
        schools.on_school_told(session, delivery.event, **self._told(delivery))

    @subscribe(SchoolClosed)
    def on_school_closed(self, session: Session, delivery: Delivery) -> None:
        """Learn that a school has closed."""
        schools.on_school_closed(session, delivery.event, **self._told(delivery))

    @subscribe(SchoolSucceeded)
    def on_school_succeeded(self, session: Session, delivery: Delivery) -> None:
        """Learn which school carries on."""
        schools.on_school_succeeded(session, delivery.event, **self._told(delivery))

    @subscribe(TeacherRegistered, TeacherMovedSchool, MembershipCorrected)
    def on_workplace_told(self, session: Session, delivery: Delivery) -> None:
        """Learn where a teacher works: nobody supports their own school."""
        schools.on_workplace_told(session, delivery.event, revision=delivery.envelope.revision)

    @subscribe(LeaderAppointed, LeaderEnded)
    def on_leader_told(self, session: Session, delivery: Delivery) -> None:
        """Learn who is a PD lead, until when, and where they teach."""
        schools.on_leader_told(session, delivery.event, revision=delivery.envelope.revision)

    @subscribe(TeacherMerged)
    def on_teacher_merged(self, session: Session, delivery: Delivery) -> None:
        """Learn which record is left of a person."""
        schools.on_teacher_merged(session, delivery.event, revision=delivery.envelope.revision)

    def _told(self, delivery: Delivery) -> dict[str, Any]:
        """What a reaction that derives something again needs to know of a delivery."""
        envelope = delivery.envelope
        return {
            "revision": envelope.revision,
            "at": envelope.time,
            "now": self.clocks.hub.now(),
            "by": self.name,
        }
