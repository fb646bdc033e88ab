"""S1 and S2: a school becomes another school, and all who work with it go on."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from tests.cases.answers import ask, report, urns
from tests.cases.desk import AGREED, V1, Desk, Group, Person
from tests.cases.participants import cells, csv_file, participants, problems
from tests.cases.register import authority, programme, schools, succeed
from tests.support.waiting import wait_until


@dataclass(frozen=True)
class Academy:
    """A school that closed on 31 December, and the academy that stands for it from the next day."""

    la_code: str
    old: str
    new: str
    people: list[Person]  # registered at the old school
    group: Group  # the first of them has a place
    offer: str  # of a place on another Work Group, made before the school closed
    offered: Group


@pytest.fixture(name="academy", scope="module")
def _academy(desk: Desk) -> Academy:
    la_code = authority()
    (old,) = schools(desk, 1, la_code)
    people = desk.people(5, urn=old)
    group = desk.group(people[:1], capacity=60)
    (other,) = desk.people(1)
    offered = desk.group([other], capacity=1)
    offer = desk.wait_for_place(offered, people[1])
    desk.withdraw(offered, other)
    assert desk.hub("GET", f"{V1}/waiting-list/{offer}").json["status"] == "offered"
    new = succeed(desk, la_code, {old: None})[old]
    return Academy(la_code, old, new, people, group, offer, offered)


def teachers_of(desk: Desk, urn: str) -> set[str]:
    items = desk.hub("GET", f"{V1}/teachers?urn={urn}&limit=200").json["items"]
    return {one["teacher_id"] for one in items}


def enrol(desk: Desk, group: Group, person: Person) -> Any:
    return desk.post(f"work-groups/{group.id}/enrolments", {"teacher_id": person.id, "role": "participant"})


def test_s1_teachers_are_listed_at_the_academy(desk: Desk, academy: Academy) -> None:
    """Before: the academy has no teachers."""
    assert teachers_of(desk, academy.new) == {person.id for person in academy.people}


def test_s1_a_teacher_is_given_a_place_that_counts_for_the_academy(desk: Desk, academy: Academy) -> None:
    """Before: 422 `school_not_open`, and the academy is none of the teacher's schools."""
    reply = enrol(desk, academy.group, academy.people[2])
    assert (reply.status, reply.json.get("urn")) == (201, academy.new), reply.body


@pytest.mark.parametrize("number", ["new", "old"])
def test_s1_a_list_names_the_teachers_by_either_number(desk: Desk, academy: Academy, number: str) -> None:
    """Before: the row with the new number is refused, as the teacher works elsewhere."""
    person, on = academy.people[3], participants(desk)
    done = on.send(csv_file(cells(getattr(academy, number), given=person.given, email=person.email)))
    assert problems(done) == []
    assert [(one.teacher_id, one.urn) for one in on.holders()] == [(person.id, academy.new)]


def test_s1_the_academy_applies_for_a_teacher(desk: Desk, academy: Academy) -> None:
    """Before: 422, the teacher is of another school."""
    asked = [{"teacher_id": academy.people[4].id, "role": "participant"}]
    body = {"urn": academy.new, "participants": asked}
    reply = desk.post(f"work-groups/{academy.group.id}/applications", body)
    assert reply.status == 201, reply.body
    sent = desk.post(f"applications/{reply.json['application_id']}/submission", AGREED)
    assert sent.status in {200, 201}, sent.body


def test_s1_an_offer_made_before_the_closing_is_accepted(desk: Desk, academy: Academy) -> None:
    """Before: 422 `school_not_open`."""
    reply = desk.post(f"waiting-list/{academy.offer}/acceptance", {})
    assert reply.status == 200, reply.body
    held = desk.hub("GET", f"{V1}/work-groups/{academy.offered.id}/enrolments").json["items"]
    assert [one["urn"] for one in held if one["teacher_id"] == academy.people[1].id] == [academy.new]


def test_s1_messages_of_the_academy_are_those_of_its_teachers(desk: Desk, academy: Academy) -> None:
    """Before: no message is of the academy."""
    desk.hub.wait_for_notifications()
    reply = desk.hub("GET", f"/notifications/v1/messages?urn={academy.new}&limit=200")
    assert reply.status == 200, reply.body
    assert academy.people[0].id in {one["recipient_ref"] for one in reply.json["items"]}


def test_s1_a_pd_lead_of_the_closed_school_does_not_visit_the_academy(desk: Desk, academy: Academy) -> None:
    """Before: visits compares the two numbers and takes the assignment."""
    body = {"teacher_id": academy.people[0].id, "role": "pd_lead", "starts_on": "2026-09-01"}
    desk.make("leaders", body | {"core_leadership": False})
    desk.assignment()  # so that the hub has a calendar
    body = {"urn": academy.new, "pd_lead_id": academy.people[0].id, "programme": "intensive"}

    def code() -> Any:
        reply = desk.hub("POST", "/visits/v1/assignments", body | {"starts_on": "2027-01-11"})
        found = reply.json.get("code", reply.status)
        return None if found in {"unknown_pd_lead", "unknown_school"} else found

    assert wait_until(code, deadline=20, interval=0.2) == "own_school"


