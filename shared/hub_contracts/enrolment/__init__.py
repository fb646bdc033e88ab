"""The events that enrolment publishes: the hub, schools, people, Work Groups, places, sessions, days."""

from hub_contracts.enrolment.applications import (
    ApplicationAccepted,
    ApplicationDeclined,
    ApplicationSubmitted,
    ApplicationWaitlisted,
    ApplicationWithdrawn,
)
from hub_contracts.enrolment.attendance import ApologiesReceived, AttendanceCorrected
from hub_contracts.enrolment.enrolments import (
    ParticipantCompleted,
    ParticipantEnrolled,
    ParticipantWithdrawn,
    PlaceSchoolCorrected,
    WithdrawalUndone,
)
from hub_contracts.enrolment.hub import HubDescribed
from hub_contracts.enrolment.lesson_studies import LessonStudyPlanned, LessonStudyReviewed
from hub_contracts.enrolment.pd_days import (
    PDDayAttendance,
    PDDayCancelled,
    PDDayHeld,
    PDDayRegistered,
    PDDayScheduled,
)
from hub_contracts.enrolment.schools import (
    SchoolChanged,
    SchoolClosed,
    SchoolConnected,
    SchoolImported,
    SchoolsMerged,
    SchoolSucceeded,
)
from hub_contracts.enrolment.sessions import (
    Mark,
    SessionCancelled,
    SessionCompleted,
    SessionRescheduled,
    SessionScheduled,
)
from hub_contracts.enrolment.tasks import ClassroomTaskSet, TaskReported
from hub_contracts.enrolment.teachers import (
    LeaderAppointed,
    LeaderEnded,
    MembershipCorrected,
    TeacherAnonymised,
    TeacherMerged,
    TeacherMovedSchool,
    TeacherRegistered,
)
from hub_contracts.enrolment.waiting_list import (
    PlaceOffered,
    PlaceOfferExpired,
    PlaceOfferExtended,
    WaitingListJoined,
    WaitingListLeft,
)
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
    "ApologiesReceived",
    "ApplicationAccepted",
    "ApplicationDeclined",
    "ApplicationSubmitted",
    "ApplicationWaitlisted",
    "ApplicationWithdrawn",
    "AttendanceCorrected",
    "ClassroomTaskSet",
    "HubDescribed",
    "LeaderAppointed",
    "LeaderEnded",
    "LessonStudyPlanned",
    "LessonStudyReviewed",
    "Mark",
    "MembershipCorrected",
    "PDDayAttendance",
    "PDDayCancelled",
    "PDDayHeld",
    "PDDayRegistered",
    "PDDayScheduled",
    "ParticipantCompleted",
    "ParticipantEnrolled",
    "ParticipantWithdrawn",
    "PlaceOfferExpired",
    "PlaceOfferExtended",
    "PlaceOffered",
    "PlaceSchoolCorrected",
    "SchoolChanged",
    "SchoolClosed",
    "SchoolConnected",
    "SchoolEnrolled",
    "SchoolImported",
    "SchoolSucceeded",
    "SchoolsMerged",
    "SessionCancelled",
    "SessionCompleted",
    "SessionRescheduled",
    "SessionScheduled",
    "TaskReported",
    "TeacherAnonymised",
    "TeacherMerged",
    "TeacherMovedSchool",
    "TeacherRegistered",
    "WaitingListJoined",
    "WaitingListLeft",
    "WithdrawalUndone",
    "WorkGroupCancelled",
    "WorkGroupChanged",
    "WorkGroupClosed",
    "WorkGroupConfirmed",
    "WorkGroupFellBelowMinimum",
    "WorkGroupOpened",
]
