"""T1 to T3: each person concerned by an ending gets one e-mail, and calendars follow."""

import pytest
from tests.cases.desk import FIRST, FORTNIGHT, Desk, Person
from tests.cases.mail_server import BUSY, REFUSING
from tests.cases.messages import assert_removed, entries
from tests.support.waiting import wait_until


def assert_tried(desk: Desk, *people: Person) -> None:
    """Wait until every message that is due to these people has been tried in vain, if there is any."""
    ids = {person.id for person in people}
    desk.hub.wait_for_notifications()
    wait_until(lambda: all(one["reason"] for one in desk.hub.waiting(ids)), deadline=60)


@pytest.mark.parametrize("server", [None, REFUSING, BUSY])
def test_t1_each_of_15_participants_is_notified_of_the_cancelled_group(
    desk: Desk, server: str | None
) -> None:
    group = desk.group()
    desk.series(group, 8)
    people = desk.people(15)
    desk.enrol(group, *people)
    since = desk.settle(*people)
    before = {person.id: desk.calendar(person) for person in people}
    assert {len(known) for known in before.values()} == {8}
    with desk.hub.mail.away(server):
        desk.cancel(group, "funding")
        if server is not None:
            assert_tried(desk, *people)
    desk.settle(*people)
    told = {person.id: desk.read(person, since) for person in people}
    assert [len(messages) for messages in told.values()] == [1] * 15
    for person in people:
        (message,) = told[person.id]
        assert "cancelled" in message.words
        assert "funding" in message.words
        assert_removed(before[person.id], desk.inbox(person, since))


def test_t2_waiting_list_offer_and_application_end_with_the_group(desk: Desk) -> None:
    stays, leaves, offered, waits = desk.people(4)
    (applies,) = desk.people(1)
    group = desk.group([stays, leaves], capacity=2)
    desk.series(group, 8)
    offer = desk.wait_for_place(group, offered)
    desk.wait_for_place(group, waits)
    desk.apply(group, applies)
    desk.withdraw(group, leaves)  # so that the first who waits is offered the place
    people = (stays, leaves, offered, waits, applies)
    since = desk.settle(*people)
    assert len(desk.read(offered)) == 1
    desk.cancel(group, "lead_unavailable")
    desk.settle(*people)
    told = [len(desk.read(person, since)) for person in people]
    assert told == [1, 0, 1, 1, 1]  # the withdrawn participant was notified before
    for person in (stays, offered, waits, applies):
        assert "cancelled" in desk.read(person, since)[0].words
    assert desk.post(f"waiting-list/{offer}/acceptance", {}).status in {409, 422}
    for status in ("waiting", "offered"):
        assert (
            desk.hub("GET", f"/enrolment/v1/work-groups/{group.id}/waiting-list?status={status}").json[
                "items"
            ]
            == []
        )


@pytest.mark.parametrize("way", ["withdrawal", "transfer"])
def test_t3_sessions_leave_the_calendar_of_a_participant_who_leaves(desk: Desk, way: str) -> None:
    stays, leaves = desk.people(2)
    programme = desk.programme()
    group = desk.group([stays, leaves], programme_id=programme)
    desk.series(group, 4)
    other = desk.group(programme_id=programme)
    desk.session(other, FIRST + FORTNIGHT / 2)
    since = desk.settle(stays, leaves)
    before = desk.calendar(leaves)
    assert len(before) == 4
    if way == "withdrawal":
        desk.withdraw(group, leaves)
    else:
        place = f"enrolments/{group.places[leaves.id]}/transfer"
        desk.make(place, {"work_group_id": other.id})
    desk.settle(stays, leaves)
    assert_removed(before, desk.inbox(leaves, since))
    assert len(desk.read(leaves, since)) == 1
    joined = [one for uid, one in desk.calendar(leaves).items() if uid not in before]
    assert [one.cancelled for one in joined] == [False] * (way == "transfer")
    assert desk.inbox(stays, since) == []


def test_sessions_cancelled_one_by_one_while_the_mail_server_is_away_are_one_message(desk: Desk) -> None:
    """A case like T1: delayed news is sent in one e-mail."""
    people = desk.people(2)
    group = desk.group(people)
    days = desk.series(group, 8)
    since = desk.settle(*people)
    before = {person.id: desk.calendar(person) for person in people}
    with desk.hub.mail.away(BUSY):
        for session_id in group.session_ids:
            desk.make(f"sessions/{session_id}/cancellation", {"reason": "venue_unavailable"})
        assert_tried(desk, *people)
    desk.settle(*people)
    for person in people:
        (message,) = desk.read(person, since)
        assert [day for day in days if not message.names_day(day)] == []
        assert_removed(before[person.id], desk.inbox(person, since))


def test_a_withdrawal_and_a_cancellation_while_the_mail_server_is_away_are_one_message(desk: Desk) -> None:
    """A case like T1: a withdrawn participant gets no e-mail about the cancellation."""
    _, leaves = people = desk.people(2)
    group = desk.group(people)
    desk.series(group, 3)
    since = desk.settle(*people)
    before = desk.calendar(leaves)
    with desk.hub.mail.away(REFUSING):
        desk.withdraw(group, leaves)
        desk.cancel(group, "too_few_teachers")
        assert_tried(desk, *people)
    desk.settle(*people)
    assert [len(desk.read(person, since)) for person in people] == [1, 1]
    assert_removed(before, desk.inbox(leaves, since))


def test_a_teacher_who_left_the_waiting_list_is_not_told_of_the_cancellation(desk: Desk) -> None:
    """More of T2's kind."""
    holder, waits, leaves = people = desk.people(3)
    group = desk.group([holder], capacity=1)
    desk.wait_for_place(group, waits)
    entry = desk.wait_for_place(group, leaves)
    desk.make(f"waiting-list/{entry}/withdrawal", {})
    since = desk.settle(*people)
    desk.cancel(group, "other")
    desk.settle(*people)
    assert [len(desk.read(person, since)) for person in people] == [1, 1, 0]


def test_a_declined_school_is_not_told_of_the_cancellation(desk: Desk) -> None:
    """A case like T2: a decision ends the application, and was notified."""
    (declined,), (waitlisted,) = desk.people(1), desk.people(1)
    group = desk.group()
    decisions = {declined: "declined", waitlisted: "waitlisted"}
    for person, decision in decisions.items():
        desk.make(f"applications/{desk.apply(group, person)}/decision", {"decision": decision})
    since = desk.settle(*decisions)
    assert [len(desk.read(person)) for person in decisions] == [1, 1]
    desk.cancel(group, "other")
    desk.settle(*decisions)
    assert [len(desk.read(person, since)) for person in decisions] == [0, 1]


def test_an_announcement_not_sent_yet_and_its_cancellation_leave_no_entry(desk: Desk) -> None:
    """More of T1's kind: a group that is announced and cancelled while the mail server is away."""
    (person,) = desk.people(1)
    with desk.hub.mail.away(REFUSING):
        group = desk.group([person])
        desk.series(group, 3)
        desk.hub.wait_for_notifications()
        desk.cancel(group, "funding")
        assert_tried(desk, person)
    desk.settle(person)
    assert len(desk.read(person)) <= 1
    assert [one for one in entries(desk.inbox(person)).values() if not one.cancelled] == []
