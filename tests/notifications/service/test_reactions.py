"""Which handler each event that notifications subscribes to really reaches."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from tests.support.reactions import DELIVERY, HAPPENED_AT, HUB_NOW, REVISION, SESSION, reactions

from hub_notifications.domain.messages import Cause
from hub_notifications.handlers import (
    applications,
    hand_overs,
    hub,
    pd_days,
    people,
    places,
    visits,
    waiting_list,
    work_groups,
)
from hub_notifications.service import NotificationsService

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
    "SchoolChanged": "hub.on_school_told",
    "SchoolImported": "hub.on_school_told",
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
    "WorkGroupChanged": "work_groups.on_group_terms",
    "WorkGroupOpened": "work_groups.on_group_terms",
}


class Service(NotificationsService):
    """With a real clock that stands still, and a second to settle."""

    options: Any = SimpleNamespace(settle_seconds=1.0)

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "clocks":
            value.real = lambda: HAPPENED_AT
        super().__setattr__(name, value)


def test_each_event_reaches_its_handler_with_what_caused_it() -> None:
    called = reactions(
        Service, applications, hand_overs, hub, pd_days, people, places, visits, waiting_list, work_groups
    )
    assert {type_: call.function for type_, call in called.items()} == HANDLERS
    cause = Cause(
        revision=REVISION,
        happened_at=HAPPENED_AT,
        now=HUB_NOW,
        settled_at=HAPPENED_AT + timedelta(seconds=1),
    )
    for call in called.values():
        assert (call.args, call.kwargs) == ((SESSION, DELIVERY.event, cause), {})
