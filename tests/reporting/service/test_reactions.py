"""Which projection each event that reporting subscribes to really reaches."""

from tests.support.reactions import DELIVERY, HUB_NOW, SESSION, reactions

from hub_reporting.handlers import projections
from hub_reporting.service import ReportingService

PROJECTIONS = {
    "ApologiesReceived": "work_groups.not_counted",
    "ApplicationAccepted": "work_groups.not_counted",
    "ApplicationDeclined": "work_groups.not_counted",
    "ApplicationSubmitted": "work_groups.not_counted",
    "ApplicationWaitlisted": "work_groups.not_counted",
    "ApplicationWithdrawn": "work_groups.not_counted",
    "AttendanceCorrected": "work_groups.corrected",
    "ClassroomTaskSet": "tasks.was_set",
    "DepartmentPDHeld": "visits.department_taught",
    "LeaderAppointed": "schools.appointed",
    "LeaderEnded": "schools.ended",
    "LessonStudyPlanned": "work_groups.not_counted",
    "LessonStudyReviewed": "work_groups.not_counted",
    "MessageFailed": "visits.failed",
    "MessageSent": "visits.sent",
    "PDDayHeld": "pd_days.held",
    "PDLeadAssigned": "visits.assigned",
    "ParticipantCompleted": "work_groups.finished",
    "ParticipantEnrolled": "work_groups.enrolled",
    "ParticipantWithdrawn": "work_groups.withdrawn",
    "PlaceOfferExpired": "work_groups.not_counted",
    "PlaceOfferExtended": "work_groups.not_counted",
    "PlaceOffered": "work_groups.not_counted",
    "SchoolChanged": "schools.facts",
    "SchoolClosed": "schools.closed",
    "SchoolConnected": "schools.connected",
    "SchoolEnrolled": "work_groups.joined",
    "SchoolImported": "schools.facts",
    "SchoolSucceeded": "schools.succeeded",
    "SchoolsMerged": "schools.merged",
    "SessionCancelled": "work_groups.scheduled",
    "SessionCompleted": "work_groups.completed",
    "SessionRescheduled": "work_groups.scheduled",
    "SessionScheduled": "work_groups.scheduled",
    "TaskReported": "tasks.reported",
    "TeacherAnonymised": "schools.anonymised",
    "TeacherMerged": "schools.one_person",
    "TeacherMovedSchool": "schools.moved",
    "TeacherRegistered": "schools.registered",
    "VisitCancelled": "visits.cancelled",
    "VisitLogged": "visits.logged",
    "VisitObligationExcused": "visits.excused",
    "VisitPlanned": "visits.planned",
    "WaitingListJoined": "work_groups.not_counted",
    "WaitingListLeft": "work_groups.not_counted",
    "WorkGroupCancelled": "work_groups.cancelled",
    "WorkGroupChanged": "work_groups.opened",
    "WorkGroupClosed": "work_groups.closed",
    "WorkGroupConfirmed": "work_groups.confirmed",
    "WorkGroupFellBelowMinimum": "work_groups.fell_below",
    "WorkGroupOpened": "work_groups.opened",
}


def test_each_event_is_projected_at_hub_time() -> None:
    called = reactions(ReportingService, projections)
    assert called.keys() == PROJECTIONS.keys()
    for call in called.values():
        assert call == ("projections.project", (SESSION, DELIVERY), {"now": HUB_NOW})


def test_each_event_has_its_projection() -> None:
    wired = {
        event.type: f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        for event, function in projections.PROJECTIONS.items()
    }
    assert wired == PROJECTIONS
