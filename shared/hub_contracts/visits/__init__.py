"""The events that visits publishes: term dates, support for schools, planned and logged visits."""

from hub_contracts.visits.assignments import (
    Obligation,
    PDLeadAssigned,
    PDLeadUnassigned,
    VisitObligationExcused,
)
from hub_contracts.visits.calendars import CalendarHalfTerm, CalendarSet
from hub_contracts.visits.visits import (
    DepartmentPDHeld,
    VisitCancelled,
    VisitLogged,
    VisitPlanned,
    VisitReassigned,
    VisitRecalculated,
)

__all__ = [
    "CalendarHalfTerm",
    "CalendarSet",
    "DepartmentPDHeld",
    "Obligation",
    "PDLeadAssigned",
    "PDLeadUnassigned",
    "VisitCancelled",
    "VisitLogged",
    "VisitObligationExcused",
    "VisitPlanned",
    "VisitReassigned",
    "VisitRecalculated",
]
