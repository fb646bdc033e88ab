"""The handler of each event that visits subscribes to."""

from tests.support.reactions import wired

from hub_visits.service import VisitsService

HANDLERS = {
    "LeaderAppointed": "schools.on_leader_changed",
    "LeaderEnded": "schools.on_leader_changed",
    "MembershipCorrected": "schools.on_workplace_changed",
    "SchoolChanged": "schools.on_school_changed",
    "SchoolClosed": "schools.on_school_closed",
    "SchoolImported": "schools.on_school_changed",
    "SchoolSucceeded": "schools.on_school_succeeded",
    "TeacherMerged": "schools.on_teacher_merged",
    "TeacherMovedSchool": "schools.on_workplace_changed",
    "TeacherRegistered": "schools.on_workplace_changed",
}


def test_each_event_reaches_its_handler() -> None:
    assert wired(VisitsService) == HANDLERS
