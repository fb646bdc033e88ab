"""Over HTTP: teachers and leaders."""

from typing import Any
from uuid import uuid4

import pytest
from tests.enrolment.desk import Desk, leader_body, problem, teacher_body
from tests.enrolment.register_files import links, urn


def test_a_teacher_is_registered_and_read_back(desk: Desk) -> None:
    (school,) = desk.schools()
    reply = desk.post(
        "teachers", teacher_body(school, email="Ada@Read.example", trn="RP/98/76543", phase="primary")
    )
    assert (reply.status, reply.headers["Etag"]) == (201, '"1"')
    assert reply.json | {"teacher_id": ""} == {
        "teacher_id": "",
        "given": "Ada",
        "family": "Lovelace",
        "email": "ada@read.example",
        "address_confirmed": True,
        "trn": "****543",
        "trnless": False,
        "phase": "primary",
        "phone": None,
        "contact_opt_out": False,
        "previous_names": [],
        "anonymised_on": None,
        "urn": school,
        "role": "class_teacher",
        "since": "2025-09-20",
    }
    assert reply.headers["Location"] == f"/enrolment/v1/teachers/{reply.json['teacher_id']}"
    assert desk.at(reply).json == reply.json


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"trn": "1234"}, "bad_trn", "/trn"),
        ({"trn": "1234567", "trnless": True}, "trn_and_trnless", "/trnless"),
        ({"given": " ", "family": ""}, "name_missing", "/family"),
        ({"given": "A\u0000da"}, "invalid", "/given"),
        ({"given": "A\ud800da"}, "invalid", "/given"),
        ({"family": "x" * 101}, "invalid", "/family"),
        ({"email": "ada"}, "invalid", "/email"),
        ({"email": "ada@schöol.example"}, "invalid", "/email"),
        ({"role": "wizard"}, "invalid", "/role"),
        ({"urn": "abc"}, "invalid", "/urn"),
        ({"urn": "999999"}, "unknown_school", "/urn"),
        ({"colour": "red"}, "invalid", "/colour"),
        ({"trnless": "perhaps"}, "invalid", "/trnless"),
    ],
)
def test_a_teacher_who_cannot_be_registered_is_refused(
    desk: Desk, changes: dict[str, Any], code: str, pointer: str
) -> None:
    (school,) = desk.schools()
    body = teacher_body(school) | changes
    assert problem(desk.post("teachers", body)) == (422, code, [pointer])


def test_a_reference_number_belongs_to_one_teacher(desk: Desk) -> None:
    (school,) = desk.schools()
    desk.teacher(school, trn="5550001")
    refusal = problem(desk.post("teachers", teacher_body(school, trn="55-50001")))
    assert refusal == (409, "trn_taken", ["/trn"])


def test_a_school_that_is_gone_names_its_successor(desk: Desk) -> None:
    """Nothing tells yet that it has closed: the register's files here have neither of the two."""
    old, new = urn(), urn()
    desk.imports(links((old, new, "Successor", "01-09-2025")))
    reply = desk.post("teachers", teacher_body(old))
    assert problem(reply) == (422, "unknown_school", ["/urn"])
    assert new in reply.json["detail"]


def test_a_school_that_is_gone_is_taken_for_its_successor(desk: Desk) -> None:
    old, (new,) = urn(), desk.schools()
    desk.imports(links((old, new, "Successor", "01-09-2025")))
    teacher_id = desk.teacher(old)
    assert desk.get(f"teachers/{teacher_id}").json["urn"] == new
    for named in (old, new):
        listed = desk.get(f"teachers?urn={named}").json["items"]
        assert [one["teacher_id"] for one in listed] == [teacher_id]


def test_an_unknown_teacher_is_404(desk: Desk) -> None:
    assert problem(desk.get(f"teachers/{uuid4()}")) == (404, "unknown_teacher", [])


def test_the_same_key_registers_one_teacher(desk: Desk) -> None:
    (school,) = desk.schools()
    body = teacher_body(school)
    first, again = (desk.post("teachers", body, Idempotency_Key=school) for _ in range(2))
    assert (first.status, first.json) == (again.status, again.json)


def test_a_leader_is_appointed(desk: Desk) -> None:
    (school,) = desk.schools(1, **{"Trusts (code)": "77", "Trusts (name)": "Seventy-seven"})
    teacher_id = desk.teacher(school)
    reply = desk.post("leaders", leader_body(teacher_id, role="deputy", core_leadership=True))
    assert reply.status == 201
    assert desk.at(reply).json == reply.json
    assert problem(desk.get(f"leaders/{uuid4()}"))[:2] == (404, "unknown_leader")
    assert (reply.json["urn"], reply.json["trust_uid"], reply.json["core_leadership"]) == (school, "77", True)
    refusal = problem(desk.post("leaders", leader_body(teacher_id, role="deputy")))
    assert refusal == (409, "already_appointed", [])


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"ends_on": "2025-08-31"}, "ends_before_start", "/ends_on"),
        ({"role": "king"}, "invalid", "/role"),
        ({"core_leadership": None}, "invalid", "/core_leadership"),
        ({"teacher_id": str(uuid4())}, "unknown_teacher", "/teacher_id"),
        ({"teacher_id": "ada"}, "invalid", "/teacher_id"),
    ],
)
def test_an_appointment_that_cannot_be_is_refused(
    desk: Desk, changes: dict[str, Any], code: str, pointer: str
) -> None:
    teacher_id = desk.teacher(desk.schools()[0])
    body = leader_body(teacher_id) | changes
    assert problem(desk.post("leaders", body)) == (422, code, [pointer])
