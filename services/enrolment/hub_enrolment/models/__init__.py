"""Enrolment's tables, constraints included."""

from hub_enrolment.models.base import Base
from hub_enrolment.models.enrolments import Enrolment
from hub_enrolment.models.imports import GiasImport
from hub_enrolment.models.leaders import LeaderRole
from hub_enrolment.models.schools import School, SchoolLink, Trust
from hub_enrolment.models.sessions import Apologies, Attendance, AttendanceCorrection, GroupSession
from hub_enrolment.models.teachers import SchoolMembership, Teacher
from hub_enrolment.models.work_groups import Programme, WorkGroup, WorkGroupLead

__all__ = [
    "Apologies",
    "Attendance",
    "AttendanceCorrection",
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
    "WorkGroup",
    "WorkGroupLead",
]
