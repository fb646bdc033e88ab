"""Visits and PD days: told once, and their cancellation once."""

from datetime import UTC, date, datetime
from uuid import uuid4

import pytest
from tests.notifications.factories import know_the_basics, messages, plan, react, visit_planned
from tests.notifications.fakes import OutgoingMail

from hub_contracts.enrolment import PDDayCancelled, PDDayRegistered, PDDayScheduled
from hub_contracts.visits import VisitCancelled, VisitLogged
from hub_contracts.vocabulary import PDDayCancellationReason
from hub_notifications.handlers import pd_days, visits
from hub_platform.database import Sessions


@pytest.fixture(name="known", autouse=True)
def _known(sessions: Sessions) -> Sessions:
    know_the_basics(sessions)
    return sessions


def test_visit_cancelled_before_its_notice_is_one_message(sessions: Sessions) -> None:
    kept, dropped = plan(sessions), plan(sessions)
    with sessions.begin() as session:
        event = VisitCancelled(visit_id=dropped.visit_id, urn=dropped.urn, reason="weather")
        react(visits.on_visit_ended, session, event, 2)
    by_recipient = {each.recipient_ref: (each.template, each.status) for each in messages(sessions)}
    assert by_recipient[str(kept.pd_lead_id)] == ("visit_planned", "due")
    assert by_recipient[str(dropped.pd_lead_id)] == ("visit_cancelled", "due")
    assert len(messages(sessions)) == 2


def test_notified_visit_is_cancelled_by_e_mail_and_in_the_calendar(
    sessions: Sessions, outgoing: OutgoingMail
) -> None:
    visit = plan(sessions)
    outgoing.send_all()
    with sessions.begin() as session:
        event = VisitCancelled(visit_id=visit.visit_id, urn=visit.urn, reason="weather")
        react(visits.on_visit_ended, session, event, 2)
    outgoing.later(minutes=1)
    outgoing.send_all()
    assert [(each.template, each.status) for each in messages(sessions)] == [
        ("visit_planned", "sent"),
        ("visit_cancelled", "sent"),
    ]
    methods = [
        part.get_param("method")
        for _, mail in outgoing.mailer.sent
        for part in mail.walk()
        if part.get_content_type() == "text/calendar"
    ]
    assert methods == ["REQUEST", "CANCEL"]


def test_visit_logged_before_its_notice_causes_no_e_mail(sessions: Sessions) -> None:
    visit = plan(sessions)
    with sessions.begin() as session:
        event = VisitLogged(
            visit_id=visit.visit_id,
            urn=visit.urn,
            assignment_id=visit.assignment_id,
            pd_lead_id=visit.pd_lead_id,
            happened_on=date(2026, 9, 7),
            kind=visit.kind,
            half_days=1,
            focus=[],
            people_met_roles=[],
            actions_n=0,
            late=False,
            out_of_term=False,
        )
        react(visits.on_visit_ended, session, event, 2)
    assert [each.status for each in messages(sessions)] == ["suppressed"]


def test_only_the_pd_lead_of_a_visit_is_notified(sessions: Sessions) -> None:
    event = visit_planned()
    with sessions.begin() as session:
        react(visits.on_visit_planned, session, event)
        react(visits.on_visit_planned, session, event)
    assert [each.recipient_ref for each in messages(sessions)] == [str(event.pd_lead_id)]


def pd_day(**changes: object) -> PDDayScheduled:
    facts: dict[str, object] = {
        "pd_day_id": uuid4(),
        "kind": "pd_day",
        "theme": "mastery",
        "title": "Talk in mathematics lessons",
        "on": date(2026, 11, 27),
        "closes_at": datetime(2026, 11, 20, tzinfo=UTC),
        "starts_at": datetime(2026, 11, 27, 9, 30, tzinfo=UTC),
        "venue": "Mill Lane Centre",
    }
    return PDDayScheduled(**(facts | changes))  # type: ignore[arg-type]


@pytest.mark.parametrize("registered_first", [True, False])
def test_registered_teacher_gets_confirmation_and_cancellation(
    sessions: Sessions, outgoing: OutgoingMail, registered_first: bool
) -> None:
    day, teacher = pd_day(), uuid4()
    registered = PDDayRegistered(
        pd_day_id=day.pd_day_id, teacher_id=teacher, urn="110623", registered_on=date(2026, 9, 7)
    )
    steps = [
        lambda session: react(pd_days.on_pd_day_scheduled, session, day, 1),
        lambda session: react(pd_days.on_pd_day_registered, session, registered, 2),
    ]
    for step in reversed(steps) if registered_first else steps:
        with sessions.begin() as session:
            step(session)
    outgoing.send_all()
    with sessions.begin() as session:
        event = PDDayCancelled(pd_day_id=day.pd_day_id, reason=PDDayCancellationReason.WEATHER, teachers_n=1)
        react(pd_days.on_pd_day_cancelled, session, event, 3)
    outgoing.send_all()
    assert [(each.template, each.recipient_ref, each.status) for each in messages(sessions)] == [
        ("pd_day_confirmed", str(teacher), "sent"),
        ("pd_day_cancelled", str(teacher), "sent"),
    ]
