"""A day with people's records: reference numbers, moves, and requests for personal data."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from tests.enrolment.desk import V1, Desk, problem, register_body, teacher_body
from tests.enrolment.factories import MEETS
from tests.system.conftest import Office

DAY = timedelta(days=1)
MONDAY = datetime(2025, 10, 13, 9, 0, tzinfo=UTC)


def test_a_teacher_reference_number_is_one_persons(desk: Desk) -> None:
    """All spellings are one number; an assistant has none; a number belongs to one teacher."""
    (school,) = desk.schools()
    ada = desk.made("teachers", teacher_body(school, trn="RP/71/23456"))
    assert ada["trn"] == "****456", "shown by its end only"
    refused = desk.post("teachers", teacher_body(school, given="Eve", trn="71 23456"))
    assert problem(refused) == (409, "trn_taken", ["/trn"])
    refused = desk.post("teachers", teacher_body(school, given="Eve", trn="1234"))
    assert problem(refused) == (422, "bad_trn", ["/trn"])
    assistant = desk.made("teachers", teacher_body(school, given="Tom", role="ta", trnless=True))
    assert (assistant["trn"], assistant["trnless"]) == (None, True)
    number = {"trn": "7123457"}
    path = f"{V1}/teachers/{assistant['teacher_id']}"
    refused = desk.client("PATCH", path, number, If_Match='"1"')
    assert problem(refused)[1] == "trn_and_trnless"
    qualified = desk.client("PATCH", path, number | {"trnless": False}, If_Match='"1"')
    assert (qualified.json["trn"], qualified.json["trnless"]) == ("****457", False)


def test_a_teacher_moves_school_in_the_middle_of_a_group(desk: Desk) -> None:
    """Her place still counts for the school that sent her; her next one is the new school's."""
    old, new = desk.schools(2)
    ada = desk.teacher(old)
    place = desk.enrol(desk.group(), ada)
    move = {"from_urn": old, "to_urn": new, "role": "maths_lead", "moved_on": "2025-10-13"}
    early = desk.post(f"teachers/{ada}/moves", move)
    assert problem(early) == (422, "moved_in_future", ["/moved_on"])
    later = desk.get(f"teachers/{ada}").json
    assert later["urn"] == old
    moved = desk.made(f"teachers/{ada}/moves", move, at=MONDAY)
    assert moved["urn"] == new
    worked = desk.get(f"teachers/{ada}/memberships").json["items"]
    assert [(one["urn"], one["ends_on"]) for one in worked] == [(old, "2025-10-12"), (new, None)]
    assert desk.get(f"enrolments/{place}").json["urn"] == old
    body = {"teacher_id": ada, "role": "participant"}
    group_id = desk.group(closes_at="2025-11-30T12:00:00Z")
    second = desk.made(f"work-groups/{group_id}/enrolments", body, at=MONDAY)["enrolment_id"]
    assert desk.get(f"enrolments/{second}").json["urn"] == new


def test_teacher_requests_her_personal_data(desk: Desk) -> None:
    """The hub lead sends one document with plain headings and without data of other people."""
    (school,) = desk.schools()
    ada = desk.teacher(school, trn="7234567")
    desk.teacher(school, given="Eve", family="Bystander", email="eve@bystander.example")
    desk.enrol(desk.group(), ada)
    answer = desk.get(f"teachers/{ada}/subject-access")
    headings = {one["heading"]: one["items"] for one in answer.json["sections"]}
    assert headings["Who you are and how we reach you"][0]["trn"] == "7234567"
    assert len(headings["Your places on Work Groups"]) == 1
    assert "Bystander" not in answer.body.decode()


def likely_pairs(desk: Desk) -> Iterator[dict[str, Any]]:
    """All pages of them: other stories leave many."""
    after = ""
    while after is not None:
        page = desk.get(f"teachers/duplicates?limit=200{after and f'&after={after}'}").json
        yield from page["items"]
        after = page["next"]


def test_two_records_turn_out_to_be_one_person(desk: Desk) -> None:
    """She was typed in twice; a dry run shows what would move, and what was noted of both is hers."""
    (school,) = desk.schools()
    grace = desk.teacher(school, given="Grace", family="Hopper-Stories", email="grace@stories.example")
    again = desk.teacher(school, given="G.", family="Hopper-Stories", email="g.h@stories.example")
    place = desk.enrol(desk.group(), again)
    (pair,) = (
        one
        for one in likely_pairs(desk)
        if grace in {one["first"]["teacher_id"], one["second"]["teacher_id"]}
    )
    assert pair["reasons"] == ["same_name_at_school"]

    merger = {"from_id": again, "into_id": grace}
    seen = desk.made("teachers/merges", merger | {"dry_run": True})
    assert (seen["in_the_way"], seen["moves"]["enrolments"]) == ([], 1)
    assert desk.get(f"enrolments/{place}").json["teacher_id"] == again, "a dry run changes nothing"
    desk.made("teachers/merges", merger | {"dry_run": False})
    assert desk.get(f"enrolments/{place}").json["teacher_id"] == grace
    assert desk.get(f"teachers/{again}").json["teacher_id"] == grace, "the old number still leads to her"


def test_teacher_is_erased_and_the_figures_stay(office: Office, desk: Desk) -> None:
    """Refused while she holds a place; then name, address and number go, and her attendance counts."""
    (school,) = desk.schools()
    desk.made(f"schools/{school}/connection", {"connected_on": "2025-09-01", "via": "enquiry"})
    mary = desk.teacher(school, given="Mary", family="Somerville-Stories", trn="7345678")
    group_id = desk.group()
    place = desk.enrol(group_id, mary)
    session_id = desk.session(group_id)
    path = f"sessions/{session_id}/register"
    assert desk.put(path, register_body([place]), at=MEETS, If_Match='"1"').status == 200
    period = {"from": "2025-09-01", "to": "2025-12-31", "as_at": "2025-12-31"}
    office.settle()
    office.tell("2026-01-05T09:00:00Z")
    before = office.report("engagement", scope="connected", **period)

    erasure = f"teachers/{mary}/anonymisation"
    assert problem(desk.post(erasure, {"reason": "asked_for"}))[:2] == (409, "holds_places")
    left = desk.post(f"enrolments/{place}/withdrawal", {"reason": "left_school"}, at=MEETS + DAY)
    assert left.status == 200
    assert desk.post(erasure, {"reason": "asked_for"}, at=MEETS + DAY).status == 200
    assert "Somerville-Stories" not in desk.get(f"teachers/{mary}/subject-access").body.decode()
    assert "7345678" not in desk.get(f"teachers/{mary}/subject-access").body.decode()
    office.settle()
    after = office.report("engagement", scope="connected", **period)
    assert (after["n"], after["N"]) == (before["n"], before["N"])
    assert office.parked() == 0
