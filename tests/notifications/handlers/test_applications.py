"""What becomes of a school's application: told to each teacher for whom it asks, once."""

from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy.orm import Session
from tests.notifications.factories import GROUP, SCHOOL, cause, know_the_basics, messages
from tests.notifications.fakes import FakeOffice

from hub_contracts.enrolment import (
    ApplicationAccepted,
    ApplicationDeclined,
    ApplicationWaitlisted,
    ApplicationWithdrawn,
)
from hub_contracts.enrolment.applications import ApplicationEvent
from hub_notifications.handlers import applications
from hub_platform.database import Sessions

TEACHERS = [uuid4(), uuid4()]
APPLICATION = uuid4()
HEARS: dict[type[ApplicationEvent], Any] = {
    ApplicationWaitlisted: applications.on_application_waitlisted,
    ApplicationDeclined: applications.on_application_declined,
    ApplicationAccepted: applications.on_application_over,
    ApplicationWithdrawn: applications.on_application_over,
}


def hear(session: Session, kind: type[ApplicationEvent], teacher_ids: list[UUID] | None) -> None:
    event = kind(
        application_id=APPLICATION, work_group_id=GROUP, urn=SCHOOL, teachers_n=2, teacher_ids=teacher_ids
    )
    HEARS[kind](session, event, cause())


def become(
    sessions: Sessions, *kinds: type[ApplicationEvent], teacher_ids: list[UUID] | None = TEACHERS
) -> None:
    for kind in kinds:
        with sessions.begin() as session:
            hear(session, kind, teacher_ids)


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
def test_each_teacher_of_an_application_is_told_once(
    sessions: Sessions, office: FakeOffice, kind: type[ApplicationEvent], template: str, subject: str
) -> None:
    know_the_basics(sessions)
    become(sessions, kind, kind)
    assert [each.recipient_ref for each in messages(sessions)] == [str(each) for each in TEACHERS]
    assert office.send() == 2
    assert office.subjects == [subject] * 2
    assert said(sessions) == [(template, "sent", None)] * 2


@pytest.mark.parametrize("over", [ApplicationAccepted, ApplicationWithdrawn])
def test_what_is_decided_or_withdrawn_is_not_said_to_be_put_off(
    sessions: Sessions, over: type[ApplicationEvent]
) -> None:
    become(sessions, ApplicationWaitlisted, over)
    assert said(sessions) == [("application_waitlisted", "suppressed", "application_over")] * 2


def test_who_was_put_off_and_then_declined_is_told_of_the_end(sessions: Sessions, office: FakeOffice) -> None:
    know_the_basics(sessions)
    become(sessions, ApplicationWaitlisted)
    office.send()
    become(sessions, ApplicationDeclined)
    office.send()
    told = [("application_waitlisted", "sent", None)] * 2 + [("application_declined", "sent", None)] * 2
    assert said(sessions) == told


def test_a_decline_in_the_same_breath_is_the_only_word(sessions: Sessions, office: FakeOffice) -> None:
    know_the_basics(sessions)
    become(sessions, ApplicationWaitlisted, ApplicationDeclined)
    office.send()
    assert office.subjects == ["No place on Fractions in Year 5 this time"] * 2


def test_an_event_from_before_teachers_were_named_says_nothing(sessions: Sessions) -> None:
    become(sessions, ApplicationWaitlisted, ApplicationDeclined, teacher_ids=None)
    assert messages(sessions) == []
