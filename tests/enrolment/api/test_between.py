"""Over HTTP: tasks, lesson studies and PD days."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from tests.enrolment.desk import V1, Desk, as_lead, day_body, problem, ready, study_body, task_body
from tests.enrolment.factories import MEETS, MONTH
from tests.support.services import Reply, RunningService


def code(reply: Reply) -> str:
    return "done" if reply.status < 300 else problem(reply)[1]


def test_a_task_is_set_reported_on_and_read(desk: Desk) -> None:
    group_id, sessions, (ada, _), _ = ready(desk)
    made = desk.post(f"work-groups/{group_id}/tasks", task_body(*sessions))
    assert (made.status, desk.at(made).json) == (201, made.json)
    assert desk.get(f"work-groups/{group_id}/tasks").json["items"] == [made.json]
    path = f"tasks/{made.json['task_id']}/reports"
    assert problem(desk.put(f"{path}/{ada}", {"status": "tried"}))[:2] == (428, "if_match_required")
    first = desk.put(f"{path}/{ada}", {"status": "tried", "pupils_n": 30}, If_None_Match="*")
    assert (first.status, first.headers["Etag"]) == (200, '"1"')
    assert problem(desk.put(f"{path}/{ada}", {"status": "reported"}, If_Match='"7"'))[:2] == (412, "stale")
    second = desk.put(f"{path}/{ada}", {"status": "reported"}, If_Match='"1"')
    assert desk.get(f"{path}/{ada}").json == second.json
    assert desk.get(path).json["items"] == [second.json]


def test_two_reports_at_once_do_not_overwrite_each_other(desk: Desk) -> None:
    group_id, sessions, (ada, _), _ = ready(desk)
    task_id = desk.made(f"work-groups/{group_id}/tasks", task_body(*sessions))["task_id"]
    path = f"tasks/{task_id}/reports/{ada}"
    with ThreadPoolExecutor(3) as pool:
        replies = pool.map(
            lambda status: desk.put(path, {"status": status}, If_None_Match="*"),
            ("tried", "reported", "discussed"),
        )
        assert Counter(map(code, replies)) == {"done": 1, "stale": 2}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [({"prompt": " "}, "/prompt"), ({"set_in_session_id": "first"}, "/set_in_session_id")],
)
def test_a_broken_task_is_refused(desk: Desk, changes: dict[str, Any], pointer: str) -> None:
    body = task_body(str(uuid4()), str(uuid4())) | changes
    assert problem(desk.post(f"work-groups/{desk.group()}/tasks", body)) == (422, "invalid", [pointer])


def test_a_lesson_study_goes_its_way(desk: Desk) -> None:
    group_id, _, places, host = ready(desk)
    path = f"work-groups/{group_id}/lesson-studies"
    made = desk.post(path, study_body(places, host))
    assert (made.status, made.json["status"], made.json["warnings"]) == (201, "planned", [])
    assert desk.made(path, study_body(places, host))["warnings"] == ["second_in_term", "planner_again"]
    one = f"lesson-studies/{made.json['cycle_id']}"
    note = {"learning_note": "Bars helped."}
    assert problem(desk.post(f"{one}/review", note))[:2] == (409, "not_taught")
    assert problem(desk.post(f"{one}/taught", {}))[:2] == (422, "lesson_to_come")
    assert desk.post(f"{one}/taught", {}, at=MEETS).json["status"] == "taught"
    assert desk.post(f"{one}/review", note, at=MEETS + MONTH).json["learning_note"] == "Bars helped."
    assert desk.at(made).headers["Etag"] == '"3"'
    assert len(desk.get(path).json["items"]) == 2


def test_a_lead_sees_and_changes_what_is_between_their_own_sessions(
    enrolment: RunningService, desk: Desk
) -> None:
    lead = desk.lead()
    led = Desk(as_lead(enrolment, lead))
    for allowed, leads in ((True, [lead]), (False, None)):
        group_id, sessions, places, host = ready(desk, lead_ids=leads)
        task_id = desk.made(f"work-groups/{group_id}/tasks", task_body(*sessions))["task_id"]
        cycle = desk.made(f"work-groups/{group_id}/lesson-studies", study_body(places, host))
        one, reports = f"lesson-studies/{cycle['cycle_id']}", f"tasks/{task_id}/reports"
        replies = [
            led.post(f"work-groups/{group_id}/tasks", task_body(*sessions)),
            led.get(f"work-groups/{group_id}/tasks"),
            led.get(f"tasks/{task_id}"),
            led.put(f"{reports}/{places[0]}", {"status": "reported"}, If_None_Match="*"),
            led.get(reports),
            led.get(f"{reports}/{places[0]}"),
            led.post(f"work-groups/{group_id}/lesson-studies", study_body(places, host)),
            led.get(f"work-groups/{group_id}/lesson-studies"),
            led.get(one),
            led.post(f"{one}/taught", {}, at=MEETS),
            led.post(f"{one}/review", {"learning_note": "Bars helped."}, at=MEETS),
        ]
        assert {code(reply) for reply in replies} == {"done" if allowed else "not_your_work_group"}
        if allowed:
            back = {"status": "tried"}
            refused = led.put(f"{reports}/{places[0]}", back, If_Match='"1"')
            assert problem(refused)[:2] == (409, "status_backwards")
            assert desk.put(f"{reports}/{places[0]}", back, If_Match='"1"').status == 200


def test_the_last_places_of_a_day_are_given_once(desk: Desk) -> None:
    day_id = desk.made("pd-days", day_body(capacity=3))["pd_day_id"]
    (school,) = desk.schools()
    teachers = [desk.teacher(school) for _ in range(12)]
    path = f"pd-days/{day_id}/registrations"
    with ThreadPoolExecutor(12) as pool:
        replies = pool.map(lambda one: desk.post(path, {"teacher_id": one}), teachers)
        assert Counter(map(code, replies)) == {"done": 3, "pd_day_full": 9}
    assert len(desk.get(path).json["items"]) == 3


def test_a_day_is_held_and_corrected(desk: Desk) -> None:
    made = desk.post("pd-days", day_body(title="Reasoning together"))
    one = f"pd-days/{made.json['pd_day_id']}"
    (school,) = desk.schools()
    ada, emmy = sorted(desk.teacher(school) for _ in range(2))
    assert problem(desk.put(f"{one}/register", {"teacher_ids": [ada]}, at=MEETS))[:2] == (
        428,
        "if_match_required",
    )
    taken = desk.put(f"{one}/register", {"teacher_ids": [emmy, ada]}, at=MEETS, If_Match='"1"')
    assert taken.json["attendances"] == [{"teacher_id": each, "urn": school} for each in (ada, emmy)]
    stale = desk.put(f"{one}/register", {"teacher_ids": [ada]}, at=MEETS, If_Match='"1"')
    assert problem(stale)[:2] == (412, "stale")
    corrected = desk.put(f"{one}/register", {"teacher_ids": [ada]}, at=MEETS, If_Match='"2"')
    assert desk.get(f"{one}/register").json == corrected.json
    assert problem(desk.post(f"{one}/cancellation", {"reason": "weather"}))[:2] == (409, "pd_day_held")
    assert desk.at(made).json["status"] == "held"


@pytest.mark.parametrize(
    ("changes", "code_", "pointer"),
    [
        ({"theme": "With Dr Noether"}, "invalid", "/theme"),
        ({"theme": "a\n"}, "invalid", "/theme"),
        ({"kind": "party"}, "invalid", "/kind"),
        ({"capacity": 0}, "invalid", "/capacity"),
        ({"on": "9999-12-31"}, "invalid", "/on"),
        (
            {"registration_closes_at": "2025-10-09T23:00:01Z"},
            "closes_after_day",
            "/registration_closes_at",
        ),
    ],
)
def test_a_day_that_cannot_be_is_refused(
    desk: Desk, changes: dict[str, Any], code_: str, pointer: str
) -> None:
    assert problem(desk.post("pd-days", day_body(**changes))) == (422, code_, [pointer])


def test_cancelled_day_accepts_no_registration(desk: Desk) -> None:
    day_id = desk.made("pd-days", day_body())["pd_day_id"]
    desk.made(f"pd-days/{day_id}/cancellation", {"reason": "weather"})
    teacher_id = desk.teacher(desk.schools()[0])
    reply = desk.post(f"pd-days/{day_id}/registrations", {"teacher_id": teacher_id})
    assert problem(reply)[:2] == (409, "pd_day_cancelled")


def test_days_are_read_by_those_who_read_schools(enrolment: RunningService, desk: Desk) -> None:
    day_id = desk.made("pd-days", day_body())["pd_day_id"]
    for role in ("pd_lead", "board", "work_group_lead"):
        client = enrolment.client(role)
        assert client("GET", f"{V1}/pd-days/{day_id}").status == 200
        assert client("GET", f"{V1}/pd-days").status == 200
        assert problem(client("GET", f"{V1}/pd-days/{day_id}/register"))[:2] == (403, "forbidden")


@pytest.mark.parametrize(
    ("path", "code_"),
    [
        ("pd-days/{}", "unknown_pd_day"),
        ("tasks/{}", "unknown_task"),
        ("lesson-studies/{}", "unknown_lesson_study"),
    ],
)
def test_what_is_unknown_is_404(desk: Desk, path: str, code_: str) -> None:
    assert problem(desk.get(path.format(uuid4())))[:2] == (404, code_)
