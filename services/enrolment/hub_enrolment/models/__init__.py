"""Enrolment's tables with their constraints."""

from hub_enrolment.models.applications import Application, ApplicationParticipant
from hub_enrolment.models.authorities import SchoolPlacement
from hub_enrolment.models.base import Base
from hub_enrolment.models.calendars import SchoolCalendar
from hub_enrolment.models.enrolments import Enrolment, UndoneWithdrawal
from hub_enrolment.models.hub import Hub
from hub_enrolment.models.imports import GiasFinding, GiasImport
from hub_enrolment.models.leaders import LeaderRole
from hub_enrolment.models.lesson_studies import LessonStudy, LessonStudyPart
from hub_enrolment.models.pd_days import PDDay, PDDayAttendance, PDDayRegistration
from hub_enrolment.models.schools import School, SchoolLink
from hub_enrolment.models.sessions import Apologies, Attendance, AttendanceCorrection, GroupSession
from hub_enrolment.models.tasks import ClassroomTask, TaskReport
from hub_enrolment.models.teachers import MembershipCorrection, SchoolMembership, Teacher
from hub_enrolment.models.trusts import Trust, TrustMembership
from hub_enrolment.models.waiting_list import WaitingEntry
from hub_enrolment.models.work_groups import Programme, ProgrammeChange, WorkGroup, WorkGroupLead

__all__ = [
    "Apologies",
    "Application",
    "ApplicationParticipant",
    "Attendance",
    "AttendanceCorrection",
    "Base",
    "ClassroomTask",
    "Enrolment",
    "GiasFinding",
    "GiasImport",
    "GroupSession",
    "Hub",
    "LeaderRole",
    "LessonStudy",
    "LessonStudyPart",
    "MembershipCorrection",
    "PDDay",
    "PDDayAttendance",
    "PDDayRegistration",
    "Programme",
    "ProgrammeChange",
    "School",
    "SchoolCalendar",
    "SchoolLink",
    "SchoolMembership",
    "SchoolPlacement",
    "TaskReport",
    "Teacher",
    "Trust",
    "TrustMembership",
    "UndoneWithdrawal",
    "WaitingEntry",
    "WorkGroup",
    "WorkGroupLead",
]
