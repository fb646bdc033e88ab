"""Messages that events make due: one for each person, while the reason applies."""

from datetime import date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import select
from tests.notifications.factories import (
    GROUP,
    enrol,
    group_opened,
    know_the_basics,
    messages,
    participant_enrolled,
    react,
    schedule,
    school_imported,
    session_scheduled,
)
from tests.notifications.fakes import NOW, OutgoingMail

from hub_contracts.enrolment import (
    ParticipantEnrolled,
    ParticipantWithdrawn,
    TeacherAnonymised,
)
from hub_contracts.vocabulary import WithdrawalReason
from hub_notifications.handlers import hub, people, places, work_groups
from hub_notifications.models import School
from hub_platform.database import Sessions


@pytest.fixture(name="known", autouse=True)
def _known(sessions: Sessions) -> Sessions:
    know_the_basics(sessions)
    return sessions


def withdraw(sessions: Sessions, event: ParticipantEnrolled, revision: int = 2) -> None:
    withdrawn = ParticipantWithdrawn(
        enrolment_id=event.enrolment_id,
        work_group_id=event.work_group_id,
        teacher_id=event.teacher_id,
        urn=event.urn,
        reason=WithdrawalReason.WORKLOAD,
        withdrawn_on=date(2026, 9, 8),
    )
    with sessions.begin() as session:
        react(places.on_place_ended, session, withdrawn, revision)


def text_of(outgoing: OutgoingMail, n: int = -1) -> str:
    part = outgoing.mailer.sent[n][1].get_body(("plain",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


def test_place_is_confirmed_with_upcoming_sessions(sessions: Sessions, outgoing: OutgoingMail) -> None:
    at = NOW + timedelta(days=60)
    schedule(sessions, seq=2, starts_at=at, ends_at=at + timedelta(hours=2))
    schedule(sessions)
    schedule(sessions, seq=3, starts_at=NOW - timedelta(hours=3), ends_at=NOW)  # over
    schedule(sessions, seq=4, work_group_id=UUID(int=7))  # of another group
    [event] = enrol(sessions)
    [message] = messages(sessions)
    assert (message.template, message.status, message.recipient_ref) == (
        "place_confirmed",
        "due",
        str(event.teacher_id),
    )
    assert message.concerns == f"work-groups/{GROUP}"
    outgoing.send()
    text = text_of(outgoing)
    assert text.index("Session 1") < text.index("Session 2")
    assert "Session 3" not in text
    assert "Session 4" not in text


def test_later_session_is_notified_to_each_participant(sessions: Sessions, outgoing: OutgoingMail) -> None:
    events = enrol(sessions, 3)
    outgoing.send_all()
    schedule(sessions)
    invitations = [each for each in messages(sessions) if each.template == "session_scheduled"]
    assert {each.recipient_ref for each in invitations} == {str(event.teacher_id) for event in events}
    assert {each.status for each in invitations} == {"due"}


@pytest.mark.parametrize(
    ("starts_at", "notified"),
    [(NOW - timedelta.resolution, 0), (NOW, 0), (NOW + timedelta.resolution, 1)],
)
def test_a_session_that_has_begun_is_announced_to_no_participant(
    sessions: Sessions, outgoing: OutgoingMail, starts_at: datetime, notified: int
) -> None:
    enrol(sessions)
    outgoing.send_all()
    schedule(sessions, starts_at=starts_at, ends_at=NOW + timedelta(hours=2))
    assert sum(each.template == "session_scheduled" for each in messages(sessions)) == notified


def test_second_place_is_notified_with_its_sessions(sessions: Sessions, outgoing: OutgoingMail) -> None:
    enrol(sessions)
    event = schedule(sessions)
    outgoing.send_all()
    with sessions.begin() as session:
        again = session_scheduled(session_id=event.session_id, ics_sequence=1)
        react(work_groups.on_session_changed, session, again, 2)
    outgoing.send_all()
    assert [each.template for each in messages(sessions)] == ["place_confirmed", "session_rescheduled"]


def test_withdrawn_participant_gets_one_last_e_mail(sessions: Sessions, outgoing: OutgoingMail) -> None:
    left, stays = enrol(sessions, 2)
    withdraw(sessions, left)
    schedule(sessions)
    outgoing.send_all()
    assert {(each.recipient_ref, each.template) for each in messages(sessions)} == {
        (str(left.teacher_id), "place_ended"),
        (str(stays.teacher_id), "place_confirmed"),
    }


def test_a_withdrawal_of_an_earlier_revision_changes_nothing(sessions: Sessions) -> None:
    [event] = enrol(sessions)
    withdraw(sessions, event, revision=1)
    assert [each.template for each in messages(sessions)] == ["place_confirmed"]


def test_a_place_is_confirmed_once_its_group_is_known(sessions: Sessions, outgoing: OutgoingMail) -> None:
    """The two are different subjects, so that either event may come first."""
    unknown = uuid4()
    event = participant_enrolled(work_group_id=unknown)
    with sessions.begin() as session:
        react(places.on_participant_enrolled, session, event)
        react(work_groups.on_session_changed, session, session_scheduled(work_group_id=unknown))
    assert messages(sessions) == []
    with sessions.begin() as session:
        react(work_groups.on_group_changed, session, group_opened(work_group_id=unknown))
    assert [each.template for each in messages(sessions)] == ["place_confirmed"]


def test_only_the_latest_name_of_a_school_is_stored(sessions: Sessions) -> None:
    for revision, name in ((3, "New name"), (2, "Old name")):
        with sessions.begin() as session:
            react(hub.on_school_changed, session, school_imported(name=name), revision)
    with sessions() as session:
        assert session.scalars(select(School.name)).all() == ["New name"]


def test_erased_person_gets_no_further_e_mail(sessions: Sessions) -> None:
    erased, other = enrol(sessions, 2)
    event = TeacherAnonymised(teacher_id=erased.teacher_id, anonymised_on=date(2026, 9, 8))
    with sessions.begin() as session:
        react(people.on_teacher_anonymised, session, event, 3)
    said = {message.recipient_ref: (message.status, message.reason) for message in messages(sessions)}
    assert said == {
        str(erased.teacher_id): ("suppressed", "anonymised"),
        str(other.teacher_id): ("due", None),
    }
