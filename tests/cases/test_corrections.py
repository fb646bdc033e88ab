"""P5 and P6: wrong entries are corrected with a trail, and a place counts for the school that is meant."""

import json
from typing import Any

import pytest
from tests.cases.desk import V1, Desk, Person
from tests.cases.hub import MORNING
from tests.cases.participants import cells, csv_file, participants, problems, teacher
from tests.support.services import Reply


@pytest.fixture(name="person", scope="module")
def _person(desk: Desk) -> Person:
    """A teacher at two schools; `urn` is the first, `second` joins later."""
    (person,) = desk.people(1)
    return person


@pytest.fixture(name="second", scope="module")
def _second(desk: Desk, person: Person) -> str:
    """The URN of the school that the person has joined besides."""
    (urn,) = desk.schools()
    body = {"from_urn": None, "to_urn": urn, "role": "class_teacher", "moved_on": MORNING.date()}
    desk.make(f"teachers/{person.id}/moves", body)
    return urn


def ask(desk: Desk, person: Person, group_id: str, **changes: Any) -> Reply:
    """Ask for a place."""
    body = {"teacher_id": person.id, "role": "participant"} | changes
    return desk.post(f"work-groups/{group_id}/enrolments", body)


def test_p5_the_list_of_either_school_names_a_teacher_of_two(desk: Desk, person: Person, second: str) -> None:
    for urn in (person.urn, second):
        on = participants(desk)
        done = on.send(csv_file(cells(urn, given=person.given, email=person.email)))
        assert problems(done) == []
        assert [(one.teacher_id, one.urn) for one in on.holders()] == [(person.id, urn)]


def test_p5_a_request_can_say_for_which_school_the_place_counts(
    desk: Desk, person: Person, second: str
) -> None:
    for urn in (person.urn, second):
        reply = ask(desk, person, desk.group().id, urn=urn)
        assert (reply.status, reply.json.get("urn")) == (201, urn), reply.body


def test_p5_a_place_cannot_count_for_a_school_where_the_teacher_does_not_work(
    desk: Desk, person: Person, second: str
) -> None:
    """More of P5's kind."""
    (elsewhere,) = desk.schools()
    reply = ask(desk, person, desk.group().id, urn=elsewhere)
    assert reply.status in {409, 422}
    assert [one["pointer"] for one in reply.json["errors"]] == ["/urn"], reply.body
    assert elsewhere not in second


def test_p5_an_application_of_the_first_school_is_for_a_place_there(
    desk: Desk, person: Person, second: str
) -> None:
    """More of P5's kind."""
    on = participants(desk)
    application = desk.apply(on.group, person)
    desk.make(f"applications/{application}/decision", {"decision": "accepted"})
    assert [(one.teacher_id, one.urn) for one in on.holders()] == [(person.id, person.urn)]
    assert second != person.urn


def correct(desk: Desk, person: Person, **changes: Any) -> Reply:
    """Correct the only membership of a teacher, with the ETag of its newest revision."""
    path = f"{V1}/teachers/{person.id}/memberships"
    (one,) = desk.hub("GET", path).json["items"]
    own = f"{path}/{one['membership_id']}"
    seen = desk.hub("GET", own)
    if seen.status != 200:  # a membership has no address of its own to be read at
        seen = desk.hub("GET", f"{V1}/teachers/{person.id}")
    return desk.hub("PATCH", own, changes, If_Match=seen.headers["Etag"])


def memberships(desk: Desk, person: Person) -> list[tuple[str, str, str, str | None]]:
    """Where a teacher works and has worked: URN, role, first and last day."""
    items = desk.hub("GET", f"{V1}/teachers/{person.id}/memberships").json["items"]
    return [(one["urn"], one["role"], one["starts_on"], one["ends_on"]) for one in items]


def assert_traced(desk: Desk, person: Person, events_before: int, reason: str) -> None:
    """A correction publishes an event about the teacher, and is part of their record."""
    desk.hub.wait_for_notifications()
    events = [one for one in desk.hub.published() if person.id in one.body]
    assert len(events) > events_before, [one.type for one in events]
    held = desk.hub("GET", f"{V1}/teachers/{person.id}/subject-access").body.decode()
    assert reason in held, "the reason is in no trail"


def events_about(desk: Desk, person: Person) -> int:
    """How many events have been published about a teacher."""
    desk.hub.wait_for_notifications()
    return sum(person.id in one.body for one in desk.hub.published())


@pytest.mark.parametrize("column", ["urn", "role", "starts_on"])
def test_p6_what_was_typed_wrongly_at_registration_is_corrected(desk: Desk, column: str) -> None:
    """The start day is more of P6's kind."""
    (person,), (right,) = desk.people(1), desk.schools()
    before = events_about(desk, person)
    value = {"urn": right, "role": "maths_lead", "starts_on": "2026-09-01"}[column]
    reason = f"the office had typed another {column}"
    reply = correct(desk, person, **{column: value}, reason=reason)
    assert reply.status == 200, reply.body
    urn, role, starts_on, _ = memberships(desk, person)[0]
    assert {"urn": urn, "role": role, "starts_on": starts_on}[column] == value
    if column != "starts_on":
        assert teacher(desk, person.id)[column] == value
    assert_traced(desk, person, before, reason)


def test_p6_a_move_before_the_day_of_registration_is_recorded(desk: Desk) -> None:
    """Directly, or once the first day at the school that was left is corrected."""
    (person,), (joined,) = desk.people(1), desk.schools()
    body = {"from_urn": person.urn, "to_urn": joined, "role": "class_teacher", "moved_on": "2027-01-04"}
    path = f"teachers/{person.id}/moves"
    reply = desk.post(path, body)
    if reply.status != 201:
        corrected = correct(desk, person, starts_on="2026-09-01", reason="began in September")
        assert corrected.status == 200, (reply.body, corrected.body)
        reply = desk.post(path, body)
    assert reply.status == 201, reply.body
    left, now = memberships(desk, person)
    assert (left[0], left[3]) == (person.urn, "2027-01-03")
    assert (now[0], now[2], now[3]) == (joined, "2027-01-04", None)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"urn": "999999"}, "/urn"),
        ({"role": "king"}, "/role"),
        ({"starts_on": "2030-01-01"}, "/starts_on"),
        ({"reason": ""}, "/reason"),
    ],
)
def test_p6_a_correction_to_what_cannot_be_is_refused(
    desk: Desk, changes: dict[str, str], pointer: str
) -> None:
    """More of P6's kind: a slip in the correction is no correction."""
    (person,) = desk.people(1)
    before = memberships(desk, person)
    reply = correct(desk, person, **{"role": "ta", "reason": "a slip"} | changes)
    assert reply.status == 422, reply.body
    assert pointer in [one["pointer"] for one in json.loads(reply.body)["errors"]]
    assert memberships(desk, person) == before
