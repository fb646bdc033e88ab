"""M5: a teacher who moves to another school does not take messages to the old school's address unasked."""

from datetime import UTC, datetime

import pytest
from tests.cases.desk import Desk, Group, Person
from tests.support.services import Reply
from tests.support.waiting import wait_until


def move(desk: Desk, person: Person, **answer: object) -> Reply:
    """Move a teacher to a new school; on Monday unless said otherwise."""
    (urn,) = desk.schools()
    body = {"from_urn": person.urn, "to_urn": urn, "role": "class_teacher", "moved_on": "2027-01-11"}
    return desk.post(f"teachers/{person.id}/moves", body | answer)


def placed(desk: Desk) -> tuple[Group, Person]:
    """A participant who has been known since last year."""
    (person,) = desk.people(1, at=datetime(2026, 11, 10, 10, 0, tzinfo=UTC))
    group = desk.group([person])
    desk.settle(person)
    return group, person


def is_listed(desk: Desk, person: Person) -> bool:
    """Whether a message to a teacher is listed as waiting for an address."""
    listed = desk.hub.messages("due", {person.id})
    return any("address" in str(one["reason"]) for one in listed)


@pytest.mark.parametrize("way", ["PATCH", "another move"])
def test_m5_nothing_goes_to_the_old_address_until_another_one_is_given(desk: Desk, way: str) -> None:
    group, person = placed(desk)
    since = len(desk.hub.mail.received)
    assert move(desk, person).status == 201
    desk.session(group)
    wait_until(lambda: is_listed(desk, person) or desk.inbox(person, since), deadline=60)
    assert desk.inbox(person, since) == [], "sent to the address at the old school"
    new = f"new.{person.email}"
    if way == "PATCH":
        assert desk.change(f"teachers/{person.id}", {"email": new}).status == 200
    else:
        moved = desk.hub("GET", f"/enrolment/v1/teachers/{person.id}").json
        there = Person(person.id, person.email, person.given, moved["urn"])
        assert move(desk, there, email=new, moved_on="2027-01-12").status == 201
    desk.settle(person)
    assert desk.inbox(person, since) == []
    assert len(desk.hub.mail.to(new)) == 1


def test_a_move_with_the_new_address_sends_there_at_once(desk: Desk) -> None:
    """More of M5's kind."""
    group, person = placed(desk)
    since = len(desk.hub.mail.received)
    reply = move(desk, person, email=f"new.{person.email}")
    assert reply.status == 201, reply.body
    desk.session(group)
    desk.settle(person)
    assert desk.inbox(person, since) == []
    assert len(desk.hub.mail.to(f"new.{person.email}")) == 1


def test_a_move_that_keeps_the_address_goes_on_sending_there(desk: Desk) -> None:
    """More of M5's kind: an address of the trust, or a private one."""
    group, person = placed(desk)
    since = len(desk.hub.mail.received)
    reply = move(desk, person, keep_email=True)
    assert reply.status == 201, reply.body
    desk.session(group)
    desk.settle(person)
    assert len(desk.inbox(person, since)) == 1
