"""Tables of reporting: the read models, the progress of each publisher, and browser sessions."""

from hub_reporting.models.base import Base, Projected
from hub_reporting.models.browser_sessions import BrowserSession
from hub_reporting.models.hub import HubDescription
from hub_reporting.models.messages import Message
from hub_reporting.models.pd_days import PDDay, PDDayVisitor
from hub_reporting.models.schools import (
    Closure,
    Connection,
    LeaderPost,
    Merger,
    School,
    SchoolFacts,
    SchoolTrust,
    Succession,
    Teacher,
)
from hub_reporting.models.sources import Source
from hub_reporting.models.tasks import ClassroomTask, TaskReport
from hub_reporting.models.visits import (
    Assignment,
    CancelledVisit,
    DepartmentPD,
    EndedAssignment,
    Exemption,
    LoggedVisit,
    Obligation,
    PlannedVisit,
    RecalculatedVisit,
)
from hub_reporting.models.work_groups import (
    Completion,
    CorrectedMark,
    GroupEnding,
    GroupState,
    Mark,
    Place,
    Register,
    SchoolOnGroup,
    Session,
    Withdrawal,
    WorkGroup,
)

# Tables that a rebuild empties and fills again from the event log: their rows come from events only.
PROJECTIONS = tuple(
    mapper.local_table for mapper in Base.registry.mappers if issubclass(mapper.class_, (Projected, Source))
)

__all__ = [
    "PROJECTIONS",
    "Assignment",
    "Base",
    "BrowserSession",
    "CancelledVisit",
    "ClassroomTask",
    "Closure",
    "Completion",
    "Connection",
    "CorrectedMark",
    "DepartmentPD",
    "EndedAssignment",
    "Exemption",
    "GroupEnding",
    "GroupState",
    "HubDescription",
    "LeaderPost",
    "LoggedVisit",
    "Mark",
    "Merger",
    "Message",
    "Obligation",
    "PDDay",
    "PDDayVisitor",
    "Place",
    "PlannedVisit",
    "Projected",
    "RecalculatedVisit",
    "Register",
    "School",
    "SchoolFacts",
    "SchoolOnGroup",
    "SchoolTrust",
    "Session",
    "Source",
    "Succession",
    "TaskReport",
    "Teacher",
    "Withdrawal",
    "WorkGroup",
]
