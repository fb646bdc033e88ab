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
from tests.support.services import Reply

# As text, with a digit in place of the braces; the number that was meant, or None where it cannot be known.
SPELLINGS = [
    ("{}23456.0", "0{}23456"),
    ("{}.2345E+06", None),  # more of P2's kind: the last digits are lost
    ("0{}/02/03", None),  # more of P2's kind: a date
    ("{},100,000.00", None),  # more of P2's kind: an amount
    ("-{}54321", None),  # more of P2's kind: a negative number
    ("ab{}8765cd", None),  # a case like P2: letters and digits
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
    done = on.send(csv_file(cells(urn, trn=text.format(1))))
    if names_cell(done, 2, "trn"):
        return
    (one,) = [one for one in on.new_holders() if one.urn == urn]
    assert_meant(desk, one.teacher_id, meant and meant.format(1))


@pytest.mark.parametrize(("text", "meant"), SPELLINGS)
def test_p2_a_number_typed_at_registration_is_the_one_that_was_meant_or_is_refused(
    desk: Desk, text: str, meant: str | None
) -> None:
    (urn,) = desk.schools()
    body = {"given": "Typed", "family": "By Hand", "email": f"p2@school-{urn}.example", "urn": urn}
    reply = desk.post("teachers", body | {"role": "ta", "trn": text.format(2)})
    if not is_refused(reply):
        assert_meant(desk, reply.json["teacher_id"], meant and meant.format(2))


@pytest.mark.parametrize(("text", "meant"), SPELLINGS)
def test_p2_a_number_typed_at_a_correction_is_the_one_that_was_meant_or_is_refused(
    desk: Desk, text: str, meant: str | None
) -> None:
    (person,) = desk.people(1)
    if not is_refused(desk.change(f"teachers/{person.id}", {"trn": text.format(3)})):
        assert_meant(desk, person.id, meant and meant.format(3))


def is_refused(reply: Reply) -> bool:
    """Whether a number was refused by its pointer."""
    assert reply.status in {200, 201, 422}, reply.body
    return reply.status == 422 and [one["pointer"] for one in reply.json["errors"]] == ["/trn"]


def assert_meant(desk: Desk, teacher_id: str, meant: str | None) -> None:
    """The number that is held is the one that was meant."""
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


def test_p2_a_number_that_lost_its_zeros_in_a_workbook_is_recognised_or_is_refused(
    desk: Desk, on: Participants
) -> None:
    """More of P2's kind: 0012345 comes as the number 12345."""
    (person,) = desk.people(1, trn="0012345")
    row = cells(person.urn, given=person.given, email=person.email, trn=12345)
    done = on.send(workbook(row))
    assert (person.id in on.teacher_ids()) is (problems(done) == [])
    assert problems(done) == [] or names_cell(done, 2, "trn")


def merge(desk: Desk, gone: Person, kept: Person) -> None:
    """Merge two records of one person; where both have a number, that of the second is right."""
    body: dict[str, Any] = {"from_id": gone.id, "into_id": kept.id, "dry_run": False}
    wanted = [body, body | {"keep_trn": True}]
    if not any(desk.post("teachers/merges", one).status == 200 for one in wanted):
        # A commit that asks for the number to be taken away first.
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
