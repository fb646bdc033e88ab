"""Each affected person is notified once of each change."""

# Long: each change of a Work Group and what it leads to.

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from tests.notifications.calendars import entries_in
from tests.notifications.factories import (
    GROUP,
    enrol,
    group_opened,
    know_the_basics,
    messages,
    participant_enrolled,
    react,
    schedule,
    session_scheduled,
)
from tests.notifications.fakes import NOW, OutgoingMail

from hub_contracts.enrolment import (
    ParticipantCompleted,
    ParticipantEnrolled,
    ParticipantWithdrawn,
    SessionCancelled,
    SessionRescheduled,
    SessionScheduled,
    WorkGroupCancelled,
    WorkGroupChanged,
)
from hub_contracts.vocabulary import SessionCancellationReason, WorkGroupCancellationReason
from hub_notifications.handlers import places, work_groups
from hub_platform.database import Sessions


@pytest.fixture(name="known")
def _known(sessions: Sessions) -> Sessions:
    know_the_basics(sessions)
    return sessions


def series(sessions: Sessions, n: int) -> list[SessionScheduled]:
    """N sessions, a week apart."""
    first = datetime(2026, 10, 6, 15, 0, tzinfo=UTC)
    return [
        schedule(
            sessions,
            seq=i + 1,
            starts_at=first + timedelta(weeks=i),
            ends_at=first + timedelta(weeks=i, hours=2),
        )
        for i in range(n)
    ]


def withdraw(sessions: Sessions, event: ParticipantEnrolled, **changes: Any) -> None:
    facts: dict[str, Any] = {
        "enrolment_id": event.enrolment_id,
        "work_group_id": event.work_group_id,
        "teacher_id": event.teacher_id,
        "urn": event.urn,
        "reason": "workload",
        "withdrawn_on": date(2026, 9, 8),
    }
    with sessions.begin() as session:
        react(places.on_place_ended, session, ParticipantWithdrawn(**(facts | changes)), 2)


def cancel_session(sessions: Sessions, event: SessionScheduled, *, at: datetime = NOW) -> None:
    facts = vars(event) | {"ics_sequence": event.ics_sequence + 1}
    with sessions.begin() as session:
        cancelled = SessionCancelled(**facts, reason=SessionCancellationReason.WEATHER)
        react(work_groups.on_session_changed, session, cancelled, 5, happened_at=at)


def cancel_group(
    sessions: Sessions, participants: list[ParticipantEnrolled], scheduled: list[SessionScheduled]
) -> None:
    """The events in the order in which enrolment records them."""
    event = WorkGroupCancelled(
        work_group_id=GROUP,
        reason=WorkGroupCancellationReason.FUNDING,
        teachers_n=len(participants),
        schools_n=1,
    )
    with sessions.begin() as session:
        react(work_groups.on_group_cancelled, session, event, 9, happened_at=NOW + timedelta(minutes=1))
    for one in scheduled:
        cancel_session(sessions, one, at=NOW + timedelta(minutes=1))
    for place in participants:
        withdraw(sessions, place, reason="other", cause="group_cancelled")


def in_words(outgoing: OutgoingMail) -> list[tuple[str, str]]:
    """Recipient and subject of each e-mail in words."""
    return [
        (str(mail["To"]), str(mail["Subject"]))
        for _, mail in outgoing.mailer.sent
        if not str(mail["Subject"]).startswith("Calendar: ")
    ]


def entries(outgoing: OutgoingMail) -> list[tuple[str, str, int]]:
    """Method, UID and SEQUENCE of each calendar part, in the order of sending."""
    return entries_in(mail for _, mail in outgoing.mailer.sent)


