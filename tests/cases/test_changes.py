"""T4, T5 and T8: e-mails follow from changes, and none is sent about the past."""

from datetime import UTC, datetime, timedelta

import pytest
from tests.cases.desk import FIRST, Desk

LAST_YEAR = datetime(2026, 3, 17, 13, 30, tzinfo=UTC)
THIS_YEAR = datetime(2027, 3, 17, 13, 30, tzinfo=UTC)


def test_t4_a_participant_who_enrols_after_a_change_reads_the_new_title_and_venue(desk: Desk) -> None:
    (person,) = desk.people(1)
    group = desk.group(title="Bar models", mode="in_person", venue="Old Schools")
    desk.session(group)
    desk.hub.wait_for_notifications()
    changed = desk.change(f"work-groups/{group.id}", {"title": "Number lines", "venue": "Cromwell Hall"})
    assert changed.status == 200, changed.body
    desk.enrol(group, person)
    desk.settle(person)
    (message,) = desk.read(person)
    assert "number lines" in message.words
    assert "bar models" not in message.words
    assert "cromwell hall" in message.words
    (entry,) = desk.calendar(person).values()
    assert "Number lines" in entry.content
    assert "Cromwell Hall" in entry.location


def test_a_cancellation_names_the_title_that_the_group_has_by_then(desk: Desk) -> None:
    """More of T4's kind."""
    (person,) = desk.people(1)
    group = desk.group([person], title="Early algebra")
    desk.session(group)
    since = desk.settle(person)
    assert desk.change(f"work-groups/{group.id}", {"title": "Patterns and rules"}).status == 200
    desk.cancel(group)
    desk.settle(person)
    told = desk.read(person, since)
    assert told
    assert "patterns and rules" in told[-1].words
    assert "early algebra" not in told[-1].words


def test_a_message_greets_a_teacher_by_the_name_that_they_have_by_then(desk: Desk) -> None:
    """More of T4's kind."""
    (person,) = desk.people(1)
    assert desk.change(f"teachers/{person.id}", {"given": "Amara"}).status == 200
    desk.group([person])
    desk.settle(person)
    (message,) = desk.read(person)
    assert "amara" in message.words
    assert person.given.lower() not in message.words


def test_t5_moving_a_session_into_the_year_before_is_refused_or_notified(desk: Desk) -> None:
    people = desk.people(3)
    group = desk.group(people)
    session_id = desk.session(group, THIS_YEAR)
    since = desk.settle(*people)
    reply = desk.move(session_id, LAST_YEAR)
    if reply.status in {409, 422}:
        assert reply.json["code"] == "session_in_past"
        return
    assert reply.status == 200, reply.body
    desk.settle(*people)
    assert [len(desk.read(person, since)) for person in people] == [1, 1, 1], "moved without a message"
    for person in people:
        assert desk.read(person, since)[0].names_day(LAST_YEAR.date())


@pytest.mark.parametrize("hours", [-1, -24 * 7])
def test_a_move_to_an_hour_or_a_week_ago_is_refused(desk: Desk, hours: int) -> None:
    """More of T5's kind."""
    group = desk.group(desk.people(1))
    session_id = desk.session(group)
    reply = desk.move(session_id, desk.hub.now + timedelta(hours=hours))
    assert (reply.status, reply.json.get("code")) in {(409, "session_in_past"), (422, "session_in_past")}


def test_move_to_tomorrow_is_notified_at_once(desk: Desk) -> None:
    """More of T5's kind: near is not past."""
    people = desk.people(2)
    group = desk.group(people)
    session_id = desk.session(group)
    since = desk.settle(*people)
    tomorrow = desk.hub.now.replace(hour=13) + timedelta(days=1)
    assert desk.move(session_id, tomorrow).status == 200
    desk.settle(*people)
    for person in people:
        (message,) = desk.read(person, since)
        assert message.names_day(tomorrow.date())
        assert message.names_day(FIRST.date())


@pytest.mark.parametrize("loaded", ["today", "by hub time of last year"])
def test_t8_no_e_mail_is_sent_about_sessions_of_last_year(desk: Desk, loaded: str) -> None:
    at = None if loaded == "today" else datetime(2026, 1, 13, 10, 0, tzinfo=UTC)
    window = {"opens_at": "2025-10-01T08:00:00Z", "closes_at": "2027-05-28T16:00:00Z"}
    people = desk.people(3, at=at)
    group = desk.group(people, at=at, programme_id=desk.programme("2025/26"), **window)
    since = desk.settle(*people)
    for weeks in range(3):
        body = {
            "starts_at": (LAST_YEAR + timedelta(weeks=weeks)).isoformat(),
            "ends_at": (LAST_YEAR + timedelta(weeks=weeks, hours=2)).isoformat(),
            "mode": "in_person",
        }
        reply = desk.post(f"work-groups/{group.id}/sessions", body, at=at)
        assert reply.status == 201, reply.body
    desk.settle(*people)
    assert [len(desk.inbox(person, since)) for person in people] == [0, 0, 0]


def test_a_session_of_last_year_is_in_no_message_to_a_participant_who_enrols_today(desk: Desk) -> None:
    """More of T8's kind."""
    group = desk.group(programme_id=desk.programme("2025/26"), opens_at="2025-10-01T08:00:00Z")
    desk.session(group, LAST_YEAR)
    desk.session(group)
    people = desk.people(2)
    desk.enrol(group, *people)
    desk.settle(*people)
    for person in people:
        (entry,) = desk.calendar(person).values()
        assert entry.starts_at.date() == FIRST.date()
        assert not desk.read(person)[0].names_day(LAST_YEAR.date())


def test_cancelling_a_session_of_last_year_sends_no_e_mail(desk: Desk) -> None:
    """More of T8's kind."""
    people = desk.people(2)
    group = desk.group(people, programme_id=desk.programme("2025/26"), opens_at="2025-10-01T08:00:00Z")
    since = desk.settle(*people)
    session_id = desk.session(group, LAST_YEAR, at=datetime(2026, 1, 13, 10, 0, tzinfo=UTC))
    desk.settle(*people)
    desk.post(f"sessions/{session_id}/cancellation", {"reason": "weather"})
    desk.settle(*people)
    assert [len(desk.inbox(person, since)) for person in people] == [0, 0]
