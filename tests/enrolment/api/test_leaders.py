"""Over HTTP: leadership roles are ended and listed."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from tests.enrolment.desk import Desk, leader_body, problem


def appointed(desk: Desk, **changes: Any) -> Any:
    return desk.made("leaders", leader_body(desk.teacher(desk.schools()[0]), **changes))


def test_roles_are_ended_and_listed(desk: Desk) -> None:
    one = appointed(desk, role="mastery_specialist", cohort="Cohort 9")
    other = appointed(desk, role="mastery_specialist")
    assert (one["cohort"], other["cohort"]) == ("Cohort 9", None)
    reply = desk.post(f"leaders/{one['leader_role_id']}/end", {"ends_on": "2025-09-30"})
    assert (reply.status, reply.headers["Etag"]) == (200, '"2"')
    assert reply.json == one | {"ends_on": "2025-09-30"}

    def found(query: str, day: str) -> list[str]:
        path = f"/enrolment/v1/leaders?role=mastery_specialist&{query}"
        listed = desk.client("GET", path, Hub_Time=f"{day}T12:00:00Z").json["items"]
        return [role["leader_role_id"] for role in listed]

    both = [one["leader_role_id"], other["leader_role_id"]]
    assert found("current=true", "2025-09-30") == both
    assert found("current=true", "2025-10-01") == both[1:]
    assert found("current=false", "2025-10-01") == both[:1]
    assert found("current=true", "2025-08-31") == []
    assert found("limit=2", "2025-10-01") == both
    assert problem(desk.get("leaders?role=king"))[:2] == (400, "bad_parameter")


def test_one_role_ended_many_times_at_once_ends_once(desk: Desk) -> None:
    role_id = appointed(desk, role="administrator")["leader_role_id"]
    with ThreadPoolExecutor(6) as pool:
        ask = {"ends_on": "2025-10-31"}
        replies = list(pool.map(lambda _: desk.post(f"leaders/{role_id}/end", ask), range(6)))
    assert Counter(reply.status for reply in replies) == {200: 1, 409: 5}
    assert {problem(reply)[1] for reply in replies if reply.status == 409} == {"already_ended"}
