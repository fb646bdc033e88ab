"""Over HTTP: drafts, other terms, endings, moves of places, and what a programme asks for."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.enrolment.desk import Desk, group_body, problem, programme_body, register_body
from tests.enrolment.factories import MEETS, OPENS
from tests.support.services import Client, Reply

AFTER = MEETS + timedelta(hours=4)


def patch(desk: Desk, group_id: str, body: Any, **headers: str) -> Reply:
    return desk.client("PATCH", f"/enrolment/v1/work-groups/{group_id}", body, **headers)


def test_a_programmes_terms_are_read_back(desk: Desk) -> None:
    asked = {
        "prerequisite_strand": "development",
        "required_roles": ["maths_lead", "lead_participant"],
        "min_attendance_percent": 80,
        "tasks_required": False,
    }
    reply = desk.post("programmes", programme_body(strand="embedding", **asked))
    assert (reply.status, desk.at(reply).json) == (201, reply.json)
    assert {name: reply.json[name] for name in asked} == asked
    usual = desk.made("programmes", programme_body())
    assert {name: usual[name] for name in asked} == {
        "prerequisite_strand": None,
        "required_roles": [],
        "min_attendance_percent": 75,
        "tasks_required": True,
    }


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"prerequisite_strand": "continuity"}, "own_prerequisite", "/prerequisite_strand"),
        ({"prerequisite_strand": "magic"}, "invalid", "/prerequisite_strand"),
        ({"required_roles": ["king"]}, "invalid", "/required_roles/0"),
        ({"min_attendance_percent": 101}, "invalid", "/min_attendance_percent"),
        ({"min_attendance_percent": -1}, "invalid", "/min_attendance_percent"),
    ],
)
def test_terms_that_cannot_be_are_refused(
    desk: Desk, changes: dict[str, Any], code: str, pointer: str
) -> None:
    assert problem(desk.post("programmes", programme_body(**changes))) == (422, code, [pointer])


def test_a_school_without_the_prerequisite_is_refused(desk: Desk) -> None:
    group_id = desk.group(of={"prerequisite_strand": "readiness"})
    body = {"teacher_id": desk.teacher(desk.schools()[0]), "role": "participant"}
    refusal = problem(desk.post(f"work-groups/{group_id}/enrolments", body))
    assert refusal == (422, "prerequisite_missing", ["/teacher_id"])


def test_a_hub_lead_lets_a_school_have_more_places(desk: Desk, hub_lead: Client) -> None:
    group_id, (school,) = desk.group(of={"max_per_school": 1}), desk.schools()
    first = desk.enrol(group_id, desk.teacher(school))
    path = f"work-groups/{group_id}/enrolments"
    body = {"teacher_id": desk.teacher(school), "role": "participant", "override_reason": "two sites"}
    assert problem(desk.post(path, body))[:2] == (403, "override_needs_hub_lead")
    over = Desk(hub_lead).made(path, body)
    assert (over["status"], over["override_reason"]) == ("active", "two sites")
    assert desk.get(f"enrolments/{first}").json["override_reason"] is None
    needless = body | {"teacher_id": desk.teacher(desk.schools()[0])}
    assert Desk(hub_lead).made(path, needless)["override_reason"] is None


def test_a_draft_is_opened_once(desk: Desk) -> None:
    group_id = desk.group(draft=True)
    assert desk.get(f"work-groups/{group_id}").json["status"] == "draft"
    assert desk.made(f"work-groups/{group_id}/opening", {})["status"] == "recruiting"
    assert problem(desk.post(f"work-groups/{group_id}/opening", {})) == (409, "not_draft", [])
    assert problem(desk.post(f"work-groups/{uuid4()}/opening", {})) == (404, "unknown_work_group", [])


def test_a_group_is_changed_by_who_has_seen_it(desk: Desk) -> None:
    group_id = desk.group(capacity=3)
    desk.fill(group_id, teachers_n=2, schools_n=1)
    assert problem(patch(desk, group_id, {"venue": "Linton"})) == (428, "if_match_required", [])
    changed = patch(desk, group_id, {"venue": "Linton", "capacity": 2}, If_Match='"1"')
    assert (changed.status, changed.headers["Etag"]) == (200, '"2"')
    assert (changed.json["venue"], changed.json["capacity"], changed.json["title"]) == ("Linton", 2, "Ratio")
    assert problem(patch(desk, group_id, {"title": "X"}, If_Match='"1"')) == (412, "stale", [])
    fewer = patch(desk, group_id, {"capacity": 1}, If_Match='"2"')
    assert problem(fewer) == (409, "capacity_below_taken", ["/capacity"])
    early = patch(desk, group_id, {"closes_at": OPENS.isoformat()}, If_Match='"2"')
    assert problem(early) == (422, "closes_before_opens", ["/closes_at"])
    unknown = patch(desk, group_id, {"status": "closed"}, If_Match='"2"')
    assert problem(unknown) == (422, "invalid", ["/status"])
    assert desk.get(f"work-groups/{group_id}").json == changed.json


def test_groups_are_found_by_programme_year_and_title(desk: Desk) -> None:
    programme_id = desk.made("programmes", programme_body())["programme_id"]
    later_id = desk.made("programmes", programme_body(academic_year="2026/27"))["programme_id"]
    lead = desk.lead()
    ids = [
        desk.made("work-groups", group_body(of, [lead], title=title))["work_group_id"]
        for of, title in ((programme_id, "50% of ratio"), (programme_id, "Shape"), (later_id, "Ratio"))
    ]

    def found(query: str) -> list[str]:
        items = desk.get(f"work-groups?limit=100&{query}").json["items"]
        return [one["work_group_id"] for one in items if one["work_group_id"] in ids]

    assert found(f"programme_id={programme_id}") == ids[:2]
    assert found("academic_year=2026/27") == [ids[2]]
    assert found(f"q=RATIO&programme_id={programme_id}") == [ids[0]]
    assert found(f"q=0%25&programme_id={programme_id}") == [ids[0]]
    assert found(f"q=%25&programme_id={later_id}") == []
    assert found("status=draft") == []


def test_cancelled_group_has_ended(desk: Desk) -> None:
    group_id = desk.group()
    (place,) = desk.fill(group_id, teachers_n=1, schools_n=1)
    session_id = desk.session(group_id)
    path = f"work-groups/{group_id}/cancellation"
    assert problem(desk.post(path, {"reason": "because"})) == (422, "invalid", ["/reason"])
    cancelled = desk.made(path, {"reason": "funding"})
    assert (cancelled["status"], cancelled["cancelled_reason"]) == ("cancelled", "funding")
    assert desk.made(path, {"reason": "funding"}) == cancelled
    assert problem(desk.post(path, {"reason": "other"})) == (409, "not_cancellable", [])
    ended = desk.get(f"enrolments/{place}").json
    assert (ended["status"], ended["withdrawn_reason"]) == ("withdrawn", "group_cancelled")
    assert desk.get(f"sessions/{session_id}").json["status"] == "cancelled"
    stopped = patch(desk, group_id, {"title": "X"}, If_Match='"2"')
    assert problem(stopped) == (409, "work_group_over", [])


def test_a_group_is_closed_with_who_completed_it(desk: Desk, hub_lead: Client) -> None:
    group_id = desk.group()
    places = desk.fill(group_id, teachers_n=2, schools_n=2)
    Desk(hub_lead).made(f"work-groups/{group_id}/confirmation", {"override_reason": "rural schools"})
    path, body = f"work-groups/{group_id}/closure", {"evaluation_submitted_on": "2025-10-09"}
    assert problem(desk.post(path, body)) == (409, "not_evaluating", [])
    session_id = desk.session(group_id)
    marks = register_body(places)
    marks["marks"][1]["mark"] = "absent"
    assert desk.put(f"sessions/{session_id}/register", marks, at=AFTER, If_Match='"1"').status == 200
    later = AFTER + timedelta(days=7)
    early = desk.post(path, {"evaluation_submitted_on": "2025-10-07"}, at=later)
    assert problem(early) == (422, "evaluation_before_last_session", ["/evaluation_submitted_on"])
    closed = desk.made(path, body, at=later)
    assert (closed["status"], closed["evaluation_submitted_on"], closed["teachers_n"]) == (
        "closed",
        "2025-10-09",
        2,
    )
    said = [desk.get(f"enrolments/{place}").json["status"] for place in places]
    assert said == ["completed", "not_completed"]


def two_groups(desk: Desk, **changes: Any) -> tuple[str, str]:
    """Two groups of one programme."""
    programme_id, lead = desk.made("programmes", programme_body())["programme_id"], desk.lead()
    body = group_body(programme_id, [lead], **changes)
    first, second = (desk.made("work-groups", body)["work_group_id"] for _ in range(2))
    return str(first), str(second)


def test_a_place_moves_to_another_group(desk: Desk) -> None:
    left, joined = two_groups(desk)
    (place,) = desk.fill(left, teachers_n=1, schools_n=1)
    path = f"enrolments/{place}/transfer"
    nowhere = problem(desk.post(path, {"work_group_id": str(uuid4())}))
    assert nowhere == (422, "unknown_work_group", ["/work_group_id"])
    elsewhere = problem(desk.post(path, {"work_group_id": desk.group()}))
    assert elsewhere == (422, "other_programme", ["/work_group_id"])
    moved = desk.post(path, {"work_group_id": joined})
    assert (moved.status, moved.json["transferred_from"], moved.json["work_group_id"]) == (201, place, joined)
    assert desk.at(moved).json == moved.json
    assert desk.get(f"enrolments/{place}").json["status"] == "transferred"
    assert problem(desk.post(path, {"work_group_id": joined})) == (409, "not_active", [])
    unknown = desk.post(f"enrolments/{uuid4()}/transfer", {"work_group_id": joined})
    assert problem(unknown) == (404, "unknown_enrolment", [])


def test_places_that_change_groups_at_once_neither_wait_for_ever_nor_overfill(desk: Desk) -> None:
    """Two groups of ten places, eight held in each: sixteen moves at once, both ways."""
    both = two_groups(desk, capacity=10)
    moves = [
        (place, there)
        for here, there in (both, both[::-1])
        for place in desk.fill(here, teachers_n=8, schools_n=2)
    ]

    def move(one: tuple[str, str]) -> str:
        reply = desk.post(f"enrolments/{one[0]}/transfer", {"work_group_id": one[1]})
        return "moved" if reply.status == 201 else problem(reply)[1]

    with ThreadPoolExecutor(16) as pool:
        said = Counter(pool.map(move, moves))
    assert set(said) <= {"moved", "work_group_full"}
    held = [desk.get(f"work-groups/{group_id}").json["teachers_n"] for group_id in both]
    assert sum(held) == 16
    assert max(held) <= 10


def test_one_place_sent_to_many_groups_at_once_moves_once(desk: Desk) -> None:
    left, joined = two_groups(desk)
    (place,) = desk.fill(left, teachers_n=1, schools_n=1)

    def move(_: int) -> int:
        return desk.post(f"enrolments/{place}/transfer", {"work_group_id": joined}).status

    with ThreadPoolExecutor(8) as pool:
        assert Counter(pool.map(move, range(8))) == {201: 1, 409: 7}
    assert desk.get(f"work-groups/{joined}").json["teachers_n"] == 1
