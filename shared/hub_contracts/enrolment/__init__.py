"""The events that enrolment publishes: schools, teachers, leaders, Work Groups, places, sessions."""

from hub_contracts.enrolment.applications import (
    ApplicationAccepted,
    ApplicationDeclined,
    ApplicationSubmitted,
    ApplicationWaitlisted,
    ApplicationWithdrawn,
)
from hub_contracts.enrolment.enrolments import ParticipantCompleted, ParticipantEnrolled, ParticipantWithdrawn
from hub_contracts.enrolment.schools import (
    SchoolChanged,
    SchoolClosed,
    SchoolConnected,
    SchoolImported,
    SchoolSucceeded,
)
from hub_contracts.enrolment.sessions import Mark, SessionCompleted, SessionScheduled
from hub_contracts.enrolment.teachers import LeaderAppointed, TeacherRegistered
from hub_contracts.enrolment.waiting_list import PlaceOffered, PlaceOfferExpired
from hub_contracts.enrolment.work_groups import (
    SchoolEnrolled,
    WorkGroupCancelled,
    WorkGroupChanged,
    WorkGroupClosed,
    WorkGroupConfirmed,
    WorkGroupFellBelowMinimum,
    WorkGroupOpened,
)

__all__ = [
    "ApplicationAccepted",
    "ApplicationDeclined",
    "ApplicationSubmitted",
    "ApplicationWaitlisted",
    "ApplicationWithdrawn",
    "LeaderAppointed",
    "Mark",
    "ParticipantCompleted",
    "ParticipantEnrolled",
    "ParticipantWithdrawn",
    "PlaceOfferExpired",
    "PlaceOffered",
    "SchoolChanged",
    "SchoolClosed",
    "SchoolConnected",
    "SchoolEnrolled",
    "SchoolImported",
    "SchoolSucceeded",
    "SessionCompleted",
    "SessionScheduled",
    "TeacherRegistered",
    "WorkGroupCancelled",
    "WorkGroupChanged",
    "WorkGroupClosed",
    "WorkGroupConfirmed",
    "WorkGroupFellBelowMinimum",
    "WorkGroupOpened",
]