def test_cancelled_group_notifies_once_and_removes_all_entries(
    known: Sessions, outgoing: OutgoingMail
) -> None:
    scheduled, participants = series(known, 8), enrol(known, 3)
    outgoing.send_all()
    assert len(in_words(outgoing)) == 3
    assert len(entries(outgoing)) == 24
    outgoing.mailer.sent.clear()
    cancel_group(known, participants, scheduled)
    outgoing.later(minutes=2)
    outgoing.send_all()
    assert len(in_words(outgoing)) == 3
    assert {subject for _, subject in in_words(outgoing)} == {
        "The Work Group Fractions in Year 5 is cancelled"
    }
    assert sorted({method for method, _, _ in entries(outgoing)}) == ["CANCEL"]
    assert len({uid for _, uid, _ in entries(outgoing)}) == 24
    assert {sequence for _, _, sequence in entries(outgoing)} == {1}


def test_earlier_withdrawal_is_the_only_notice(known: Sessions, outgoing: OutgoingMail) -> None:
    scheduled, participants = series(known, 2), enrol(known, 2)
    outgoing.send_all()
    withdraw(known, participants[0])
    outgoing.send_all()
    outgoing.mailer.sent.clear()
    cancel_group(known, participants[1:], scheduled)
    outgoing.later(minutes=2)
    outgoing.send_all()
    assert len(in_words(outgoing)) == 1


def test_unsent_announcement_and_its_cancellation_are_one_message(
    known: Sessions, outgoing: OutgoingMail
) -> None:
    scheduled, participants = series(known, 2), enrol(known, 1)
    cancel_group(known, participants, scheduled)
    outgoing.later(minutes=2)
    outgoing.send_all()
    assert [subject for _, subject in in_words(outgoing)] == [
        "The Work Group Fractions in Year 5 is cancelled"
    ]
    assert entries(outgoing) == []


def test_series_is_one_e_mail_with_every_session(known: Sessions, outgoing: OutgoingMail) -> None:
    enrol(known, 2)
    outgoing.send_all()
    outgoing.mailer.sent.clear()
    series(known, 8)
    outgoing.send_all()
    assert len(in_words(outgoing)) == 2
    assert len(entries(outgoing)) == 16


def test_changes_within_a_minute_are_one_e_mail(known: Sessions, outgoing: OutgoingMail) -> None:
    first, second, _ = series(known, 3)
    enrol(known, 1)
    outgoing.send_all()
    outgoing.mailer.sent.clear()
    cancel_session(known, second)
    moved = SessionRescheduled(
        **(vars(first) | {"ics_sequence": 1, "starts_at": first.starts_at + timedelta(hours=1)})
    )
    with known.begin() as session:
        react(work_groups.on_session_changed, session, moved, 2)
    schedule(known, seq=4, starts_at=NOW + timedelta(days=90), ends_at=NOW + timedelta(days=90, hours=1))
    outgoing.send_all()
    [(_, subject)] = in_words(outgoing)
    assert "Fractions in Year 5" in subject
    assert sorted(method for method, _, _ in entries(outgoing)) == ["CANCEL", "REQUEST", "REQUEST"]


def test_e_mail_about_one_session_carries_its_entry(known: Sessions, outgoing: OutgoingMail) -> None:
    enrol(known, 1)
    outgoing.send_all()
    outgoing.mailer.sent.clear()
    event = schedule(known)
    outgoing.send_all()
    assert len(outgoing.mailer.sent) == 1
    cancel_session(known, event)
    outgoing.send_all()
    assert [(method, sequence) for method, _, sequence in entries(outgoing)] == [
        ("REQUEST", 0),
        ("CANCEL", 1),
    ]
    assert len({uid for _, uid, _ in entries(outgoing)}) == 1


def test_next_message_uses_the_new_title(known: Sessions, outgoing: OutgoingMail) -> None:
    facts = vars(group_opened()) | {"title": "Ratio in Year 7", "changed_fields": ["title"]}
    with known.begin() as session:
        react(work_groups.on_group_changed, session, WorkGroupChanged(**facts), 2)
    enrol(known, 1)
    outgoing.send_all()
    assert "Ratio in Year 7" in outgoing.subjects[0]


