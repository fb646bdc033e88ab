"""What an event makes due: once, in any order, and no longer than its reason holds."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from tests.notifications.factories import (
    GROUP,
    cause,
    enrol,
    group_opened,
    know_the_basics,
    messages,
    participant_enrolled,
    plan,
    schedule,
    school_imported,
    session_scheduled,
)
from tests.notifications.fakes import NOW, FakeOffice

from hub_contracts.enrolment import (
    ParticipantCompleted,
    ParticipantEnrolled,
    ParticipantWithdrawn,
    SessionScheduled,
    TeacherAnonymised,
)
from hub_contracts.visits import VisitCancelled
from hub_notifications.handlers import people, schools, visits, work_groups
from hub_notifications.models import GroupSession, Place, School, WorkGroup
from hub_platform.database import Sessions


def withdraw(sessions: Sessions, event: ParticipantEnrolled) -> None:
    withdrawn = ParticipantWithdrawn(
        enrolment_id=event.enrolment_id,
        work_group_id=event.work_group_id,
        teacher_id=event.teacher_id,
        urn=event.urn,
        reason="workload",
        withdrawn_on=date(2026, 9, 8),
    )
    with sessions.begin() as session:
        work_groups.on_participant_withdrawn(session, withdrawn, cause(2))


def test_a_place_is_confirmed_with_the_sessions_that_have_a_date(sessions: Sessions) -> None:
    second = schedule(sessions, seq=2, starts_at=NOW + timedelta(days=60), ends_at=NOW + timedelta(days=61))
    first = schedule(sessions)
    schedule(sessions, starts_at=NOW - timedelta(hours=3), ends_at=NOW)  # over
    schedule(sessions, work_group_id=UUID(int=7))  # of another group
    [event] = enrol(sessions)
    [message] = messages(sessions)
    assert (message.template, message.status, message.recipient_ref) == (
        "place_confirmed",
        "due",
        str(event.teacher_id),
    )
    assert message.dedupe_key == f"place:{event.enrolment_id}"
    assert message.about["session_ids"] == [str(first.session_id), str(second.session_id)]


def test_a_later_session_is_told_to_each_participant(sessions: Sessions) -> None:
    events = enrol(sessions, 3)
    session = schedule(sessions)
    invitations = [each for each in messages(sessions) if each.template == "session_scheduled"]
    assert {each.recipient_ref for each in invitations} == {str(event.teacher_id) for event in events}
    assert {each.dedupe_key for each in invitations} == {
        f"session:{session.session_id}:{event.enrolment_id}:0" for event in events
    }


@pytest.mark.parametrize(("ends_at", "told"), [(NOW, 0), (NOW + timedelta(seconds=1), 1)])
def test_nobody_is_invited_to_what_is_over(sessions: Sessions, ends_at: datetime, told: int) -> None:
    enrol(sessions)
    schedule(sessions, starts_at=NOW - timedelta(hours=2), ends_at=ends_at)
    assert sum(each.template == "session_scheduled" for each in messages(sessions)) == told


def test_the_same_event_twice_says_nothing_twice(sessions: Sessions) -> None:
    [enrolled], scheduled = enrol(sessions), session_scheduled()
    for _ in range(2):
        with sessions.begin() as session:
            work_groups.on_participant_enrolled(session, enrolled, cause())
            work_groups.on_session_scheduled(session, scheduled, cause())
    assert len(messages(sessions)) == 2


def test_a_session_given_anew_is_told_anew(sessions: Sessions) -> None:
    enrol(sessions)
    event = schedule(sessions)
    with sessions.begin() as session:
        moved = session_scheduled(session_id=event.session_id, ics_sequence=1)
        work_groups.on_session_scheduled(session, moved, cause(2))
    assert len([each for each in messages(sessions) if each.template == "session_scheduled"]) == 2


def test_somebody_who_has_left_is_told_nothing_more(sessions: Sessions) -> None:
    left, stays = enrol(sessions, 2)
    withdraw(sessions, left)
    schedule(sessions)
    by_recipient = {(each.recipient_ref, each.template): each for each in messages(sessions)}
    confirmation = by_recipient[str(left.teacher_id), "place_confirmed"]
    assert (confirmation.status, confirmation.reason) == ("suppressed", "withdrawn")
    assert (str(left.teacher_id), "session_scheduled") not in by_recipient
    assert by_recipient[str(stays.teacher_id), "session_scheduled"].status == "due"


def test_a_withdrawal_from_before_the_place_was_given_anew_stops_nothing(sessions: Sessions) -> None:
    (given_anew,) = enrol(sessions)
    older = ParticipantWithdrawn.from_data(
        participant_enrolled().to_data()
        | {"enrolment_id": str(given_anew.enrolment_id), "reason": "workload", "withdrawn_on": "2026-09-01"}
    )
    with sessions.begin() as session:
        work_groups.on_participant_withdrawn(session, older, cause(1))
    assert [each.status for each in messages(sessions)] == ["due"]


def test_a_withdrawal_that_comes_first_keeps_its_enrolment_silent(sessions: Sessions) -> None:
    event = participant_enrolled()
    withdraw(sessions, event)
    with sessions.begin() as session:
        work_groups.on_participant_enrolled(session, event, cause(1))
    assert messages(sessions) == []


def test_a_pd_lead_is_told_of_a_visit_unless_it_is_cancelled_first(sessions: Sessions) -> None:
    kept, dropped = plan(sessions), plan(sessions)
    with sessions.begin() as session:
        event = VisitCancelled(visit_id=dropped.visit_id, urn=dropped.urn, reason="snow")
        visits.on_visit_cancelled(session, event, cause(2))
    assert [(each.recipient_ref, each.status) for each in messages(sessions)] == [
        (str(kept.pd_lead_id), "due"),
        (str(dropped.pd_lead_id), "suppressed"),
    ]
    assert messages(sessions)[0].about == {
        "urn": kept.urn,
        "planned_at": "2026-11-20T09:30:00+00:00",
        "kind": "support",
    }


ADA, EMMY = participant_enrolled(), participant_enrolled()
FIRST, SECOND = session_scheduled(), session_scheduled(seq=2)
HISTORY: list[tuple[int, Any]] = [
    (1, school_imported(name="Old name")),
    (2, school_imported(name="New name")),
    (1, group_opened()),
    (1, ADA),
    (1, EMMY),
    (1, FIRST),
    (1, SECOND),
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(repeats=st.lists(st.sampled_from(HISTORY), max_size=5), data=st.data())
def test_any_order_any_repeats_each_person_hears_of_each_session_once(
    sessions: Sessions, repeats: list[tuple[int, Any]], data: st.DataObject
) -> None:
    with sessions.begin() as session:
        session.execute(text("TRUNCATE schools, work_groups, group_sessions, places, messages"))
        for revision, event in data.draw(st.permutations(HISTORY + repeats)):
            react(session, event, revision)
        school, group = session.get(School, "110623"), session.get(WorkGroup, GROUP)
        assert school is not None
        assert group is not None
        assert (school.name, group.title) == ("New name", "Fractions in Year 5")
        assert {row.session_id for row in session.query(GroupSession)} == {
            FIRST.session_id,
            SECOND.session_id,
        }
        assert session.query(Place).count() == 2
    heard = [(each.recipient_ref, told) for each in messages(sessions) for told in each.about["session_ids"]]
    assert sorted(heard) == sorted(
        (str(person.teacher_id), str(event.session_id)) for person in (ADA, EMMY) for event in (FIRST, SECOND)
    )


def react(session: Any, event: Any, revision: int) -> None:
    told = cause(revision)
    if isinstance(event, ParticipantEnrolled):
        work_groups.on_participant_enrolled(session, event, told)
    elif isinstance(event, SessionScheduled):
        work_groups.on_session_scheduled(session, event, told)
    elif hasattr(event, "title"):
        work_groups.on_group_opened(session, event, told)
    else:
        schools.on_school_told(session, event, told)


def test_nothing_more_is_written_to_somebody_who_was_erased(sessions: Sessions) -> None:
    erased, other = enrol(sessions, 2)
    event = TeacherAnonymised(teacher_id=erased.teacher_id, anonymised_on=date(2026, 9, 8))
    with sessions.begin() as session:
        people.on_teacher_anonymised(session, event, cause(3))
    said = {message.recipient_ref: (message.status, message.reason) for message in messages(sessions)}
    assert said == {
        str(erased.teacher_id): ("suppressed", "anonymised"),
        str(other.teacher_id): ("due", None),
    }


def completes(sessions: Sessions, event: ParticipantEnrolled) -> None:
    facts = {name: getattr(event, name) for name in ("enrolment_id", "work_group_id", "teacher_id", "urn")}
    completed = ParticipantCompleted(**facts, completed_on=date(2027, 7, 9))
    with sessions.begin() as session:
        work_groups.on_participant_completed(session, completed, cause(2))


def test_who_has_completed_a_group_is_congratulated_once(sessions: Sessions, office: FakeOffice) -> None:
    know_the_basics(sessions)
    done, _ = enrol(sessions, 2)
    office.send()
    completes(sessions, done)
    completes(sessions, done)
    assert office.send() == 1
    last = messages(sessions)[-1]
    assert (last.template, last.recipient_ref, last.dedupe_key, last.status) == (
        "participant_completed",
        str(done.teacher_id),
        f"completed:{done.enrolment_id}",
        "sent",
    )
    assert office.subjects[-1] == "Congratulations: you have completed Fractions in Year 5"
    letter: Any = office.mailer.letters[-1][1]
    text_of_it = letter.get_body(("plain",)).get_content()
    assert "There is a certificate for you. If you would like to have it, please ask Test Maths Hub." in (
        text_of_it
    )
    assert "text/calendar" not in [part.get_content_type() for part in letter.walk()]


def test_a_completion_that_comes_before_its_enrolment_is_told_all_the_same(sessions: Sessions) -> None:
    event = participant_enrolled()
    completes(sessions, event)
    with sessions.begin() as session:
        work_groups.on_participant_enrolled(session, event, cause(1))
    assert {(each.template, each.status) for each in messages(sessions)} == {
        ("participant_completed", "due"),
        ("place_confirmed", "due"),
    }
