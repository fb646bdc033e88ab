"""Decisions on a school's application are notified once to each teacher that it names."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.notifications.factories import (
    GROUP,
    SCHOOL,
    know_the_basics,
    messages,
    participant_enrolled,
    react,
)
from tests.notifications.fakes import OutgoingMail

from hub_contracts.enrolment import (
    ApplicationAccepted,
    ApplicationDeclined,
    ApplicationSubmitted,
    ApplicationWaitlisted,
    ApplicationWithdrawn,
)
from hub_contracts.enrolment.applications import ApplicationEvent
from hub_notifications.handlers import applications, places
from hub_platform.database import Sessions

TEACHERS = [uuid4(), uuid4()]
APPLICATION = uuid4()


@pytest.fixture(name="known", autouse=True)
def _known(sessions: Sessions) -> Sessions:
    know_the_basics(sessions)
    return sessions


def become(
    sessions: Sessions,
    *kinds: type[ApplicationEvent],
    teacher_ids: list[UUID] | None = TEACHERS,
    after: int = 0,
) -> None:
    for revision, kind in enumerate(kinds, start=after + 1):
        facts: dict[str, Any] = {
            "application_id": APPLICATION,
            "work_group_id": GROUP,
            "urn": SCHOOL,
            "teachers_n": 2,
            "teacher_ids": teacher_ids,
        }
        if kind is ApplicationSubmitted:
            facts["agreement_version"] = "2026"
        event = kind(**facts)
        with sessions.begin() as session:
            react(applications.on_application_changed, session, event, revision)


def said(sessions: Sessions) -> list[tuple[str, str, str | None]]:
    return [(each.template, each.status, each.reason) for each in messages(sessions)]


@pytest.mark.parametrize(
    ("kind", "template", "subject"),
    [
        (
            ApplicationWaitlisted,
            "application_waitlisted",
            "Fractions in Year 5: no decision on your place yet",
        ),
        (ApplicationDeclined, "application_declined", "No place on Fractions in Year 5 this time"),
    ],
)
def test_each_teacher_of_an_application_is_notified_once(
    sessions: Sessions, outgoing: OutgoingMail, kind: type[ApplicationEvent], template: str, subject: str
) -> None:
    become(sessions, ApplicationSubmitted, kind, kind)
    assert {each.recipient_ref for each in messages(sessions)} == {str(each) for each in TEACHERS}
    outgoing.send_all()
    assert outgoing.subjects == [subject] * 2
    assert said(sessions) == [(template, "sent", None)] * 2


@pytest.mark.parametrize("kind", [ApplicationSubmitted, ApplicationAccepted, ApplicationWithdrawn])
def test_other_states_of_an_application_cause_no_e_mail(
    sessions: Sessions, kind: type[ApplicationEvent]
) -> None:
    become(sessions, kind)
    assert messages(sessions) == []


@pytest.mark.parametrize("over", [ApplicationAccepted, ApplicationWithdrawn])
def test_decided_or_withdrawn_application_is_not_notified_as_waitlisted(
    sessions: Sessions, over: type[ApplicationEvent]
) -> None:
    become(sessions, ApplicationWaitlisted, over)
    assert said(sessions) == [("application_waitlisted", "suppressed", "nothing_to_tell")] * 2


def test_declined_application_is_notified_after_waitlisting(
    sessions: Sessions, outgoing: OutgoingMail
) -> None:
    become(sessions, ApplicationWaitlisted)
    outgoing.send_all()
    become(sessions, ApplicationDeclined, after=1)
    outgoing.send_all()
    notified = [("application_waitlisted", "sent", None)] * 2 + [("application_declined", "sent", None)] * 2
    assert said(sessions) == notified


def test_a_decision_that_follows_at_once_is_the_only_message(
    sessions: Sessions, outgoing: OutgoingMail
) -> None:
    become(sessions, ApplicationWaitlisted, ApplicationDeclined)
    outgoing.send_all()
    assert outgoing.subjects == ["No place on Fractions in Year 5 this time"] * 2


def test_participant_is_not_notified_of_a_declined_application(
    sessions: Sessions, outgoing: OutgoingMail
) -> None:
    become(sessions, ApplicationDeclined)
    with sessions.begin() as session:
        react(places.on_participant_enrolled, session, participant_enrolled(teacher_id=TEACHERS[0]))
    outgoing.send_all()
    assert sorted(template for template, _, _ in said(sessions)) == [
        "application_declined",
        "place_confirmed",
    ]


def test_event_without_teacher_ids_causes_no_e_mail(sessions: Sessions) -> None:
    become(sessions, ApplicationWaitlisted, ApplicationDeclined, teacher_ids=None)
    assert messages(sessions) == []