def test_transfer_is_one_e_mail_and_removes_old_entries(known: Sessions, outgoing: OutgoingMail) -> None:
    series(known, 2)
    [place] = enrol(known, 1)
    outgoing.send_all()
    outgoing.mailer.sent.clear()
    other = UUID(int=7)
    with known.begin() as session:
        react(work_groups.on_group_changed, session, group_opened(work_group_id=other, title="Ratio"))
    withdraw(known, place, reason="other", cause="transferred")
    with known.begin() as session:
        event = participant_enrolled(
            work_group_id=other, teacher_id=place.teacher_id, transferred_from=place.enrolment_id
        )
        react(places.on_participant_enrolled, session, event)
    outgoing.send_all()
    [(_, subject)] = in_words(outgoing)
    assert "Ratio" in subject
    text = outgoing.mailer.sent[0][1].get_body(("plain",))
    assert text is not None
    assert any("Fractions in Year 5" in str(mail.get_body(("plain",))) for _, mail in outgoing.mailer.sent)
    assert [method for method, _, _ in entries(outgoing)] == ["CANCEL", "CANCEL"]


def test_ended_group_causes_no_e_mail(known: Sessions, outgoing: OutgoingMail) -> None:
    schedule(known, starts_at=NOW - timedelta(days=300), ends_at=NOW - timedelta(days=300, hours=-2))
    [place] = enrol(known, 1)
    withdraw(known, place)
    outgoing.send_all()
    assert outgoing.subjects == []


def test_a_completed_participant_gets_the_certificate(known: Sessions, outgoing: OutgoingMail) -> None:
    [place] = enrol(known, 1)
    outgoing.send_all()
    outgoing.contacts.certificates[str(place.enrolment_id)] = b"%PDF-1.7"
    event = ParticipantCompleted(
        enrolment_id=place.enrolment_id,
        work_group_id=GROUP,
        teacher_id=place.teacher_id,
        urn=place.urn,
        completed_on=date(2026, 9, 8),
    )
    with known.begin() as session:
        react(places.on_place_ended, session, event, 2)
    outgoing.send_all()
    [attachment] = outgoing.mailer.sent[-1][1].iter_attachments()
    assert attachment.get_content_type() == "application/pdf"
    assert attachment.get_payload(decode=True) == b"%PDF-1.7"


def test_a_message_to_an_unconfirmed_address_waits_and_is_listed(
    known: Sessions, outgoing: OutgoingMail
) -> None:
    [place] = enrol(known, 1)
    outgoing.contacts.unconfirmed.add(str(place.teacher_id))
    outgoing.send_all()
    [message] = messages(known)
    assert (message.status, message.reason, message.attempts) == ("due", "address_unconfirmed", 0)
    outgoing.contacts.unconfirmed.clear()
    outgoing.later(minutes=2)
    outgoing.send_all()
    assert len(outgoing.subjects) == 1


def test_message_at_night_waits_for_the_morning(known: Sessions, outgoing: OutgoingMail) -> None:
    outgoing.now = datetime(2026, 9, 7, 20, 0, tzinfo=UTC)
    enrol(known, 1)
    outgoing.send_all()
    assert outgoing.subjects == []
    [message] = messages(known)
    assert message.due_at == datetime(2026, 9, 8, 6, 30, tzinfo=UTC)
    outgoing.now = message.due_at
    outgoing.send_all()
    assert len(outgoing.subjects) == 1


def test_repeated_event_causes_no_second_e_mail(known: Sessions, outgoing: OutgoingMail) -> None:
    place, scheduled = participant_enrolled(), session_scheduled()
    for _ in range(2):
        with known.begin() as session:
            react(places.on_participant_enrolled, session, place)
            react(work_groups.on_session_changed, session, scheduled)
        outgoing.send_all()
    assert len(in_words(outgoing)) == 1
