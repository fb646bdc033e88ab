"""Rows of a list of participants: what is wrong with one, and which known person it is about."""

from typing import Any
from uuid import uuid4

import pytest
from tests.enrolment.lists import as_csv, line, read_upload

from hub_enrolment.commands.uploads import read_row
from hub_enrolment.domain.refusals import Conflict, Refused
from hub_enrolment.domain.uploads import Person, read_lead, read_role, recognise

URN = "110623"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"given": "", "family": " "}, [("given", "missing"), ("family", "missing")]),
        ({"email": "no address"}, [("email", "invalid")]),
        ({"urn": "12"}, [("urn", "invalid")]),
        ({"urn": "=A1"}, [("urn", "invalid")]),
        ({"role": "king"}, [("role", "invalid")]),
        ({"given": "Ada\nGrace"}, [("given", "invalid")]),
        ({"family": "Hopper\r\nBcc: eve@example.org"}, [("family", "invalid")]),
        ({"email": "ada@s.example\neve@s.example"}, [("email", "invalid")]),
        ({"trn": "12"}, [("trn", "bad_trn")]),
        ({"lead": "perhaps", "trn": "x"}, [("lead", "bad_lead"), ("trn", "bad_trn")]),
    ],
)
def test_all_that_is_wrong_with_a_row_is_told(changes: dict[str, str], wrong: list[tuple[str, str]]) -> None:
    (read,) = read_upload(as_csv(line(URN, **changes))).lines
    asked, problems = read_row(read)
    assert asked is None
    assert [(one.column, one.code) for one in problems] == wrong
    assert {one.row for one in problems} == {2}


@pytest.mark.parametrize(
    ("text", "lead"),
    [("yes", True), ("Y", True), ("1", True), ("TRUE", True), ("no", False), ("N", False), ("", False)],
)
def test_yes_and_no(text: str, lead: bool) -> None:
    assert read_lead(text) is lead


def test_neither_yes_nor_no() -> None:
    with pytest.raises(Refused, match="bad_lead"):
        read_lead("maybe")


@pytest.mark.parametrize("text", ["class_teacher", "Class teacher", " class  TEACHER "])
def test_a_role_is_understood_as_people_write_it(text: str) -> None:
    assert read_role(text) == "class_teacher"


def person(**changes: Any) -> Person:
    values: dict[str, Any] = {
        "id": uuid4(),
        "family": "O’Neill",
        "previous_names": ["Ann van Dyke"],
        "trn": None,
        "urn": URN,
    }
    return Person(**values | changes)


ONE = person(trn="1234567")
OTHER = person()


@pytest.mark.parametrize(
    ("by_trn", "by_email", "row", "found"),
    [
        (None, [], {}, None),
        (ONE, [], {"trn": "1234567"}, ONE),
        (ONE, [OTHER], {"trn": "1234567"}, ONE),
        (ONE, [OTHER, ONE], {"trn": "1234567"}, ONE),
        (None, [OTHER], {}, OTHER),
        (None, [OTHER], {"trn": "7654321"}, OTHER),
        (None, [OTHER], {"family": "oneill"}, OTHER),
        (None, [OTHER], {"family": "Van Dyke"}, OTHER),
        (None, [OTHER, ONE], {}, "several_with_email"),
        (None, [ONE], {"trn": "7654321"}, "trn_differs"),
        (None, [OTHER], {"family": "Neill"}, "name_differs"),
        (ONE, [], {"trn": "1234567", "family": "Hopper"}, "name_differs"),
        (None, [OTHER], {"family": "’"}, "name_differs"),
        (None, [OTHER], {"urn": "110624"}, "school_differs"),
    ],
)
def test_whom_a_row_is_about(
    by_trn: Person | None, by_email: list[Person], row: dict[str, Any], found: Person | str | None
) -> None:
    said = {"family": "O'Neill", "trn": None, "urn": URN} | row
    if isinstance(found, str):
        with pytest.raises(Conflict, match=found):
            recognise(by_trn, by_email, **said)
    else:
        assert recognise(by_trn, by_email, **said) is found
