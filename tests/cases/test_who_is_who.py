"""P1, P3 and P8: a row of a list is about the right person, whatever it has in common with another."""

from typing import Any

import pytest
from tests.cases.desk import Desk, Person
from tests.cases.participants import (
    Participants,
    cells,
    csv_file,
    new_trn,
    participants,
    problems,
    said,
    teacher,
)


@pytest.fixture(name="on", scope="module")
def _on(desk: Desk) -> Participants:
    """One Work Group for the lists of these cases."""
    return participants(desk)


def assert_kept_apart(on: Participants, known: Person, row: list[Any]) -> None:
    """A row about another person is refused or registers that person; the preview names one of both."""
    before = teacher(on.desk, known.id)
    raw = csv_file(row)
    preview = on.preview(raw)
    done = on.send(raw)
    assert known.id not in on.teacher_ids(), "the place went to another person"
    assert preview.status == 200
    assert row[0].lower() in said(preview) or known.given.lower() in said(preview), preview.body
    assert teacher(on.desk, known.id) == before
    registered = [one for one in on.new_holders() if (one.given, one.family) == (row[0], row[1])]
    assert len(registered) == 1 or problems(done), "neither registered nor refused"


def test_p1_a_row_with_the_office_address_of_another_teacher_does_not_take_their_place(
    desk: Desk, on: Participants
) -> None:
    (urn,) = desk.schools()
    office = f"office@school-{urn}.example"
    (anita,) = desk.people(1, urn=urn, given="Anita", family="Patel", email=office)
    assert_kept_apart(on, anita, cells(urn, given="Raj", family="Patel", email=office))


def test_p1_a_mistyped_reference_number_does_not_give_the_place_of_a_namesake(
    desk: Desk, on: Participants
) -> None:
    """More of P1's kind: the number is that of a colleague with the same family name."""
    (urn,), trn = desk.schools(), new_trn()
    (sunita,) = desk.people(1, urn=urn, given="Sunita", family="Sharma", trn=trn)
    assert_kept_apart(on, sunita, cells(urn, given="Vikram", family="Sharma", trn=trn))


def test_p1_family_members_at_one_address_are_distinguished_by_reference_number(
    desk: Desk, on: Participants
) -> None:
    """More of P1's kind: even the names are equal, but the numbers differ."""
    (urn,), email = desk.schools(), "family@case-p1.example"
    (elder,) = desk.people(1, urn=urn, given="John", family="Wren", email=email, trn=new_trn())
    assert_kept_apart(on, elder, cells(urn, given="John", family="Wren", email=email, trn=new_trn()))


def test_p1_of_two_teachers_at_one_address_the_given_name_tells_which(desk: Desk, on: Participants) -> None:
    """More of P1's kind: people may share an address if something else tells them apart."""
    (urn,) = desk.schools()
    office = f"office@school-{urn}.example"
    names = ("Meera", "Kiran")
    meera, kiran = (
        desk.people(1, urn=urn, given=name, family="Rao", email=office, trn=new_trn())[0] for name in names
    )
    done = on.send(csv_file(cells(urn, given="Kiran", family="Rao", email=office)))
    assert problems(done) == []
    assert kiran.id in on.teacher_ids()
    assert meera.id not in on.teacher_ids()


@pytest.mark.parametrize(
    ("column", "value", "word"),
    [
        ("trn", None, "number"),
        ("email", "new-address@case-p3.example", "e-mail"),  # more of P3's kind
        ("role", "maths_lead", "role"),  # more of P3's kind
    ],
)
def test_p3_what_a_list_says_of_a_known_teacher_is_kept_or_mentioned(
    desk: Desk, on: Participants, column: str, value: str | None, word: str
) -> None:
    """Known by the address, or by the number where the address is what is new."""
    held = {"trn": new_trn()} if column != "trn" else {}
    given = value or new_trn()
    (known,) = desk.people(1, **held)
    values = {"given": known.given, "family": "Case", "email": known.email} | held | {column: given}
    done = on.send(csv_file(cells(known.urn, **values)))
    now = teacher(desk, known.id)[column] or ""
    is_kept = now.lstrip("*") == given[-3:] if column == "trn" else now == given
    is_mentioned = any(one in said(done) for one in (word, column, given))
    assert is_kept or is_mentioned, done.body


@pytest.mark.parametrize("blank", ["given", "family"])
def test_p8_a_person_with_one_name_is_registered_by_a_list(desk: Desk, on: Participants, blank: str) -> None:
    (urn,) = desk.schools()
    done = on.send(csv_file(one_name(urn, blank)))
    assert problems(done) == []
    assert [one.given + one.family for one in on.new_holders() if one.urn == urn] == ["Sukarno"]


def one_name(urn: str, blank: str) -> list[Any]:
    """A row of a person with one name, which the office has typed into one of the two columns."""
    return cells(urn, **{"given": "Sukarno", "family": "Sukarno", blank: ""})


def test_p8_a_person_with_one_name_is_registered_by_hand(desk: Desk) -> None:
    (urn,) = desk.schools()
    body = {"family": "Sukarno", "email": "one-name@case-p8.example", "urn": urn, "role": "class_teacher"}
    replies = [desk.post("teachers", body | changes) for changes in ({}, {"given": ""}, {"given": None})]
    assert 201 in {reply.status for reply in replies}, [reply.body for reply in replies]


def test_p8_a_person_with_one_name_is_found_and_recognised_again(desk: Desk, on: Participants) -> None:
    """More of P8's kind: the second list has the name in the other column."""
    (urn,) = desk.schools()
    address = f"single@school-{urn}.example"
    first = on.send(csv_file(cells(urn, given="", family="Prakash", email=address)))
    assert problems(first) == []
    other = participants(desk)
    again = other.send(csv_file(cells(urn, given="Prakash", family="", email=address)))
    assert problems(again) == []
    assert other.teacher_ids() <= on.teacher_ids(), "registered twice"
    found = desk.hub("GET", "/enrolment/v1/teachers?q=Prakash").json["items"]
    assert {one["teacher_id"] for one in found} == other.teacher_ids()


def test_p8_a_person_with_one_name_is_on_the_attendance_sheet(desk: Desk) -> None:
    """More of P8's kind."""
    (urn,), on = desk.schools(), participants(desk)
    assert problems(on.send(csv_file(one_name(urn, "given")))) == []
    session_id = desk.session(on.group)
    sheet = desk.hub("GET", f"/enrolment/v1/sessions/{session_id}/attendance-sheet")
    assert (sheet.status, sheet.body[:5]) == (200, b"%PDF-"), sheet.body[:300]