def test_s1_the_academy_is_counted_for_what_the_closed_school_did(desk: Desk, academy: Academy) -> None:
    answer = report(desk.hub, "engagement", f"la:{academy.la_code}")
    assert [(one["urn"], one["signed_up_on"] is not None) for one in answer["rows"]] == [(academy.new, True)]


def test_s1_a_chain_of_two_successions_is_followed_to_its_end(desk: Desk) -> None:
    """More of S1's kind: the academy joins others two months later under a third number."""
    la_code = authority()
    (first,) = schools(desk, 1, la_code)
    (person,) = desk.people(1, urn=first)
    autumn = date(2026, 10, 31)
    second = succeed(desk, la_code, {first: None}, last_day=autumn)[first]
    third = succeed(desk, la_code, {second: None}, opened_on=autumn + timedelta(days=1))[second]
    assert teachers_of(desk, third) == {person.id}
    reply = enrol(desk, desk.group(), person)
    assert (reply.status, reply.json.get("urn")) == (201, third), reply.body


def test_s1_the_most_places_of_a_school_are_those_of_all_schools_that_it_stands_for(desk: Desk) -> None:
    """More of S1's kind. Before: each number has places of its own."""
    la_code = authority()
    old = schools(desk, 2, la_code)
    people = [*desk.people(1, urn=old[0]), *desk.people(2, urn=old[1])]
    group = desk.group(people[:2], programme_id=programme(desk, max_per_school=2))
    (new,) = schools(desk, 1, la_code)
    succeed(desk, la_code, {old[0]: new, old[1]: new})
    reply = enrol(desk, group, people[2])
    assert (reply.status, reply.json.get("code")) == (409, "school_cap_reached"), reply.body


def six_schools(desk: Desk, la_code: str, count: int = 6) -> tuple[Group, list[str]]:
    """A confirmed Work Group with a teacher of each of so many schools, which are six at least."""
    urns_ = schools(desk, count, la_code)
    people = [desk.people(1, urn=urn)[0] for urn in urns_]
    group = desk.group(people, programme_id=programme(desk, min_teachers=6, max_teachers=12))
    desk.make(f"work-groups/{group.id}/confirmation", {})
    return group, urns_


def composition(desk: Desk, group: Group, la_code: str) -> tuple[Any, ...]:
    """Status and schools of a group as enrolment says, state and schools as reporting does."""
    answer = report(desk.hub, "work-group-composition", f"la:{la_code}")
    (row,) = [one for one in answer["rows"] if one["work_group_id"] == group.id]
    held = desk.hub("GET", f"{V1}/work-groups/{group.id}").json
    return held["status"], held["schools_n"], row["state"], row["schools_n"]


def fallen(desk: Desk, group: Group) -> list[int]:
    """How many schools each WorkGroupFellBelowMinimum of a group names."""
    told = desk.hub.published("WorkGroupFellBelowMinimum")
    return [one.data["schools_n"] for one in told if one.data["work_group_id"] == group.id]


def test_s2_two_of_six_schools_merge_and_the_group_is_at_risk(desk: Desk) -> None:
    """Before: six schools and `confirmed` in enrolment, five in reporting, no event."""
    la_code = authority()
    group, (one, two, *_) = six_schools(desk, la_code)
    (new,) = schools(desk, 1, la_code)
    succeed(desk, la_code, {one: new, two: new})
    assert composition(desk, group, la_code) == ("at_risk", 5, "at_risk", 5)
    assert fallen(desk, group) == [5]


def test_s2_one_of_six_schools_becomes_an_academy_and_six_remain(desk: Desk) -> None:
    """More of S2's kind: a new number is no new school."""
    la_code = authority()
    group, (one, *_) = six_schools(desk, la_code)
    succeed(desk, la_code, {one: None})
    assert composition(desk, group, la_code) == ("confirmed", 6, "confirmed", 6)
    assert fallen(desk, group) == []


def test_s2_one_of_six_schools_is_taken_over_by_another_of_them(desk: Desk) -> None:
    """More of S2's kind: a seventh school makes up for the merger, a second one does not."""
    la_code = authority()
    group, (one, two, three, *_) = six_schools(desk, la_code, 7)
    succeed(desk, la_code, {one: two})
    assert composition(desk, group, la_code) == ("confirmed", 6, "confirmed", 6)
    succeed(desk, la_code, {two: three})
    assert composition(desk, group, la_code) == ("at_risk", 5, "at_risk", 5)
    assert fallen(desk, group) == [5]


def test_s1_figures_of_a_day_before_show_the_closed_school(desk: Desk, academy: Academy) -> None:
    """More of S1's kind: history is under the number of its day."""
    when = {"from": "2025-09-01", "to": "2026-08-31"}
    answer = report(desk.hub, "engagement", f"la:{academy.la_code}", period=when)
    assert urns(answer) == {academy.old}
    assert ask(desk.hub, "engagement", f"la:{academy.la_code}").json["rows"][0]["urn"] == academy.new
