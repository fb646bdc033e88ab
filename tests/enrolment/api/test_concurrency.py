"""Many at once: the last places, the same number, the same register, the same file."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from tests.enrolment.desk import Desk, problem, register_body, teacher_body
from tests.enrolment.factories import MEETS
from tests.enrolment.register_files import gias, row
from tests.support.services import Reply


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
        list(pool.map(lambda _: desk.session(group_id), range(8)))
    listed = desk.get(f"work-groups/{group_id}/sessions").json["items"]
    assert [one["seq"] for one in listed] == list(range(1, 9))


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
