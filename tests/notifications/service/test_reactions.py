"""Which handler each event that notifications subscribes to really reaches."""

from tests.support.reactions import DELIVERY, HAPPENED_AT, HUB_NOW, REVISION, SESSION, reactions

from hub_notifications.domain.messages import Cause
from hub_notifications.handlers import applications, people, schools, visits, waiting_list, work_groups
from hub_notifications.service import NotificationsService

HANDLERS = {
    "ApplicationAccepted": "applications.on_application_over",
    "ApplicationDeclined": "applications.on_application_declined",
    "ApplicationWaitlisted": "applications.on_application_waitlisted",
    "ApplicationWithdrawn": "applications.on_application_over",
    "ParticipantCompleted": "work_groups.on_participant_completed",
    "ParticipantEnrolled": "work_groups.on_participant_enrolled",
    "ParticipantWithdrawn": "work_groups.on_participant_withdrawn",
    "PlaceOfferExpired": "waiting_list.on_place_offer_expired",
    "PlaceOffered": "waiting_list.on_place_offered",
    "SchoolChanged": "schools.on_school_told",
    "SchoolImported": "schools.on_school_told",
    "SessionCancelled": "work_groups.on_session_cancelled",
    "SessionRescheduled": "work_groups.on_session_rescheduled",
    "SessionScheduled": "work_groups.on_session_scheduled",
    "TeacherAnonymised": "people.on_teacher_anonymised",
    "VisitCancelled": "visits.on_visit_cancelled",
    "VisitPlanned": "visits.on_visit_planned",
    "WorkGroupOpened": "work_groups.on_group_opened",
}


def test_each_event_reaches_its_handler_with_what_caused_it() -> None:
    called = reactions(NotificationsService, applications, people, schools, visits, waiting_list, work_groups)
    assert {type_: call.function for type_, call in called.items()} == HANDLERS
    cause = Cause(revision=REVISION, happened_at=HAPPENED_AT, now=HUB_NOW)
    for call in called.values():
        assert (call.args, call.kwargs) == ((SESSION, DELIVERY.event, cause), {})
