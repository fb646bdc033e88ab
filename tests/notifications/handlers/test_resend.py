"""Resends: a sent message is repeated while it applies, a failed one is decided again."""

# Long: each kind of message is asked for again.

from dataclasses import asdict
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.notifications.calendars import entries_in
from tests.notifications.factories import (
    GROUP,
    enrol,
    know_the_basics,
    messages,
    plan,
    published,
    react,
    schedule,
)
from tests.notifications.fakes import OutgoingMail

from hub_contracts.enrolment import (
    ParticipantCompleted,
    ParticipantEnrolled,
    ParticipantWithdrawn,
    SessionCancelled,
)
from hub_contracts.visits import VisitCancelled
from hub_contracts.vocabulary import SessionCancellationReason
from hub_notifications.commands import ResendMessage
from hub_notifications.domain.threads import group_thread
from hub_notifications.gateways import Failure, Undelivered
from hub_notifications.handlers import messages as handlers
from hub_notifications.handlers import places, visits, work_groups
from hub_notifications.handlers.reminders import schedule_reminders
from hub_notifications.models import Message
from hub_notifications.store import notified
from hub_platform.database import Sessions

REFUSED = Undelivered("refused", Failure.RECIPIENT)


@pytest.fixture(name="place")
def _place(sessions: Sessions) -> ParticipantEnrolled:
    """One participant of a group of which everything is known."""
    know_the_basics(sessions)
    [event] = enrol(sessions)
    return event


def resend(sessions: Sessions, outgoing: OutgoingMail, message_id: UUID) -> Message:
    """Ask for a message again, send, and give what became of the repeat."""
    outgoing.mailer.sent.clear()
    with sessions.begin() as session:
        again = handlers.resend_message(
            session, ResendMessage(message_id=message_id), now=outgoing.now, by="staff"
        )
    outgoing.send_all()
    [found] = [row for row in messages(sessions) if row.id == again.id]
    return found


def last(sessions: Sessions, template: str) -> Message:
    return [row for row in messages(sessions) if row.template == template][-1]


def end_place(sessions: Sessions, place: ParticipantEnrolled, kind: Any, **more: Any) -> None:
    facts = {name: getattr(place, name) for name in ("enrolment_id", "work_group_id", "teacher_id", "urn")}
    with sessions.begin() as session:
        react(places.on_place_ended, session, kind(**facts, **more), 2)


def withdraw(sessions: Sessions, place: ParticipantEnrolled) -> None:
    end_place(sessions, place, ParticipantWithdrawn, reason="workload", withdrawn_on=date(2026, 9, 8))


def calendar_parts(outgoing: OutgoingMail) -> list[tuple[str, int]]:
    return [(method, n) for method, _, n in entries_in(mail for _, mail in outgoing.mailer.sent)]


def known(sessions: Sessions, place: ParticipantEnrolled) -> Any:
    thread = group_thread(GROUP, place.teacher_id)
    with sessions() as session:
        return notified.notified_items(session, [thread])[thread]


def test_resent_confirmation_shows_the_current_sessions(
    sessions: Sessions, outgoing: OutgoingMail, place: ParticipantEnrolled
) -> None:
    outgoing.send_all()
    before = known(sessions, place)
    repeat = resend(sessions, outgoing, messages(sessions)[0].id)
    assert (repeat.status, repeat.template) == ("sent", "place_confirmed")
    assert known(sessions, place) == before
    assert [event.type for event in published(sessions)] == ["MessageSent"] * 2


@pytest.mark.parametrize("template", ["place_confirmed", "session_scheduled"])
def test_nothing_is_resent_to_a_withdrawn_participant(
    sessions: Sessions, outgoing: OutgoingMail, place: ParticipantEnrolled, template: str
) -> None:
    outgoing.send_all()
    schedule(sessions)
    outgoing.send_all()
    withdraw(sessions, place)
    outgoing.send_all()
    repeat = resend(sessions, outgoing, last(sessions, template).id)
    assert (repeat.status, repeat.reason) == ("suppressed", "withdrawn")
    assert outgoing.subjects == []


def test_an_announcement_is_repeated_with_its_entry_until_the_session_is_cancelled(
    sessions: Sessions, outgoing: OutgoingMail, place: ParticipantEnrolled
) -> None:
    outgoing.send_all()
    event = schedule(sessions)
    outgoing.send_all()
    announced = last(sessions, "session_scheduled").id
    assert resend(sessions, outgoing, announced).status == "sent"
    assert calendar_parts(outgoing) == [("REQUEST", 0)]
    cancelled = SessionCancelled(
        **(asdict(event) | {"ics_sequence": 1}), reason=SessionCancellationReason.WEATHER
    )
    with sessions.begin() as session:
        react(work_groups.on_session_changed, session, cancelled, 2)
    outgoing.send_all()
    assert resend(sessions, outgoing, announced).reason == "session_cancelled"
    repeat = resend(sessions, outgoing, last(sessions, "session_cancelled").id)
    assert repeat.status == "sent"
    assert calendar_parts(outgoing) == [("CANCEL", 1)]


def test_a_calendar_entry_is_repeated_as_it_was_last_sent(
    sessions: Sessions, outgoing: OutgoingMail, place: ParticipantEnrolled
) -> None:
    for n in (1, 2):
        at = outgoing.now + timedelta(days=20 + n)
        schedule(sessions, seq=n, starts_at=at, ends_at=at + timedelta(hours=1))
    outgoing.send_all()
    entry = last(sessions, "calendar_entry").id
    assert resend(sessions, outgoing, entry).status == "sent"
    assert calendar_parts(outgoing) == [("REQUEST", 0)]
    withdraw(sessions, place)
    outgoing.send_all()
    assert resend(sessions, outgoing, entry).status == "sent"
    assert calendar_parts(outgoing) == [("CANCEL", 1)]


