"""The events that enrolment publishes: schools, people, Work Groups, places, sessions, days."""

from hub_contracts.enrolment.attendance import ApologiesReceived, AttendanceCorrected
from hub_contracts.enrolment.enrolments import ParticipantEnrolled, ParticipantWithdrawn
from hub_contracts.enrolment.lesson_studies import LessonStudyPlanned, LessonStudyReviewed
from hub_contracts.enrolment.pd_days import PDDayAttendance, PDDayHeld
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
    TeacherMovedSchool,
    TeacherRegistered,
)
from hub_contracts.enrolment.work_groups import (
    SchoolEnrolled,
    WorkGroupConfirmed,
    WorkGroupFellBelowMinimum,
    WorkGroupOpened,
)

__all__ = [
    "ApologiesReceived",
    "AttendanceCorrected",
    "ClassroomTaskSet",
    "LeaderAppointed",
    "LeaderEnded",
    "LessonStudyPlanned",
    "LessonStudyReviewed",
    "Mark",
    "PDDayAttendance",
    "PDDayHeld",
    "ParticipantEnrolled",
    "ParticipantWithdrawn",
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
    "TeacherMovedSchool",
    "TeacherRegistered",
    "WorkGroupConfirmed",
    "WorkGroupFellBelowMinimum",
    "WorkGroupOpened",
]
