"""The handler of each event that notifications subscribes to, and the times that it is given."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

from tests.support.reactions import wired

from hub_notifications.domain.messages import Timing
from hub_notifications.service import NotificationsService, timing

HANDLERS = {
    "ApplicationAccepted": "applications.on_application_changed",
    "ApplicationDeclined": "applications.on_application_changed",
    "ApplicationSubmitted": "applications.on_application_changed",
    "ApplicationWaitlisted": "applications.on_application_changed",
    "ApplicationWithdrawn": "applications.on_application_changed",
    "CalendarSet": "hub.on_calendar_set",
    "HubDescribed": "hub.on_hub_described",
    "PDDayCancelled": "pd_days.on_pd_day_cancelled",
    "PDDayRegistered": "pd_days.on_pd_day_registered",
    "PDDayScheduled": "pd_days.on_pd_day_scheduled",
    "PDLeadAssigned": "hand_overs.on_pd_lead_assigned",
    "PDLeadUnassigned": "hand_overs.on_pd_lead_unassigned",
    "ParticipantCompleted": "places.on_place_ended",
    "ParticipantEnrolled": "places.on_participant_enrolled",
    "ParticipantWithdrawn": "places.on_place_ended",
    "PlaceOfferExpired": "waiting_list.on_waiting_list_changed",
    "PlaceOfferExtended": "waiting_list.on_waiting_list_changed",
    "PlaceOffered": "waiting_list.on_waiting_list_changed",
    "SchoolChanged": "hub.on_school_changed",
    "SchoolImported": "hub.on_school_changed",
    "SessionCancelled": "work_groups.on_session_changed",
    "SessionRescheduled": "work_groups.on_session_changed",
    "SessionScheduled": "work_groups.on_session_changed",
    "TeacherAnonymised": "people.on_teacher_anonymised",
    "VisitCancelled": "visits.on_visit_ended",
    "VisitLogged": "visits.on_visit_ended",
    "VisitPlanned": "visits.on_visit_planned",
    "VisitReassigned": "visits.on_visit_reassigned",
    "WaitingListJoined": "waiting_list.on_waiting_list_changed",
    "WaitingListLeft": "waiting_list.on_waiting_list_changed",
    "WithdrawalUndone": "places.on_withdrawal_undone",
    "WorkGroupCancelled": "work_groups.on_group_cancelled",
    "WorkGroupChanged": "work_groups.on_group_changed",
    "WorkGroupOpened": "work_groups.on_group_changed",
}


def test_each_event_reaches_its_handler() -> None:
    assert wired(NotificationsService) == HANDLERS


def test_e_mails_settle_in_real_time_and_rules_use_hub_time() -> None:
    hub_now, real_now = datetime(2027, 1, 1, tzinfo=UTC), datetime(2026, 9, 7, tzinfo=UTC)
    service: Any = SimpleNamespace(
        clocks=SimpleNamespace(hub=SimpleNamespace(now=lambda: hub_now), real=lambda: real_now),
        options=SimpleNamespace(settle_seconds=1.5),
    )
    assert timing(service) == Timing(now=hub_now, settled_at=real_now + timedelta(seconds=1.5))
