"""Which handler each event that visits subscribes to really reaches."""

from tests.support.reactions import DELIVERY, HAPPENED_AT, HUB_NOW, REVISION, SESSION, reactions

from hub_visits.handlers import schools
from hub_visits.service import VisitsService

HANDLERS = {
    "LeaderAppointed": "schools.on_leader_told",
    "LeaderEnded": "schools.on_leader_told",
    "MembershipCorrected": "schools.on_workplace_told",
    "SchoolChanged": "schools.on_school_told",
    "SchoolClosed": "schools.on_school_closed",
    "SchoolImported": "schools.on_school_told",
    "SchoolSucceeded": "schools.on_school_succeeded",
    "TeacherMerged": "schools.on_teacher_merged",
    "TeacherMovedSchool": "schools.on_workplace_told",
    "TeacherRegistered": "schools.on_workplace_told",
}


def test_each_event_reaches_its_handler_with_its_revision() -> None:
    called = reactions(VisitsService, schools)
    assert {type_: call.function for type_, call in called.items()} == HANDLERS
    when = {"at": HAPPENED_AT, "now": HUB_NOW, "by": "visits"}
    for type_, call in called.items():
        told = {"revision": REVISION} | (when if type_.startswith("School") else {})
        assert (call.args, call.kwargs) == ((SESSION, DELIVERY.event), told)
