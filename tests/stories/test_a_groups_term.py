"""A term of one work group: sessions, registers, the task in between, a lesson studied together."""

from datetime import timedelta
from typing import Any

from tests.enrolment.desk import Desk, problem, register_body
from tests.enrolment.factories import MEETS
from tests.stories.conftest import desk_of_lead
from tests.system.conftest import Office

DAY = timedelta(days=1)


def meet(group_id: str, desk: Desk, count: int = 3) -> list[dict[str, Any]]:
    """Every fourth Wednesday, after school."""
    pattern = {"repeats": "weekly", "every": 4, "weekday": "wednesday"}
    body = {"pattern": pattern, "first_on": "2025-10-08", "count": count}
    times = {"starts": "16:00", "ends": "18:00", "mode": "online"}
    sessions: list[dict[str, Any]] = desk.made(f"work-groups/{group_id}/session-series", body | times)[
        "sessions"
    ]
    return sessions


def test_a_terms_sessions_are_put_in_the_diary_at_once(office: Office, desk: Desk) -> None:
    """A dry run first; then the series; one session moves because of the weather, another is called off."""
    group_id = desk.group()
    desk.fill(group_id, teachers_n=2, schools_n=1)
    path = f"work-groups/{group_id}/session-series"
    body = {
        "pattern": {"repeats": "weekly", "every": 1, "weekday": "thursday"},
        "first_on": "2025-12-18",
        "count": 2,
        "starts": "16:00",
        "ends": "18:00",
        "mode": "online",
        "dry_run": True,
    }
    told = desk.made(path, body)
    assert told["warnings"] == [{"on": "2025-12-25", "reason": "bank_holiday"}]
    assert desk.get(f"work-groups/{group_id}/sessions").json["items"] == []

    first, second, third = meet(group_id, desk)
    assert first["starts_at"] == "2025-10-08T15:00:00+00:00", "four o'clock in summer time"
    assert third["starts_at"] == "2025-12-03T16:00:00+00:00", "four o'clock in winter time"
    moved = desk.made(
        f"sessions/{second['session_id']}/reschedule",
        {"starts_at": "2025-11-12T16:00:00Z", "ends_at": "2025-11-12T18:00:00Z", "mode": "online"},
    )
    assert moved["ics_sequence"] == 1
    off = desk.made(f"sessions/{third['session_id']}/cancellation", {"reason": "lead_unavailable"})
    assert (off["status"], off["cancelled_reason"]) == ("cancelled", "lead_unavailable")
    office.settle()
    assert office.parked() == 0


def test_the_register_of_an_afternoon(office: Office, desk: Desk) -> None:
    """Apologies in the morning, marks after it, two people at once, and a mistake put right."""
    lead = desk.lead()
    group_id = desk.group(lead_ids=[lead])
    ada, emmy, mary = desk.fill(group_id, teachers_n=3, schools_n=2)
    session_id = desk.session(group_id)
    at_hand, office_desk = desk_of_lead(office, lead), desk
    evening = MEETS + timedelta(hours=4)

    morning = at_hand.post(f"sessions/{session_id}/apologies", {"enrolment_id": mary})
    assert morning.status == 201
    seen = morning.headers["Etag"]
    marks = register_body([ada, emmy])
    marks["marks"].append({"enrolment_id": mary, "mark": "apologies"})
    path = f"sessions/{session_id}/register"
    taken = at_hand.put(path, marks, at=evening, If_Match=seen)
    assert taken.status == 200
    crossed = office_desk.put(path, register_body([ada, emmy, mary]), at=evening, If_Match=seen)
    assert problem(crossed)[:2] == (412, "stale"), "who was slower sees it, and nothing is overwritten"

    week_later = MEETS + 8 * DAY
    late = at_hand.put(path, register_body([ada, emmy, mary]), at=week_later, If_Match=taken.headers["Etag"])
    assert problem(late)[:2] == (409, "register_locked")
    wrong = {"enrolment_id": emmy, "mark": "absent", "reason": "register_mistake"}
    put_right = office_desk.post(f"sessions/{session_id}/corrections", wrong, at=week_later)
    assert {one["enrolment_id"]: one["mark"] for one in put_right.json["marks"]} == {
        ada: "present",
        emmy: "absent",
        mary: "apologies",
    }
    office.settle()
    assert office.parked() == 0


