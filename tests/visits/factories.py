"""Events, commands and rows with defaults, for tests of visits."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from hub_contracts.enrolment import (
    LeaderAppointed,
    LeaderEnded,
    SchoolClosed,
    SchoolImported,
    SchoolSucceeded,
)
from hub_messaging import testing
from hub_messaging.delivery import Delivery
from hub_messaging.envelope import Event
from hub_messaging.tables import outbox
from hub_platform.database import Sessions
from hub_platform.reaction_context import ReactionContext
from hub_visits.commands import (
    AgreedAction,
    AssignPDLead,
    EndAssignment,
    GivenHalfTerm,
    HandOver,
    LogVisit,
    PlanVisit,
    SetCalendar,
)
from hub_visits.domain.calendars import HalfTerm
from hub_visits.handlers import assignments, hand_overs, schools, visits
from hub_visits.models import Assignment, Visit
from hub_visits.store.assignment_views import AssignmentView

E = TypeVar("E", bound=Event)

SCHOOL = "110623"
OTHER_SCHOOL = "110800"
SEPTEMBER = datetime(2023, 9, 4, 9, 0, tzinfo=UTC)
JANUARY = date(2024, 1, 8)
CONTEXT = ReactionContext(now=SEPTEMBER, by="visits")

# A real calendar: Linton Village College, an academy in south Cambridgeshire, term dates 2023/24 (lvc.org).
# Days without pupils: training days of 29 September, 16 February and 28 June; the bank holiday of 6 May.
LINTON_YEAR = "2023/24"
LINTON_DATES = {
    1: (date(2023, 9, 4), date(2023, 10, 20), [date(2023, 9, 29)]),
    2: (date(2023, 10, 30), date(2023, 12, 20), []),
    3: (date(2024, 1, 4), date(2024, 2, 16), [date(2024, 2, 16)]),
    4: (date(2024, 2, 26), date(2024, 3, 28), []),
    5: (date(2024, 4, 15), date(2024, 5, 24), [date(2024, 5, 6)]),
    6: (date(2024, 6, 3), date(2024, 7, 19), [date(2024, 6, 28)]),
}
LINTON = [
    HalfTerm(first_year=2023, n=n, starts_on=first, ends_on=last, non_school_days=frozenset(off))
    for n, (first, last, off) in LINTON_DATES.items()
]


def set_calendar(scope: str = "hub", **dates: tuple[date, date, list[date]]) -> SetCalendar:
    """The Linton calendar for a scope; `half_term_1=(first, last, [])` puts another in its place."""
    chosen = LINTON_DATES | {int(name.rpartition("_")[2]): value for name, value in dates.items()}
    half_terms = [
        GivenHalfTerm(n=n, starts_on=first, ends_on=last, non_school_days=off)
        for n, (first, last, off) in sorted(chosen.items())
    ]
    return SetCalendar(scope=scope, academic_year=LINTON_YEAR, half_terms=half_terms)


def school_imported(**changes: Any) -> SchoolImported:
    """A primary school in Cambridgeshire, in no trust."""
    facts: dict[str, Any] = {
        "urn": SCHOOL,
        "name": "Mill Lane Primary School",
        "la_code": "873",
        "la_name": "Cambridgeshire",
        "phase": "primary",
        "type_code": 1,
        "type_group": 4,
        "eligible": True,
        "status": "open",
    }
    return SchoolImported(**(facts | changes))


def delivered(event: E, revision: int) -> Delivery[E]:
    """Return an event as visits receives it, sent in September."""
    return testing.delivered(event, revision, at=SEPTEMBER)


def tell(session: Session, event: Any, revision: int) -> None:
    """Call the reaction to an event about a school."""
    if isinstance(event, SchoolClosed):
        schools.on_school_closed(session, delivered(event, revision), CONTEXT)
    elif isinstance(event, SchoolSucceeded):
        schools.on_school_succeeded(session, delivered(event, revision), CONTEXT)
    else:
        schools.on_school_changed(session, delivered(event, revision), CONTEXT)


def leader_appointed(**changes: Any) -> LeaderAppointed:
    """A PD lead who teaches at another school."""
    facts: dict[str, Any] = {
        "leader_role_id": uuid4(),
        "teacher_id": uuid4(),
        "role": "pd_lead",
        "urn": OTHER_SCHOOL,
        "core_leadership": False,
        "starts_on": date(2023, 9, 1),
    }
    return LeaderAppointed(**(facts | changes))


def leader_ended(**changes: Any) -> LeaderEnded:
    """That PD lead has a last day."""
    facts = leader_appointed().to_data() | {"ended_on": "2024-08-31"}
    return replace(LeaderEnded.from_data(facts), **changes)


def assign_pd_lead(pd_lead_id: UUID, **changes: Any) -> AssignPDLead:
    """A PD lead for the school from the first day of term."""
    facts: dict[str, Any] = {
        "urn": SCHOOL,
        "pd_lead_id": pd_lead_id,
        "programme": "opportunity_area",
        "starts_on": date(2023, 9, 4),
        "kinds": ["visit"],
    }
    return AssignPDLead(**(facts | changes))


def log_visit(visit_id: UUID, **changes: Any) -> LogVisit:
    """A support visit on 18 September."""
    facts: dict[str, Any] = {
        "visit_id": visit_id,
        "happened_on": date(2023, 9, 18),
        "half_days": 1,
        "focus": ["tfm", "tfm", "reasoning"],
        "people_met": ["headteacher", "maths_lead"],
        "note": "A calm, purposeful morning.",
        "actions": [AgreedAction(text="Try bar models", owner_role="maths_lead", due_on=date(2023, 10, 2))],
        "staff_present": None,
        "department_size": None,
    }
    return LogVisit(**(facts | changes))


def assigning(
    sessions: Sessions, pd_lead_id: UUID, *, now: datetime = SEPTEMBER, **changes: Any
) -> AssignmentView:
    """Assign the PD lead."""
    with sessions.begin() as session:
        command = assign_pd_lead(pd_lead_id, **changes)
        return assignments.assign_pd_lead(session, command, now=now, by="admin")


def assigned(sessions: Sessions, pd_lead_id: UUID, **changes: Any) -> Assignment:
    """Assign the PD lead; gives the assignment alone."""
    return assigning(sessions, pd_lead_id, **changes).row


def planned(
    sessions: Sessions, assignment_id: UUID, *, at: datetime = SEPTEMBER, kind: str = "support"
) -> Visit:
    """Plan a visit."""
    with sessions.begin() as session:
        command = PlanVisit(assignment_id=assignment_id, planned_at=at, kind=kind)
        return visits.plan_visit(session, command, now=SEPTEMBER, by="admin")


def logged(sessions: Sessions, visit_id: UUID, *, now: datetime, **changes: Any) -> Visit:
    """Log a visit."""
    with sessions.begin() as session:
        return visits.log_visit(session, log_visit(visit_id, **changes), now=now, by="lead")


def another_lead(sessions: Sessions, **changes: Any) -> UUID:
    """Announce another PD lead."""
    leader = leader_appointed(**changes)
    with sessions.begin() as session:
        schools.on_leader_changed(session, delivered(leader, 1))
    return leader.teacher_id


def handed_over(
    sessions: Sessions, assignment_id: UUID, to: UUID, *, on: date = JANUARY, now: datetime = SEPTEMBER
) -> AssignmentView:
    """Hand an assignment over."""
    command = HandOver(assignment_id=assignment_id, pd_lead_id=to, on=on, reason="workload")
    with sessions.begin() as session:
        return hand_overs.hand_over(session, command, now=now, by="admin")


def ended(sessions: Sessions, assignment_id: UUID, *, on: date, now: datetime = SEPTEMBER) -> AssignmentView:
    """End an assignment without a successor."""
    command = EndAssignment(assignment_id=assignment_id, on=on, reason="left")
    with sessions.begin() as session:
        return hand_overs.end_assignment(session, command, now=now, by="admin")


def published(sessions: Sessions, *types: str) -> list[Any]:
    """The outbox rows in order, of some types or all."""
    with sessions() as session:
        rows = session.execute(select(outbox).order_by(outbox.c.position)).all()
    return [row for row in rows if not types or row.type in types]
