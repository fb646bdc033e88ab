"""Copied facts of notifications: it subscribes to every event that changes one, and to no other."""

import re
from typing import Final

import pytest

from hub_contracts import EVENTS
from hub_messaging.subscribe import subscriptions_of
from hub_notifications.models import Base
from hub_notifications.service import NotificationsService

# Tables that notifications owns, without copies of facts.
OWN: Final = {"messages", "told_items", "calendar_entries", "sender_trouble"}

CHANGED_BY: Final[dict[str, set[str]]] = {
    "hub": {"HubDescribed"},
    "school_years": {"CalendarSet"},
    "schools": {"SchoolImported", "SchoolChanged"},
    "work_groups": {"WorkGroupOpened", "WorkGroupChanged", "WorkGroupCancelled"},
    "group_sessions": {"SessionScheduled", "SessionRescheduled", "SessionCancelled"},
    "places": {"ParticipantEnrolled", "ParticipantWithdrawn", "WithdrawalUndone", "ParticipantCompleted"},
    "waiting_list": {
        "WaitingListJoined",
        "PlaceOffered",
        "PlaceOfferExtended",
        "PlaceOfferExpired",
        "WaitingListLeft",
    },
    "applications": {
        "ApplicationSubmitted",
        "ApplicationWaitlisted",
        "ApplicationAccepted",
        "ApplicationDeclined",
        "ApplicationWithdrawn",
    },
    "pd_days": {"PDDayScheduled", "PDDayCancelled"},
    "pd_day_registrations": {"PDDayRegistered"},
    "visits": {"VisitPlanned", "VisitReassigned", "VisitCancelled", "VisitLogged"},
    "assignments": {"PDLeadAssigned", "PDLeadUnassigned"},
}
# Subscribed without a copied fact of the subject.
WITHOUT_A_FACT: Final = {"TeacherAnonymised": "suppresses what is due to the person"}

NOUNS: Final = {  # of the subjects of events → tables that keep facts of them
    "hub": {"hub"},
    "calendars": {"school_years"},
    "schools": {"schools"},
    "work-groups": {"work_groups"},
    "sessions": {"group_sessions"},
    "enrolments": {"places"},
    "waiting-list": {"waiting_list"},
    "applications": {"applications"},
    "pd-days": {"pd_days", "pd_day_registrations"},
    "visits": {"visits"},
    "assignments": {"assignments"},
}
CHANGES_NOTHING_KEPT: Final = {
    "SchoolClosed": "the name of a closed school stays, for sessions that it hosted",
    "SchoolConnected": "a school's name does not depend on who works with it",
    "SchoolSucceeded": "the schools keep their names; ParticipantWithdrawn tells of places",
    "SchoolsMerged": "the schools keep their names; SchoolImported tells of a new one",
    "SchoolEnrolled": "counts schools of a Work Group; each place has an event of its own",
    "PlaceSchoolCorrected": "messages do not name the school of a participant",
    "WorkGroupClosed": "ParticipantCompleted and WaitingListLeft tell what it means for each person",
    "WorkGroupConfirmed": "participants are notified by the sessions of a confirmed Work Group",
    "WorkGroupFellBelowMinimum": "the hub decides what follows; WorkGroupCancelled tells that",
    "ApologiesReceived": "a participant who sends apologies keeps the session in their calendar",
    "AttendanceCorrected": "is about a session that has ended",
    "SessionCompleted": "is about a session that has ended",
    "PDDayHeld": "is about a PD day that has ended",
    "DepartmentPDHeld": "is about a visit in the past",
    "VisitRecalculated": "messages about a visit do not name its half term",
}


def noun_of(about: str) -> str:
    """The first part of an event's subject."""
    found = re.match(r"[a-z-]+", about)
    assert found is not None, about
    return found.group()


def subscribed() -> set[str]:
    """Return the event types to which notifications subscribes."""
    return {type_ for each in subscriptions_of(NotificationsService) for type_ in each.event_classes}


def test_the_table_names_every_fact_that_is_kept() -> None:
    assert CHANGED_BY.keys() == Base.metadata.tables.keys() - OWN
    assert set().union(*NOUNS.values()) == CHANGED_BY.keys()


def test_notifications_subscribes_to_exactly_the_events_that_change_a_fact() -> None:
    assert subscribed() == set().union(*CHANGED_BY.values(), WITHOUT_A_FACT)


@pytest.mark.parametrize("noun", NOUNS)
def test_every_event_about_a_noun_changes_a_fact_or_says_why_not(noun: str) -> None:
    about = {type_ for type_, event in EVENTS.items() if noun_of(event.about) == noun}
    changing = set().union(*(CHANGED_BY[table] for table in NOUNS[noun]))
    assert changing <= about
    assert about - changing == {type_ for type_ in CHANGES_NOTHING_KEPT if type_ in about}


def test_each_reason_names_an_existing_event_without_a_subscription() -> None:
    assert CHANGES_NOTHING_KEPT.keys() <= EVENTS.keys()
    assert not CHANGES_NOTHING_KEPT.keys() & subscribed()
    assert all(noun_of(EVENTS[type_].about) in NOUNS for type_ in CHANGES_NOTHING_KEPT)