def test_a_reminder_is_repeated_until_the_session_begins(
    sessions: Sessions, outgoing: OutgoingMail, place: ParticipantEnrolled
) -> None:
    event = schedule(sessions)
    outgoing.send_all()
    outgoing.now = outgoing.real_now = event.starts_at - timedelta(days=7)
    with sessions.begin() as session:
        assert schedule_reminders(session, now=outgoing.now) == 1
    outgoing.send_all()
    reminder = last(sessions, "session_reminder").id
    assert resend(sessions, outgoing, reminder).status == "sent"
    assert len(outgoing.subjects) == 1
    outgoing.now = outgoing.real_now = event.starts_at
    repeat = resend(sessions, outgoing, reminder)
    assert (repeat.status, repeat.reason) == ("suppressed", "session_begun")


def test_a_completion_is_repeated_with_the_certificate(
    sessions: Sessions, outgoing: OutgoingMail, place: ParticipantEnrolled
) -> None:
    outgoing.contacts.certificates[str(place.enrolment_id)] = b"%PDF-1.7"
    end_place(sessions, place, ParticipantCompleted, completed_on=date(2026, 9, 8))
    outgoing.send_all()
    assert resend(sessions, outgoing, last(sessions, "participant_completed").id).status == "sent"
    assert len(list(outgoing.mailer.sent[0][1].iter_attachments())) == 1


def test_a_visit_is_repeated_until_it_is_cancelled(sessions: Sessions, outgoing: OutgoingMail) -> None:
    know_the_basics(sessions)
    visit = plan(sessions)
    outgoing.send_all()
    planned = last(sessions, "visit_planned").id
    assert resend(sessions, outgoing, planned).status == "sent"
    event = VisitCancelled(visit_id=visit.visit_id, urn=visit.urn, reason="weather")
    with sessions.begin() as session:
        react(visits.on_visit_ended, session, event, 2)
    outgoing.send_all()
    assert resend(sessions, outgoing, planned).reason == "cancelled"


def fail_first(sessions: Sessions, outgoing: OutgoingMail, failure: Undelivered = REFUSED) -> Message:
    [row] = messages(sessions)
    outgoing.mailer.undelivered[row.id] = failure
    outgoing.send_all()
    [failed] = messages(sessions)
    assert failed.status == "failed"
    return failed


def test_resent_failed_message_is_decided_again_and_counts_as_notified(
    sessions: Sessions, outgoing: OutgoingMail, place: ParticipantEnrolled
) -> None:
    failed = fail_first(sessions, outgoing)
    assert known(sessions, place) == {}
    event = schedule(sessions)
    with sessions.begin() as session:  # everything that is due already would say the same
        session.query(Message).filter(Message.status == "due").update(
            {"status": "suppressed", "reason": "merged"}
        )
    repeat = resend(sessions, outgoing, failed.id)
    assert (repeat.status, repeat.template, repeat.resend_of) == ("sent", "place_confirmed", failed.id)
    assert known(sessions, place).keys() == {"place", f"session:{event.session_id}"}
    assert calendar_parts(outgoing) == [("REQUEST", 0)]


def test_due_message_does_not_repeat_a_resent_failed_message(
    sessions: Sessions, outgoing: OutgoingMail, place: ParticipantEnrolled
) -> None:
    failed = fail_first(sessions, outgoing)
    schedule(sessions)
    repeat = resend(sessions, outgoing, failed.id)
    by_status = sorted((row.status, row.reason) for row in messages(sessions) if row.id != failed.id)
    assert by_status == [("sent", None), ("suppressed", "nothing_to_tell")]
    assert repeat.status in {"sent", "suppressed"}
    assert len(outgoing.subjects) == 1


def test_failed_message_that_no_longer_applies_is_not_resent(
    sessions: Sessions, outgoing: OutgoingMail, place: ParticipantEnrolled
) -> None:
    failed = fail_first(sessions, outgoing)
    withdraw(sessions, place)
    outgoing.send_all()
    repeat = resend(sessions, outgoing, failed.id)
    assert (repeat.status, repeat.reason) == ("suppressed", "nothing_to_tell")


def test_uncertain_message_can_be_resent(
    sessions: Sessions, outgoing: OutgoingMail, place: ParticipantEnrolled
) -> None:
    [row] = messages(sessions)
    outgoing.mailer.undelivered[row.id] = Undelivered("not_known_whether_taken", Failure.UNCERTAIN)
    for _ in range(2):
        outgoing.send_all()
        outgoing.later(minutes=2)
    [row] = messages(sessions)
    assert (row.status, row.reason) == ("failed", "not_known_whether_taken")
    assert known(sessions, place) != {}
    assert resend(sessions, outgoing, row.id).status == "sent"


def test_failed_resend_can_be_resent(
    sessions: Sessions, outgoing: OutgoingMail, place: ParticipantEnrolled
) -> None:
    failed = fail_first(sessions, outgoing)
    send, outgoing.mailer.send = outgoing.mailer.send, lambda *_: REFUSED  # type: ignore[method-assign]
    second = resend(sessions, outgoing, failed.id)
    assert second.status == "failed"
    outgoing.mailer.send = send  # type: ignore[method-assign]
    third = resend(sessions, outgoing, second.id)
    assert (third.status, third.resend_of) == ("sent", second.id)
