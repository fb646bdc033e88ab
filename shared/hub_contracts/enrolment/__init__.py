"""The events that enrolment publishes: schools, teachers, leaders, Work Groups, places, sessions."""

from hub_contracts.enrolment.enrolments import ParticipantEnrolled, ParticipantWithdrawn
from hub_contracts.enrolment.schools import (
    SchoolChanged,
    SchoolClosed,
    SchoolConnected,
    SchoolImported,
    SchoolsMerged,
    SchoolSucceeded,
)
from hub_contracts.enrolment.sessions import Mark, SessionCompleted, SessionScheduled
from hub_contracts.enrolment.teachers import LeaderAppointed, TeacherRegistered
from hub_contracts.enrolment.work_groups import (
    SchoolEnrolled,
    WorkGroupConfirmed,
    WorkGroupFellBelowMinimum,
    WorkGroupOpened,
)

__all__ = [
    "LeaderAppointed",
    "Mark",
    "ParticipantEnrolled",
    "ParticipantWithdrawn",
    "SchoolChanged",
    "SchoolClosed",
    "SchoolConnected",
    "SchoolEnrolled",
    "SchoolImported",
    "SchoolSucceeded",
    "SchoolsMerged",
    "SessionCompleted",
    "SessionScheduled",
    "TeacherRegistered",
    "WorkGroupConfirmed",
    "WorkGroupFellBelowMinimum",
    "WorkGroupOpened",
]
