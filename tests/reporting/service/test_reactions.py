"""Which projection each event that reporting subscribes to really reaches."""

from tests.support.reactions import DELIVERY, HUB_NOW, SESSION, reactions

from hub_reporting.handlers import projections
from hub_reporting.service import ReportingService

PROJECTIONS = {
    "ApologiesReceived": "projected.not_counted",
    "ApplicationAccepted": "projected.not_counted",
    "ApplicationDeclined": "projected.not_counted",
    "ApplicationSubmitted": "projected.not_counted",
    "ApplicationWaitlisted": "projected.not_counted",
    "ApplicationWithdrawn": "projected.not_counted",
    "AttendanceCorrected": "work_groups.corrected",
    "CalendarSet": "projected.not_counted",
    "ClassroomTaskSet": "tasks.was_set",
    "DepartmentPDHeld": "visits.department_taught",
    "HubDescribed": "schools.described",
    "LeaderAppointed": "schools.appointed",
    "LeaderEnded": "schools.ended",
    "LessonStudyPlanned": "projected.not_counted",
    "LessonStudyReviewed": "projected.not_counted",
    "MessageFailed": "visits.failed",
    "MessageSent": "visits.sent",
    "MembershipCorrected": "schools.membership_corrected",
    "PDDayCancelled": "projected.not_counted",
    "PDDayHeld": "pd_days.held",
    "PDDayRegistered": "projected.not_counted",
    "PDDayScheduled": "projected.not_counted",
    "PDLeadAssigned": "visits.assigned",
    "PDLeadUnassigned": "visits.unassigned",
    "ParticipantCompleted": "work_groups.finished",
    "ParticipantEnrolled": "work_groups.enrolled",
    "ParticipantWithdrawn": "work_groups.withdrawn",
    "PlaceOfferExpired": "projected.not_counted",
    "PlaceOfferExtended": "projected.not_counted",
    "PlaceOffered": "projected.not_counted",
    "PlaceSchoolCorrected": "work_groups.enrolled",
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
    "VisitReassigned": "projected.not_counted",
    "VisitRecalculated": "visits.recalculated",
    "WaitingListJoined": "projected.not_counted",
    "WaitingListLeft": "projected.not_counted",
    "WithdrawalUndone": "work_groups.held_again",
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
