"""Over HTTP: likely pairs, mergers, and what is asked of a record that was merged."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from tests.enrolment.desk import Desk, leader_body, problem, register_body
from tests.enrolment.factories import MEETS


def body(origin: str, target: str, *, dry_run: bool = False) -> dict[str, Any]:
    return {"from_id": origin, "into_id": target, "dry_run": dry_run}


def test_the_trail_answers_with_the_record_that_is_left(desk: Desk) -> None:
    (school,) = desk.schools()
    origin, target = desk.teacher(school), desk.teacher(school, given="Augusta")
    seen = desk.made("teachers/merges", body(origin, target, dry_run=True))
    assert (seen["dry_run"], seen["in_the_way"], seen["memberships_joined"]) == (True, [], 1)
    assert desk.get(f"teachers/{origin}").json["teacher_id"] == origin
    assert desk.made("teachers/merges", body(origin, target))["dry_run"] is False

    for path in (f"teachers/{origin}", f"teachers/{target}"):
        assert desk.get(path).json["teacher_id"] == target
    assert len(desk.get(f"teachers/{origin}/memberships").json["items"]) == 1
    held = desk.get(f"teachers/{origin}/subject-access").json["sections"][0]["items"]
    assert {one["id"] for one in held} == {origin, target}
    assert [one["teacher_id"] for one in desk.get(f"teachers?urn={school}").json["items"]] == [target]
    move = {"from_urn": school, "to_urn": desk.schools()[0], "role": "ta", "moved_on": "2025-09-20"}
    assert problem(desk.post(f"teachers/{origin}/moves", move))[:2] == (409, "teacher_merged")
    assert problem(desk.post("leaders", leader_body(origin)))[:2] == (422, "unknown_teacher")
    place = {"teacher_id": origin, "role": "participant"}
    assert problem(desk.post(f"work-groups/{desk.group()}/enrolments", place))[:2] == (422, "unknown_teacher")


def test_marks_of_both_records_are_on_one_register(desk: Desk) -> None:
    (school,) = desk.schools()
    origin, target, on = desk.teacher(school), desk.teacher(school), desk.group()
    place_id = desk.enrol(on, origin)
    session_id = desk.session(on)
    reply = desk.put(f"sessions/{session_id}/register", register_body([place_id]), at=MEETS, If_Match='"1"')
    assert reply.status == 200
    assert desk.made("teachers/merges", body(origin, target))["moves"]["attendances"] == 1
    assert desk.get(f"enrolments/{place_id}").json["teacher_id"] == target


def test_likely_pairs_are_listed_with_the_reason(desk: Desk) -> None:
    (school, other) = desk.schools(2)
    mark = uuid4().hex[:8]
    one = desk.teacher(school, given="Grace", family="O'Neill", email=f"{mark}@a.example")
    two = desk.teacher(school, given="G.", family="ONEILL", email=f"{mark}2@a.example")
    three = desk.teacher(other, given="Grace", family="Reilly", email=f"{mark}5@a.example")
    address = {"email": f"{mark}@a.example"}
    changed = desk.client("PATCH", f"/enrolment/v1/teachers/{three}", address, If_Match='"1"')
    assert changed.status == 200
    desk.teacher(other, given="Grace", family="O'Neill", email=f"{mark}3@a.example")
    desk.teacher(other, given="Hope", family="Noether", email=f"{mark}@a.example")  # a shared address
    desk.teacher(school, given="Hope", family="ONeill", email=f"{mark}4@a.example")

    found: list[tuple[str, str, list[str]]] = []
    path = "teachers/duplicates?limit=1"
    while path:
        page = desk.get(path).json
        found += [(p["first"]["teacher_id"], p["second"]["teacher_id"], p["reasons"]) for p in page["items"]]
        path = page["next"] and f"teachers/duplicates?limit=200&after={page['next']}"

    mine = [pair for pair in found if one in pair[:2]]
    assert sorted(mine, key=lambda pair: pair[2]) == [
        (one, three, ["same_email"]),
        (one, two, ["same_name_at_school"]),
    ]
    desk.made("teachers/merges", body(two, one))
    again = desk.get("teachers/duplicates?limit=200").json["items"]
    assert two not in {side["teacher_id"] for p in again for side in (p["first"], p["second"])}


def test_a_pair_that_was_registered_as_two_people_is_not_listed_after_a_merger_either(desk: Desk) -> None:
    """The remaining record takes over `different_from` of the merged one."""
    (school, other), mark = desk.schools(2), uuid4().hex[:8]
    grace = {"given": "Grace", "family": f"Hopper {mark}"}
    one = desk.teacher(school, **grace)
    two = desk.teacher(school, **grace)  # with different_from
    three = desk.teacher(other, **grace)
    desk.made("teachers/merges", body(two, three) | {"keep_email": True})
    four = desk.teacher(desk.schools()[0], **grace)
    desk.made("teachers/merges", body(one, four) | {"keep_email": True})

    pairs, after = [], ""
    while True:
        page = desk.get(f"teachers/duplicates?limit=200{after}").json
        pairs += [{pair["first"]["teacher_id"], pair["second"]["teacher_id"]} for pair in page["items"]]
        if not page["next"]:
            break
        after = f"&after={page['next']}"
    assert {three, four} not in pairs


def test_rows_created_during_a_merger_follow_it(desk: Desk) -> None:
    (school,) = desk.schools()
    origin, target = desk.teacher(school), desk.teacher(school)
    groups = [desk.group() for _ in range(6)]

    def code(reply: Any) -> str:
        return "done" if reply.status < 300 else problem(reply)[1]

    def ask(number: int) -> str:
        if number == 3:
            return "merged " + code(desk.post("teachers/merges", body(origin, target)))
        place = {"teacher_id": origin, "role": "participant"}
        return code(desk.post(f"work-groups/{groups[number % 6]}/enrolments", place))

    with ThreadPoolExecutor(6) as pool:
        said = Counter(pool.map(ask, range(6)))
    assert said["merged done"] == 1
    assert said["done"] + said["unknown_teacher"] == 5
    for on in groups:
        for one in desk.get(f"work-groups/{on}/enrolments").json["items"]:
            assert one["teacher_id"] == target


def test_two_mergers_against_each_other_leave_one_record(desk: Desk) -> None:
    (school,) = desk.schools()
    one, two = desk.teacher(school), desk.teacher(school)
    with ThreadPoolExecutor(2) as pool:
        replies = list(
            pool.map(lambda pair: desk.post("teachers/merges", body(*pair)), [(one, two), (two, one)])
        )
    assert sorted(reply.status for reply in replies) == [200, 409]
    assert desk.get(f"teachers/{one}").json["teacher_id"] == desk.get(f"teachers/{two}").json["teacher_id"]
