"""Rows of a list of participants: what is wrong with one."""

import pytest
from tests.enrolment.lists import as_csv, line, read_upload

from hub_enrolment.commands.uploads import read_row
from hub_enrolment.domain.uploads import read_lead, read_role
from hub_kernel.refusals import Refused

URN = "110623"


@pytest.mark.parametrize(
    ("changes", "wrong"),
    [
        ({"given": "", "family": " "}, [("given", "missing"), ("family", "missing")]),
        ({"given": "#N/A", "family": "#ref!"}, [("given", "cell_error"), ("family", "cell_error")]),
        ({"email": "no address"}, [("email", "invalid")]),
        ({"urn": "12"}, [("urn", "bad_urn")]),
        ({"urn": "=A1"}, [("urn", "bad_urn")]),
        ({"urn": "1.10623E+05", "trn": "123456.0"}, [("trn", "bad_trn"), ("urn", "bad_urn")]),
        ({"email": "ada@s.example; eve@s.example"}, [("email", "bad_email")]),
        ({"role": "king"}, [("role", "invalid")]),
        ({"given": "Ada\nGrace"}, [("given", "invalid")]),
        ({"family": "Hopper\r\nBcc: eve@example.org"}, [("family", "invalid")]),
        ({"email": "ada@s.example\neve@s.example"}, [("email", "bad_email")]),
        ({"trn": "12"}, [("trn", "bad_trn")]),
        ({"lead": "perhaps", "trn": "x"}, [("lead", "bad_lead"), ("trn", "bad_trn")]),
    ],
)
def test_every_problem_of_a_row_is_listed(changes: dict[str, str], wrong: list[tuple[str, str]]) -> None:
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


@pytest.mark.parametrize("blank", ["given", "family"])
def test_one_name_is_a_name(blank: str) -> None:
    (read,) = read_upload(as_csv(line(URN, **{blank: ""}))).lines
    asked, problems = read_row(read)
    assert problems == []
    assert asked is not None
    assert getattr(asked.person, blank) == ""
