"""Over HTTP: memberships are corrected, withdrawals undone, and a place counts for the school named."""

from typing import Any

from tests.enrolment.desk import Desk, problem
from tests.enrolment.factories import LATER, TODAY
from tests.support.services import Reply


def test_correcting_a_membership_needs_its_etag(desk: Desk) -> None:
    wrong, right = desk.schools(2)
    ada = desk.teacher(wrong)
    group_id = desk.group()
    place = desk.made(f"work-groups/{group_id}/enrolments", {"teacher_id": ada, "role": "participant"})
    (listed,) = desk.get(f"teachers/{ada}/memberships").json["items"]
    path = f"teachers/{ada}/memberships/{listed['membership_id']}"
    body = {"urn": right, "reason": "Typed wrongly.", "also_places": [place["enrolment_id"]]}

    def correct(body: Any, tag: str = '"1"') -> Reply:
        return desk.client("PATCH", f"/enrolment/v1/{path}", body, If_Match=tag, Hub_Time=LATER.isoformat())

    assert desk.get(path).json["urn"] == wrong
    refused = correct(body | {"also_places": [ada]})
    assert problem(refused) == (422, "place_of_other_school", ["/also_places/0"])
    answer = correct(body)
    assert (answer.status, answer.json["urn"]) == (200, right)
    assert correct(body).status == 412
    assert desk.get(f"enrolments/{place['enrolment_id']}").json["urn"] == right
    (trail,) = desk.get(f"{path}/corrections").json["items"]
    assert (trail["old_urn"], trail["new_urn"], trail["reason"]) == (wrong, right, "Typed wrongly.")


def test_a_withdrawal_is_undone_and_listed(desk: Desk) -> None:
    group_id = desk.group()
    (place,) = desk.fill(group_id, teachers_n=1, schools_n=1)
    path = f"enrolments/{place}/withdrawal"
    assert problem(desk.post(f"{path}/undo", {"reason": "Mistake."}))[:2] == (409, "not_withdrawn")
    desk.made(path, {"reason": "workload"}, at=LATER)
    assert problem(desk.post(f"{path}/undo", {}))[0] == 422
    undone = desk.made(f"{path}/undo", {"reason": "Mistake."}, at=LATER)
    assert (undone["status"], undone["withdrawn_at"]) == ("active", None)
    (trail,) = desk.get(f"{path}/undone").json["items"]
    assert (trail["withdrawn_reason"], trail["reason"]) == ("workload", "Mistake.")


def test_a_place_counts_for_the_school_that_the_request_names(desk: Desk) -> None:
    first, last, other = desk.schools(3)
    ada = desk.teacher(first)
    moves = {"to_urn": last, "role": "ta", "moved_on": TODAY.isoformat(), "keep_email": True}
    desk.made(f"teachers/{ada}/moves", moves)
    body = {"teacher_id": ada, "role": "participant"}
    path = f"work-groups/{desk.group()}/enrolments"
    assert problem(desk.post(path, body | {"urn": other}))[:2] == (422, "not_at_school")
    assert desk.made(path, body | {"urn": first})["urn"] == first
