"""The read models: what is kept of every event, and how far the reading has come."""

from hub_reporting.models.base import Base, Projected
from hub_reporting.models.messages import Message
from hub_reporting.models.schools import Closure, Connection, LeaderPost, School, Succession, Teacher
from hub_reporting.models.sources import Source
from hub_reporting.models.visits import (
    Assignment,
    CancelledVisit,
    DepartmentPD,
    Exemption,
    LoggedVisit,
    Obligation,
    PlannedVisit,
)
from hub_reporting.models.work_groups import (
    GroupState,
    Mark,
    Place,
    Register,
    SchoolOnGroup,
    Session,
    Withdrawal,
    WorkGroup,
)

__all__ = [
    "Assignment",
    "Base",
    "CancelledVisit",
    "Closure",
    "Connection",
    "DepartmentPD",
    "Exemption",
    "GroupState",
    "LeaderPost",
    "LoggedVisit",
    "Mark",
    "Message",
    "Obligation",
    "Place",
    "PlannedVisit",
    "Projected",
    "Register",
    "School",
    "SchoolOnGroup",
    "Session",
    "Source",
    "Succession",
    "Teacher",
    "Withdrawal",
    "WorkGroup",
]
