"""Many at once: the last places, the same number, the same register, the same file."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

from tests.enrolment.desk import (
    Desk,
    group_body,
    participant,
    problem,
    programme_body,
    register_body,
    session_body,
    teacher_body,
)
from tests.enrolment.factories import DAY, MEETS
from tests.enrolment.register_files import gias, row
from tests.support.services import Reply

SERIES = {
    "pattern": {"repeats": "weekly", "weekday": "wednesday", "every": 1},
    "first_on": MEETS.date().isoformat(),
    "count": 1,
    "starts": "14:00",
    "ends": "16:00",
    "mode": "online",
}


def code(reply: Reply) -> str:
    return "done" if reply.status < 300 else problem(reply)[1]


def test_fifty_at_once_get_exactly_the_last_five_places(desk: Desk) -> None:
    group_id = desk.group(capacity=8)
    desk.fill(group_id, teachers_n=3, schools_n=2)
    (school,) = desk.schools()
    teachers = [desk.teacher(school) for _ in range(50)]

    def ask(teacher_id: str) -> str:
        body = {"teacher_id": teacher_id, "role": "participant"}
        return code(desk.post(f"work-groups/{group_id}/enrolments", body))

    with ThreadPoolExecutor(50) as pool:
        assert Counter(pool.map(ask, teachers)) == {"done": 5, "work_group_full": 45}
    assert desk.get(f"work-groups/{group_id}").json["teachers_n"] == 8


def test_one_teacher_asking_many_times_gets_one_place(desk: Desk) -> None:
    group_id, teacher_id = desk.group(), desk.teacher(desk.schools()[0])
    body = {"teacher_id": teacher_id, "role": "participant"}

    with ThreadPoolExecutor(10) as pool:
        replies = pool.map(lambda _: desk.post(f"work-groups/{group_id}/enrolments", body), range(10))
        assert Counter(map(code, replies)) == {"done": 1, "already_enrolled": 9}


def test_one_reference_number_sent_many_times_makes_one_teacher(desk: Desk) -> None:
    body = teacher_body(desk.schools()[0], trn="6660001")
    with ThreadPoolExecutor(10) as pool:
        replies = pool.map(lambda _: desk.post("teachers", body), range(10))
        assert Counter(map(code, replies)) == {"done": 1, "trn_taken": 9}


def test_sessions_scheduled_at_once_have_numbers_without_gaps(desk: Desk) -> None:
    group_id = desk.group()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: desk.session(group_id, starts_at=MEETS + n * DAY), range(8)))
    listed = desk.get(f"work-groups/{group_id}/sessions").json["items"]
    assert [one["seq"] for one in listed] == list(range(1, 9))


def test_of_sessions_asked_for_at_once_at_one_time_one_is_scheduled(desk: Desk) -> None:
    group_id = desk.group()
    others = [desk.session(group_id, starts_at=MEETS + n * DAY) for n in (1, 2)]
    onto = session_body(MEETS + timedelta(hours=1))
    del onto["mode"]
    asked = [(f"work-groups/{group_id}/sessions", session_body()) for _ in range(3)]
    asked += [(f"sessions/{other}/reschedule", onto) for other in others]
    asked += [(f"work-groups/{group_id}/session-series", SERIES) for _ in range(3)]

    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda one: desk.post(*one), asked))
    assert Counter(map(code, replies)) == {"done": 1, "session_overlaps": 7}


def test_of_places_asked_for_at_once_by_every_way_none_is_past_the_maximum(desk: Desk) -> None:
    of = {"max_teachers": 4, "min_teachers": 1, "min_schools": 1}
    programme_id = desk.made("programmes", programme_body(**of))["programme_id"]
    lead_ids = [desk.lead()]
    group_id, other = (
        desk.made("work-groups", group_body(programme_id, lead_ids, capacity=9))["work_group_id"]
        for _ in range(2)
    )
    gone, *_ = desk.fill(group_id, teachers_n=3, schools_n=1)
    desk.made(f"work-groups/{group_id}/confirmation", {})
    desk.made(f"enrolments/{gone}/withdrawal", {"reason": "workload"})
    places = desk.fill(other, teachers_n=3, schools_n=1)
    teachers = [desk.teacher(desk.schools()[0]) for _ in range(3)]
    asked: list[tuple[str, dict[str, Any]]] = [
        (f"enrolments/{place}/transfer", {"work_group_id": group_id}) for place in places
    ]
    asked += [(f"work-groups/{group_id}/enrolments", participant(one)) for one in teachers]
    asked.append((f"enrolments/{gone}/withdrawal/undo", {"reason": "The wrong Ada was withdrawn."}))

    with ThreadPoolExecutor(7) as pool:
        replies = list(pool.map(lambda one: desk.post(*one), asked))
    assert Counter(map(code, replies)) == {"done": 2, "work_group_full": 5}
    assert desk.get(f"work-groups/{group_id}").json["teachers_n"] == 4


def test_two_leads_marking_at_once_do_not_overwrite_each_other(desk: Desk) -> None:
    group_id = desk.group()
    places = desk.fill(group_id, teachers_n=2, schools_n=1)
    path = f"sessions/{desk.session(group_id)}/register"
    marks = ("present", "late", "absent", "apologies")

    with ThreadPoolExecutor(4) as pool:
        replies = pool.map(
            lambda mark: desk.put(path, register_body(places, mark), at=MEETS, If_Match='"1"'), marks
        )
        assert Counter(map(code, replies)) == {"done": 1, "stale": 3}


def test_the_same_file_imported_at_once_is_imported_once(desk: Desk) -> None:
    raw = gias(*[row() for _ in range(50)])
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: desk.post("imports/gias?mode=apply", raw), range(4)))
    taken = [reply.json["created"] for reply in replies if reply.status == 200]
    # One account has two register files in the line at most; the others are asked to come again.
    assert {code(reply) for reply in replies if reply.status != 200} <= {"busy"}
    assert len(taken) >= 2
    assert sorted([*taken, desk.imports(raw)["created"]], reverse=True) == [50, *[0] * len(taken)]
