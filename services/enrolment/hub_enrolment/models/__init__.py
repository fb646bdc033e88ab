"""Enrolment's tables, constraints included."""

from hub_enrolment.models.applications import Application, ApplicationParticipant
from hub_enrolment.models.base import Base
from hub_enrolment.models.enrolments import Enrolment
from hub_enrolment.models.imports import GiasImport
from hub_enrolment.models.leaders import LeaderRole
from hub_enrolment.models.schools import School, SchoolLink, Trust
from hub_enrolment.models.sessions import Attendance, GroupSession
from hub_enrolment.models.teachers import SchoolMembership, Teacher
from hub_enrolment.models.waiting_list import WaitingEntry
from hub_enrolment.models.work_groups import Programme, WorkGroup, WorkGroupLead

__all__ = [
    "Application",
    "ApplicationParticipant",
    "Attendance",
    "Base",
    "Enrolment",
    "GiasImport",
    "GroupSession",
    "LeaderRole",
    "Programme",
    "School",
    "SchoolLink",
    "SchoolMembership",
    "Teacher",
    "Trust",
    "WaitingEntry",
    "WorkGroup",
    "WorkGroupLead",
]