def test_a_task_between_two_sessions(office: Office, desk: Desk) -> None:
    """Set in the first session, tried in class, reported on before the second, and no pupil is named."""
    lead = desk.lead()
    group_id = desk.group(lead_ids=[lead])
    ada, emmy = desk.fill(group_id, teachers_n=2, schools_n=1)
    first, second = (one["session_id"] for one in meet(group_id, desk, count=2))
    at_hand = desk_of_lead(office, lead)
    task = {"set_in_session_id": first, "due_before_session_id": second, "prompt": "Try a bar model."}
    refused = at_hand.post(
        f"work-groups/{group_id}/tasks", task | {"set_in_session_id": second, "due_before_session_id": first}
    )
    assert refused.status == 422
    task_id = at_hand.made(f"work-groups/{group_id}/tasks", task)["task_id"]
    reports = f"tasks/{task_id}/reports"
    report = {"status": "reported", "pupils_n": 28}
    assert at_hand.put(f"{reports}/{ada}", report, If_None_Match="*").status == 200
    assert at_hand.put(f"{reports}/{emmy}", {"status": "tried"}, If_None_Match="*").status == 200
    assert [one["status"] for one in at_hand.get(reports).json["items"]] == ["reported", "tried"]


def test_a_lesson_is_studied_together(office: Office, desk: Desk) -> None:
    """Planned by two, taught by one at her school, and talked over after it."""
    lead = desk.lead()
    group_id = desk.group(lead_ids=[lead])
    ada, emmy = desk.fill(group_id, teachers_n=2, schools_n=1)
    host = desk.get(f"enrolments/{ada}").json["urn"]
    at_hand = desk_of_lead(office, lead)
    plan = {"host_urn": host, "teacher_enrolment_id": ada, "planner_enrolment_ids": [ada, emmy]}
    what = {"focus": "reasoning", "lesson_at": MEETS.isoformat()}
    planned = at_hand.made(f"work-groups/{group_id}/lesson-studies", plan | what)
    one = f"lesson-studies/{planned['cycle_id']}"
    learned = {"learning_note": "Drawing the bar first slowed all pupils down, to the good."}
    assert problem(at_hand.post(f"{one}/review", learned))[:2] == (409, "not_taught")
    assert at_hand.post(f"{one}/taught", {}, at=MEETS).json["status"] == "taught"
    assert at_hand.post(f"{one}/review", learned, at=MEETS + DAY).json["status"] == "reviewed"


def test_a_lead_has_her_own_groups_before_her_and_no_others(office: Office, desk: Desk) -> None:
    """The role scopes: what a lead may see is what she leads."""
    lead = desk.lead()
    own, other = desk.group(lead_ids=[lead]), desk.group()
    places = desk.fill(other, teachers_n=1, schools_n=1)
    session_id = desk.session(other)
    at_hand = desk_of_lead(office, lead)
    assert [one["work_group_id"] for one in at_hand.get("work-groups").json["items"]] == [own]
    replies = [
        at_hand.get(f"work-groups/{other}"),
        at_hand.get(f"work-groups/{other}/enrolments"),
        at_hand.get(f"sessions/{session_id}"),
        at_hand.get(f"enrolments/{places[0]}"),
        at_hand.put(f"sessions/{session_id}/register", register_body(places), at=MEETS, If_Match='"1"'),
    ]
    assert {problem(reply)[:2] for reply in replies} == {(403, "not_your_work_group")}
    assert problem(at_hand.get("teachers"))[:2] == (403, "forbidden")


def test_attendance_sheet_and_certificate_are_printed(office: Office, desk: Desk) -> None:
    """A sheet to sign before the session; after the group has closed a certificate for who completed it."""
    lead = desk.lead()
    group_id = desk.group(lead_ids=[lead])
    places = desk.fill(group_id, teachers_n=10, schools_n=6)
    desk.made(f"work-groups/{group_id}/confirmation", {})
    session_id = desk.session(group_id)
    at_hand = desk_of_lead(office, lead)
    sheet = at_hand.get(f"sessions/{session_id}/attendance-sheet")
    assert (sheet.status, sheet.headers["Content-Type"], sheet.body[:5]) == (200, "application/pdf", b"%PDF-")

    certificate = f"enrolments/{places[0]}/certificate"
    assert problem(desk.get(certificate))[:2] == (409, "not_completed")
    evening = MEETS + timedelta(hours=4)
    register = f"sessions/{session_id}/register"
    assert at_hand.put(register, register_body(places), at=evening, If_Match='"1"').status == 200
    closure = {"evaluation_submitted_on": "2025-10-09"}
    closed = desk.made(f"work-groups/{group_id}/closure", closure, at=evening + DAY)
    assert closed["status"] == "closed"
    paper = desk.get(certificate)
    assert (paper.status, paper.body[:5]) == (200, b"%PDF-")
    assert desk.get(f"enrolments/{places[0]}").json["status"] == "completed"
