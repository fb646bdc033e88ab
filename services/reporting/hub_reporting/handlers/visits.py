"""What events about supported schools, visits and messages become."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from hub_contracts import Event
from hub_contracts.notifications import MessageFailed, MessageSent
from hub_contracts.visits import (
    CalendarSet,
    DepartmentPDHeld,
    PDLeadAssigned,
    PDLeadUnassigned,
    VisitCancelled,
    VisitLogged,
    VisitObligationExcused,
    VisitPlanned,
    VisitReassigned,
    VisitRecalculated,
)
from hub_reporting.handlers.projected import Rows, not_counted, taken
from hub_reporting.models import (
    Assignment,
    CancelledVisit,
    DepartmentPD,
    EndedAssignment,
    Exemption,
    LoggedVisit,
    Message,
    Obligation,
    PlannedVisit,
    RecalculatedVisit,
)

_LOGGED: Final = (
    "visit_id",
    "assignment_id",
    "urn",
    "pd_lead_id",
    "happened_on",
    "half_term",
    "kind",
    "half_days",
    "actions_n",
    "late",
    "out_of_term",
)


def assigned(event: PDLeadAssigned, _time: datetime) -> Rows:
    """A PD lead for a school, and what the school is owed."""
    yield Assignment, [taken(event, "assignment_id", "urn", "pd_lead_id", "programme", "starts_on")]
    yield (
        Obligation,
        [
            taken(
                owed,
                "half_term",
                "kind",
                "starts_on",
                "ends_on",
                assignment_id=event.assignment_id,
                urn=event.urn,
            )
            for owed in event.obligations
        ],
    )


def unassigned(event: PDLeadUnassigned, _time: datetime) -> Rows:
    """A PD lead whose assignment has ended or will end."""
    yield EndedAssignment, [taken(event, "assignment_id", "ended_on", "reason")]


def excused(event: VisitObligationExcused, time: datetime) -> Rows:
    """What a school was let off."""
    yield Exemption, [taken(event, "urn", "half_term", "kind", "reason", excused_at=time)]


def planned(event: VisitPlanned, time: datetime) -> Rows:
    """A visit in the diary."""
    names = ("visit_id", "assignment_id", "urn", "pd_lead_id", "planned_at", "kind", "half_term")
    yield PlannedVisit, [taken(event, *names, announced_at=time)]


def cancelled(event: VisitCancelled, time: datetime) -> Rows:
    """A visit that will not take place."""
    yield CancelledVisit, [taken(event, "visit_id", "reason", cancelled_at=time)]


def logged(event: VisitLogged, _time: datetime) -> Rows:
    """A visit that took place."""
    lists = {"focus": list(event.focus), "people_met_roles": list(event.people_met_roles)}
    yield LoggedVisit, [taken(event, *_LOGGED, **lists)]


def department_taught(event: DepartmentPDHeld, _time: datetime) -> Rows:
    """A department that was taught together."""
    names = ("visit_id", "urn", "half_term", "held_on", "staff_present", "department_size")
    yield DepartmentPD, [taken(event, *names)]


def recalculated(event: VisitRecalculated, _time: datetime) -> Rows:
    """What was derived again for a visit."""
    yield RecalculatedVisit, [taken(event, "visit_id", "half_term", "out_of_term", "late")]


def sent(event: MessageSent, _time: datetime) -> Rows:
    """A message that left."""
    yield Message, [taken(event, "message_id", "template", status="sent", reason=None)]


def failed(event: MessageFailed, _time: datetime) -> Rows:
    """A message that did not."""
    yield Message, [taken(event, "message_id", "template", "reason", status="failed")]


PROJECTIONS: Final[Mapping[type[Event], Callable[[Any, datetime], Rows]]] = {
    CalendarSet: not_counted,  # an obligation has the dates of its half term
    PDLeadAssigned: assigned,
    PDLeadUnassigned: unassigned,
    VisitObligationExcused: excused,
    VisitPlanned: planned,
    VisitReassigned: not_counted,  # a planned visit counts for its school, by whichever PD lead it is made
    VisitCancelled: cancelled,
    VisitLogged: logged,
    DepartmentPDHeld: department_taught,
    VisitRecalculated: recalculated,
    MessageSent: sent,
    MessageFailed: failed,
}
