"""P2 and P9: reference numbers as spreadsheets write them, and those of merged records."""

from typing import Any

import pytest
from tests.cases.desk import Desk, Person
from tests.cases.participants import (
    Participants,
    cells,
    csv_file,
    names_cell,
    new_trn,
    participants,
    problems,
    teacher,
    whole_trn,
    workbook,
)

# As text; the number that was meant, or None where it cannot be known.
SPELLINGS = [
    ("123456.0", "0123456"),
    ("1.2345E+06", None),  # more of P2's kind: the last digits are lost
    ("01/02/03", None),  # more of P2's kind: a date
    ("4,100,000.00", None),  # more of P2's kind: an amount
    ("-654321", None),  # more of P2's kind: a negative number
    ("ab98765cd", None),  # more of P2's kind: letters around five digits
]


@pytest.fixture(name="on", scope="module")
def _on(desk: Desk) -> Participants:
    """One Work Group for the lists of these cases."""
    return participants(desk)


@pytest.mark.parametrize(("text", "meant"), SPELLINGS)
def test_p2_a_number_in_a_list_is_the_one_that_was_meant_or_is_refused(
    desk: Desk, on: Participants, text: str, meant: str | None
) -> None:
    (urn,) = desk.schools()
    done = on.send(csv_file(cells(urn, trn=text)))
    if names_cell(done, 2, "trn"):
        return
    (one,) = [one for one in on.new_holders() if one.urn == urn]
    assert meant is not None, f"{text} was read as {teacher(desk, one.teacher_id)['trn']}"
    assert meant in whole_trn(desk, one.teacher_id)


@pytest.mark.parametrize(("text", "meant"), [*SPELLINGS[:3]])
def test_p2_a_number_typed_by_hand_is_the_one_that_was_meant_or_is_refused(
    desk: Desk, text: str, meant: str | None
) -> None:
    """At registration and at a correction alike."""
    (person,) = desk.people(1)
    corrected = desk.change(f"teachers/{person.id}", {"trn": text})
    assert_read(desk, person.id, corrected.status, corrected.body, meant)
    body = {"given": "Typed", "family": f"By Hand {text}", "email": f"p2-{person.id}@case.example"}
    reply = desk.post("teachers", body | {"urn": person.urn, "role": "ta", "trn": text})
    teacher_id = reply.json["teacher_id"] if reply.status == 201 else ""
    if reply.status != 409:  # the same number was given to the first
        assert_read(desk, teacher_id, reply.status, reply.body, meant)


def assert_read(desk: Desk, teacher_id: str, status: int, answer: bytes, meant: str | None) -> None:
    """The number was refused by its pointer, or read as the one that was meant."""
    if status == 422:
        assert b'"/trn"' in answer
        return
    assert status in {200, 201}, answer
    assert meant is not None, f"read as {teacher(desk, teacher_id)['trn']}"
    assert meant in whole_trn(desk, teacher_id)


def test_p2_a_urn_that_a_spreadsheet_has_rewritten_is_the_school_or_is_refused(
    desk: Desk, on: Participants
) -> None:
    """More of P2's kind: a URN of six digits, as a number with decimals and as a power of ten."""
    urn, other = desk.schools(2)
    rows = [cells(f"{urn}.0", family="Decimal"), cells(f"{int(other):.3E}", family="Power")]
    done = on.send(csv_file(*rows))
    by_name = {one.family: one.urn for one in on.holders()}
    assert by_name.get("Decimal", urn) == urn
    assert "Power" not in by_name
    assert names_cell(done, 3, "urn")
    assert "Decimal" in by_name or names_cell(done, 2, "urn")


def test_p2_a_number_that_lost_its_zeros_in_a_workbook_is_the_same_teacher(
    desk: Desk, on: Participants
) -> None:
    """More of P2's kind: 0012345 comes as the number 12345."""
    (person,) = desk.people(1, trn="0012345")
    row = cells(person.urn, given=person.given, email=person.email, trn=12345)
    assert problems(on.send(workbook(row))) == []
    assert person.id in on.teacher_ids()


def merge(desk: Desk, gone: Person, kept: Person) -> None:
    """Merge two records of one person; where both have a number, that of the first is given up before."""
    body: dict[str, Any] = {"from_id": gone.id, "into_id": kept.id, "dry_run": False, "keep_email": True}
    if desk.post("teachers/merges", body).status != 200:
        assert desk.change(f"teachers/{gone.id}", {"trn": None}).status == 200
        desk.make("teachers/merges", body)


@pytest.mark.parametrize("column", ["trn", "email"])
def test_p9_what_a_merged_record_was_known_by_leads_to_the_record_that_is_left(
    desk: Desk, on: Participants, column: str
) -> None:
    """Its second number is P9 as reported; its address is more of the kind."""
    (urn,) = desk.schools()
    kept, gone = (
        desk.people(1, urn=urn, given=given, family="Twice", trn=trn)[0]
        for given, trn in (("Ewa", new_trn()), (f"Ewa {column}", new_trn()))
    )
    trns = {"trn": second_trn(desk, gone)} if column == "trn" else {"email": gone.email}
    merge(desk, gone, kept)
    done = on.send(csv_file(cells(urn, **{"given": "Ewa", "family": "Twice"} | trns)))
    assert problems(done) == []
    assert kept.id in on.teacher_ids(), done.body


def second_trn(desk: Desk, person: Person) -> str:
    """Give a person a number of which we know the digits."""
    trn = new_trn()
    assert desk.change(f"teachers/{person.id}", {"trn": trn}).status == 200
    return trn


def test_p9_a_former_name_at_a_former_address_is_the_same_person(desk: Desk, on: Participants) -> None:
    """More of P9's kind: an old list comes again after a marriage and a new address."""
    (person,) = desk.people(1, given="Nia", family="Before")
    now = {"family": "Afterwards", "email": f"nia.afterwards@school-{person.urn}.example"}
    assert desk.change(f"teachers/{person.id}", now).status == 200
    done = on.send(csv_file(cells(person.urn, given="Nia", family="Before", email=person.email)))
    assert problems(done) == []
    assert person.id in on.teacher_ids(), done.body
