"""Over HTTP: correcting, finding and moving teachers."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.enrolment.desk import V1, Desk, problem, teacher_body
from tests.enrolment.factories import NOW
from tests.support.services import Reply

LATER = NOW + timedelta(days=30)
MOVED_ON = LATER.date().isoformat()


def patch(desk: Desk, teacher_id: str, body: dict[str, Any], etag: str = '"1"') -> Reply:
    return desk.client("PATCH", f"{V1}/teachers/{teacher_id}", body, If_Match=etag)


def move_body(old: str | None, new: str, **changes: Any) -> dict[str, Any]:
    values = {"from_urn": old, "to_urn": new, "role": "maths_lead", "moved_on": MOVED_ON}
    return values | changes


def found(desk: Desk, query: str) -> list[str]:
    return [one["teacher_id"] for one in desk.get(f"teachers?{query}").json["items"]]


def test_a_teacher_is_corrected(desk: Desk) -> None:
    (school,) = desk.schools()
    teacher_id = desk.teacher(school, phone="+44 (0)1223 123456")
    before = desk.get(f"teachers/{teacher_id}").json
    assert (before["phone"], before["contact_opt_out"]) == ("+44 (0)1223 123456", False)
    reply = patch(desk, teacher_id, {"family": "King", "email": "King@School.example", "phone": None})
    assert (reply.status, reply.headers["Etag"]) == (200, '"2"')
    changes = {"family": "King", "email": "king@school.example", "phone": None}
    assert reply.json == before | changes | {"previous_names": ["Ada Lovelace"]}
    assert desk.get(f"teachers/{teacher_id}").json == reply.json


@pytest.mark.parametrize(
    ("body", "status", "code", "pointers"),
    [
        ({"trn": "1234"}, 422, "bad_trn", ["/trn"]),
        ({"trn": "5560001", "trnless": True}, 422, "trn_and_trnless", ["/trnless"]),
        ({"given": None}, 422, "invalid", ["/given"]),
        ({"email": "x"}, 422, "invalid", ["/email"]),
        ({"phone": "call me"}, 422, "invalid", ["/phone"]),
        ({"phone": "123456"}, 422, "invalid", ["/phone"]),
        ({"phone": "1" * 16}, 422, "invalid", ["/phone"]),
        ({"urn": "110623"}, 422, "invalid", ["/urn"]),
    ],
)
def test_a_correction_that_cannot_be_is_refused(
    desk: Desk, body: dict[str, Any], status: int, code: str, pointers: list[str]
) -> None:
    teacher_id = desk.teacher(desk.schools()[0])
    assert problem(patch(desk, teacher_id, body)) == (status, code, pointers)


def test_a_correction_needs_what_it_is_based_on(desk: Desk) -> None:
    teacher_id = desk.teacher(desk.schools()[0])
    blind = desk.client("PATCH", f"{V1}/teachers/{teacher_id}", {"given": "Eve"})
    assert problem(blind)[:2] == (428, "if_match_required")
    assert problem(patch(desk, teacher_id, {"given": "Eve"}, '"2"'))[:2] == (412, "stale")
    assert problem(patch(desk, str(uuid4()), {"given": "Eve"}))[:2] == (404, "unknown_teacher")


def test_corrections_at_once_do_not_overwrite_each_other(desk: Desk) -> None:
    teacher_id = desk.teacher(desk.schools()[0])
    with ThreadPoolExecutor(6) as pool:
        replies = pool.map(lambda n: patch(desk, teacher_id, {"given": f"Ada{n}"}), range(6))
        assert Counter(reply.status for reply in replies) == {200: 1, 412: 5}


def test_one_number_given_to_many_at_once_is_given_once(desk: Desk) -> None:
    (school,) = desk.schools()
    people = [desk.teacher(school) for _ in range(6)]
    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda one: patch(desk, one, {"trn": "5570001"}), people))
    assert Counter(reply.status for reply in replies) == {200: 1, 409: 5}
    assert {problem(reply)[1] for reply in replies if reply.status == 409} == {"trn_taken"}


def test_teachers_are_found_by_name_address_and_school(desk: Desk) -> None:
    here, there = desk.schools(2)
    grace = desk.teacher(here, given="Grace", family="O'Hopper", email="gh@navy.example")
    mary = desk.teacher(here, given="Mary", family="Some_rville", email="mary@stars.example")
    assert found(desk, f"urn={here}") == [grace, mary]
    assert found(desk, f"urn={there}") == []
    assert found(desk, f"urn={here}&q=grace%20o%27h") == [grace]
    assert found(desk, f"urn={here}&q=STARS") == [mary]
    assert found(desk, f"urn={here}&q=e_r") == [mary]
    assert found(desk, f"urn={here}&q=100%25") == []


def test_teachers_are_listed_a_page_at_a_time(desk: Desk) -> None:
    (school,) = desk.schools()
    people = [desk.teacher(school) for _ in range(3)]
    first = desk.get(f"teachers?urn={school}&limit=2").json
    rest = desk.get(f"teachers?urn={school}&limit=2&after={first['next']}").json
    assert [one["teacher_id"] for one in first["items"] + rest["items"]] == people
    assert rest["next"] is None


@pytest.mark.parametrize("query", ["q=", "urn=abc", "q=a%00b", "colour=red"])
def test_a_strange_parameter_is_400(desk: Desk, query: str) -> None:
    assert problem(desk.get(f"teachers?{query}"))[:2] == (400, "bad_parameter")


def test_a_teacher_moves(desk: Desk) -> None:
    old, new = desk.schools(2)
    teacher_id = desk.teacher(old)
    reply = desk.post(f"teachers/{teacher_id}/moves", move_body(old, new), at=LATER)
    assert (reply.status, reply.json["urn"], reply.json["ends_on"]) == (201, new, None)
    listed = desk.at(reply).json["items"]
    assert [(one["urn"], one["starts_on"], one["ends_on"]) for one in listed] == [
        (old, "2025-09-20", "2025-10-19"),
        (new, "2025-10-20", None),
    ]
    now = desk.get(f"teachers/{teacher_id}")
    assert (now.json["urn"], now.json["role"], now.headers["Etag"]) == (new, "maths_lead", '"2"')
    assert (found(desk, f"urn={old}"), found(desk, f"urn={new}")) == ([], [teacher_id])


def test_a_move_asks_for_the_address_until_it_is_given_or_kept(desk: Desk) -> None:
    old, new = desk.schools(2)
    ada, emmy = desk.teacher(old), desk.teacher(old)
    told = desk.made(f"teachers/{ada}/moves", move_body(old, new), at=LATER)
    assert told["address_confirmed"] is False
    assert "`keep_email: true`" in told["detail"]
    kept = desk.made(f"teachers/{emmy}/moves", move_body(old, new, keep_email=True), at=LATER)
    assert (kept["address_confirmed"], kept["detail"]) == (True, None)
    assert found(desk, f"urn={new}&address_confirmed=false") == [ada]
    assert found(desk, f"urn={new}&address_confirmed=true") == [emmy]
    assert desk.get(f"teachers/{ada}").json["address_confirmed"] is False
    path = f"{V1}/teachers/{ada}"
    both = desk.client("PATCH", path, {"email": "a@b.example", "keep_email": True}, If_Match='"2"')
    assert problem(both) == (422, "email_and_keep_email", ["/keep_email"])
    confirmed = desk.client("PATCH", path, {"email": "Ada@New.example"}, If_Match='"2"')
    assert (confirmed.json["email"], confirmed.json["address_confirmed"]) == ("ada@new.example", True)
    assert found(desk, f"urn={new}&address_confirmed=false") == []


def test_a_move_is_after_the_first_day_unless_that_is_the_day_of_the_registration(desk: Desk) -> None:
    old, new, newest = desk.schools(3)
    path = f"teachers/{desk.teacher(old)}/moves"
    day = "2025-09-20"  # on which the teacher was registered
    desk.made(path, move_body(old, new, moved_on=day), at=LATER)
    refused = desk.post(path, move_body(new, newest, moved_on=day), at=LATER)
    assert problem(refused) == (422, "moved_before_start", ["/moved_on"])


def test_one_more_school_is_joined(desk: Desk) -> None:
    old, new = desk.schools(2)
    teacher_id = desk.teacher(old)
    body = {name: value for name, value in move_body(None, new).items() if name != "from_urn"}
    desk.made(f"teachers/{teacher_id}/moves", body, at=LATER)
    assert found(desk, f"urn={old}") == found(desk, f"urn={new}") == [teacher_id]


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"moved_on": "2025-10-21"}, 422, "moved_in_future", "/moved_on"),
        ({"to_urn": "999999"}, 422, "unknown_school", "/to_urn"),
        ({"from_urn": "999999"}, 422, "not_at_school", "/from_urn"),
        ({"role": "wizard"}, 422, "invalid", "/role"),
        ({"to_urn": None}, 422, "invalid", "/to_urn"),
        ({"email": "no address"}, 422, "invalid", "/email"),
        ({"keep_email": "yes"}, 422, "invalid", "/keep_email"),
        ({"email": "a@b.example", "keep_email": True}, 422, "email_and_keep_email", "/keep_email"),
    ],
)
def test_a_move_that_cannot_be_is_refused(
    desk: Desk, changes: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    old, new = desk.schools(2)
    path = f"teachers/{desk.teacher(old)}/moves"
    assert problem(desk.post(path, move_body(old, new) | changes, at=LATER)) == (status, code, [pointer])


def test_move_of_an_unknown_teacher_is_404(desk: Desk) -> None:
    old, new = desk.schools(2)
    assert problem(desk.post(f"teachers/{uuid4()}/moves", move_body(old, new)))[:2] == (
        404,
        "unknown_teacher",
    )
    assert problem(desk.get(f"teachers/{uuid4()}/memberships"))[:2] == (404, "unknown_teacher")


def test_moves_at_once_leave_a_school_once(desk: Desk) -> None:
    old, *others = desk.schools(7)
    teacher_id = desk.teacher(old)
    path = f"teachers/{teacher_id}/moves"
    with ThreadPoolExecutor(6) as pool:
        replies = list(pool.map(lambda new: desk.post(path, move_body(old, new), at=LATER), others))
    assert Counter(reply.status for reply in replies) == {201: 1, 422: 5}
    listed = desk.get(f"teachers/{teacher_id}/memberships").json["items"]
    assert [one["ends_on"] for one in listed] == ["2025-10-19", None]


def test_a_registration_takes_the_same_details(desk: Desk) -> None:
    body = teacher_body(desk.schools()[0], phone="01223 999999", contact_opt_out=True)
    told = desk.made("teachers", body)
    assert (told["phone"], told["contact_opt_out"], told["previous_names"]) == ("01223 999999", True, [])
