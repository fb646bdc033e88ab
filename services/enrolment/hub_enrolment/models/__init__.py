"""Enrolment's tables, constraints included."""

from hub_enrolment.models.base import Base
from hub_enrolment.models.enrolments import Enrolment
from hub_enrolment.models.hub import Hub
from hub_enrolment.models.imports import GiasFinding, GiasImport
from hub_enrolment.models.leaders import LeaderRole
from hub_enrolment.models.schools import School, SchoolLink
from hub_enrolment.models.sessions import Attendance, GroupSession
from hub_enrolment.models.teachers import SchoolMembership, Teacher
from hub_enrolment.models.trusts import Trust, TrustMembership
from hub_enrolment.models.work_groups import Programme, WorkGroup, WorkGroupLead

__all__ = [
    "Attendance",
    "Base",
    "Enrolment",
    "GiasFinding",
    "GiasImport",
    "GroupSession",
    "Hub",
    "LeaderRole",
    "Programme",
    "School",
    "SchoolLink",
    "SchoolMembership",
    "Teacher",
    "Trust",
    "TrustMembership",
    "WorkGroup",
    "WorkGroupLead",
]
