"""The tables of visits, with constraints for the rules in `domain`."""

from hub_visits.models.assignments import Assignment
from hub_visits.models.base import Base
from hub_visits.models.calendars import Calendar, CalendarHalfTerm
from hub_visits.models.obligations import Exemption, Obligation
from hub_visits.models.schools import LeaderPost, Merger, School, SchoolFacts, Workplace
from hub_visits.models.visits import Action, Visit

__all__ = [
    "Action",
    "Assignment",
    "Base",
    "Calendar",
    "CalendarHalfTerm",
    "Exemption",
    "LeaderPost",
    "Merger",
    "Obligation",
    "School",
    "SchoolFacts",
    "Visit",
    "Workplace",
]
