"""The projection of each event that reporting subscribes to."""

from tests.support.reactions import wired

from hub_reporting.handlers import projections
from hub_reporting.service import ReportingService

PROJECTIONS = {
    "ApologiesReceived": "projected.no_rows",
    "ApplicationAccepted": "projected.no_rows",
    "ApplicationDeclined": "projected.no_rows",
    "ApplicationSubmitted": "projected.no_rows",
    "ApplicationWaitlisted": "projected.no_rows",
    "ApplicationWithdrawn": "projected.no_rows",
    "AttendanceCorrected": "work_groups.on_attendance_corrected",
    "CalendarSet": "projected.no_rows",
    "ClassroomTaskSet": "tasks.on_task_set",
    "DepartmentPDHeld": "visits.on_department_pd_held",
    "HubDescribed": "schools.on_hub_described",
    "LeaderAppointed": "schools.on_leader_appointed",
    "LeaderEnded": "schools.on_leader_ended",
    "LessonStudyPlanned": "projected.no_rows",
    "LessonStudyReviewed": "projected.no_rows",
    "MessageFailed": "visits.on_message_failed",
    "MessageSent": "visits.on_message_sent",
    "MembershipCorrected": "schools.on_membership_corrected",
    "PDDayCancelled": "projected.no_rows",
    "PDDayHeld": "pd_days.on_pd_day_held",
    "PDDayRegistered": "projected.no_rows",
    "PDDayScheduled": "projected.no_rows",
    "PDLeadAssigned": "visits.on_pd_lead_assigned",
    "PDLeadUnassigned": "visits.on_pd_lead_unassigned",
    "ParticipantCompleted": "work_groups.on_participant_completed",
    "ParticipantEnrolled": "work_groups.on_place_described",
    "ParticipantWithdrawn": "work_groups.on_participant_withdrawn",
    "PlaceOfferExpired": "projected.no_rows",
    "PlaceOfferExtended": "projected.no_rows",
    "PlaceOffered": "projected.no_rows",
    "PlaceSchoolCorrected": "work_groups.on_place_described",
    "SchoolChanged": "schools.on_school_described",
    "SchoolClosed": "schools.on_school_closed",
    "SchoolConnected": "schools.on_school_connected",
    "SchoolEnrolled": "work_groups.on_school_enrolled",
    "SchoolImported": "schools.on_school_described",
    "SchoolSucceeded": "schools.on_school_succeeded",
    "SchoolsMerged": "projected.no_rows",
    "SessionCancelled": "work_groups.on_session_described",
    "SessionCompleted": "work_groups.on_session_completed",
    "SessionRescheduled": "work_groups.on_session_described",
    "SessionScheduled": "work_groups.on_session_described",
    "TaskReported": "tasks.on_task_reported",
    "TeacherAnonymised": "projected.no_rows",
    "TeacherMerged": "schools.on_teacher_merged",
    "TeacherMovedSchool": "schools.on_teacher_moved",
    "TeacherRegistered": "schools.on_teacher_registered",
    "VisitCancelled": "visits.on_visit_cancelled",
    "VisitLogged": "visits.on_visit_logged",
    "VisitObligationExcused": "visits.on_obligation_excused",
    "VisitPlanned": "visits.on_visit_planned",
    "VisitReassigned": "projected.no_rows",
    "VisitRecalculated": "visits.on_visit_recalculated",
    "WaitingListJoined": "projected.no_rows",
    "WaitingListLeft": "projected.no_rows",
    "WithdrawalUndone": "work_groups.on_withdrawal_undone",
    "WorkGroupCancelled": "work_groups.on_work_group_cancelled",
    "WorkGroupChanged": "work_groups.on_work_group_described",
    "WorkGroupClosed": "work_groups.on_work_group_closed",
    "WorkGroupConfirmed": "work_groups.on_work_group_confirmed",
    "WorkGroupFellBelowMinimum": "work_groups.on_work_group_fell_below",
    "WorkGroupOpened": "work_groups.on_work_group_described",
}


def test_each_event_reaches_the_projection() -> None:
    assert wired(ReportingService) == dict.fromkeys(PROJECTIONS, "projections.project")


def test_each_event_has_its_own_function() -> None:
    functions = {
        event.type: f"{function.__module__.rpartition('.')[2]}.{function.__name__}"
        for event, function in projections.PROJECTIONS.items()
    }
    assert functions == PROJECTIONS
