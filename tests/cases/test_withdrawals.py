"""P7: a withdrawal by mistake costs no certificate."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.cases.desk import V1, Desk, Group, Person

ENROLLED = datetime(2026, 10, 5, 9, 0, tzinfo=UTC)
MEETINGS = [datetime(2026, 10, day, 13, 30, tzinfo=UTC) for day in (6, 13, 20)]
MEETINGS.append(datetime(2026, 11, 3, 13, 30, tzinfo=UTC))
MISTAKE = datetime(2026, 10, 14, 10, 0, tzinfo=UTC)  # after two of four sessions
NEXT_DAY = MISTAKE + timedelta(days=1)


def running_group(desk: Desk, *people: Person) -> Group:
    """A confirmed Work Group with four sessions to come."""
    group = desk.group(people, at=ENROLLED)
    for meets in MEETINGS:
        desk.session(group, meets, at=ENROLLED)
    reason = {"override_reason": "a small group of the cases"}
    desk.make(f"work-groups/{group.id}/confirmation", reason, at=ENROLLED)
    return group


def hold(desk: Desk, group: Group, number: int, *people: Person) -> Any:
    """Take the register of a session two and a half hours after its start: these people were there."""
    marks = [{"enrolment_id": group.places[one.id], "mark": "present"} for one in people]
    path = f"{V1}/sessions/{group.session_ids[number]}"
    tag = desk.hub("GET", path).headers["Etag"]
    at = MEETINGS[number] + timedelta(hours=2, minutes=30)
    return desk.hub("PUT", f"{path}/register", {"marks": marks}, at=at, If_Match=tag)


def withdraw(desk: Desk, group: Group, person: Person, at: datetime = MISTAKE) -> None:
    """Withdraw a participant at some time."""
    path = f"enrolments/{group.places[person.id]}/withdrawal"
    desk.make(path, {"reason": "other"}, at=at)


def undo(desk: Desk, group: Group, person: Person, at: datetime = NEXT_DAY) -> Any:
    """Undo a withdrawal; gives the reply."""
    path = f"enrolments/{group.places[person.id]}/withdrawal/undo"
    return desk.post(path, {"reason": "withdrawn by mistake"}, at=at)


def close(desk: Desk, group: Group) -> None:
    """Close a Work Group after its last session."""
    body = {"evaluation_submitted_on": "2026-11-05"}
    at = datetime(2026, 11, 6, 9, 0, tzinfo=UTC)
    desk.make(f"work-groups/{group.id}/closure", body, at=at)


def status(desk: Desk, group: Group, person: Person) -> str:
    """The status of a participant's latest place."""
    return str(desk.hub("GET", f"{V1}/enrolments/{group.places[person.id]}").json["status"])


def test_p7_a_teacher_who_was_enrolled_again_the_next_day_completes(desk: Desk) -> None:
    person, other = desk.people(2, at=ENROLLED)
    group = running_group(desk, person, other)
    for number in (0, 1):
        assert hold(desk, group, number, person, other).status in {200, 201}
    withdraw(desk, group, person)
    desk.enrol(group, person, at=NEXT_DAY)
    for number in (2, 3):
        assert hold(desk, group, number, person, other).status in {200, 201}
    close(desk, group)
    assert (status(desk, group, other), status(desk, group, person)) == ("completed", "completed")


def test_p7_a_withdrawal_is_undone_and_the_teacher_completes(desk: Desk) -> None:
    person, other = desk.people(2, at=ENROLLED)
    group = running_group(desk, person, other)
    for number in (0, 1):
        assert hold(desk, group, number, person, other).status in {200, 201}
    withdraw(desk, group, person)
    undone = undo(desk, group, person)
    assert undone.status in {200, 201}, undone.body
    group.places[person.id] = undone.json["enrolment_id"]
    assert status(desk, group, person) == "active"
    for number in (2, 3):
        assert hold(desk, group, number, person, other).status in {200, 201}
    close(desk, group)
    assert status(desk, group, person) == "completed"
    assert [one for one in desk.hub.published() if group.places[person.id] in one.body] != []


def test_a_teacher_who_missed_a_session_while_withdrawn_is_counted_for_the_whole(desk: Desk) -> None:
    """More of P7's kind: one of four missed is still enough, two are not."""
    three, two, other = desk.people(3, at=ENROLLED)
    group = running_group(desk, three, two, other)
    assert hold(desk, group, 0, three, two, other).status in {200, 201}
    before, after = MEETINGS[1] - timedelta(hours=3), MEETINGS[1] + timedelta(days=1)
    for person in (three, two):
        withdraw(desk, group, person, before)
    assert hold(desk, group, 1, other).status in {200, 201}
    desk.enrol(group, three, at=after)
    assert hold(desk, group, 2, three, other).status in {200, 201}
    desk.enrol(group, two, at=MEETINGS[2] + timedelta(days=1))
    assert hold(desk, group, 3, three, two, other).status in {200, 201}
    close(desk, group)
    assert (status(desk, group, three), status(desk, group, two)) == ("completed", "not_completed")


def test_a_teacher_who_withdraws_after_a_session_was_at_it(desk: Desk) -> None:
    """More of P7's kind: the place is given up when the session has just ended, before its register."""
    person, other = desk.people(2, at=ENROLLED)
    group = running_group(desk, person, other)
    withdraw(desk, group, person, MEETINGS[0] + timedelta(hours=2, minutes=5))
    reply = hold(desk, group, 0, person, other)
    assert reply.status in {200, 201}, reply.body


def test_a_withdrawal_is_not_undone_when_the_place_has_been_given_to_another_teacher(desk: Desk) -> None:
    """More of P7's kind: an undone withdrawal gives no more places than there are."""
    person, other = desk.people(2, at=ENROLLED)
    group = desk.group([person], at=ENROLLED, capacity=1)
    withdraw(desk, group, person)
    desk.enrol(group, other, at=NEXT_DAY)
    reply = undo(desk, group, person, NEXT_DAY + timedelta(hours=1))
    assert reply.status == 409, reply.body
    assert reply.json["code"] == "work_group_full"
    assert status(desk, group, person) == "withdrawn"
