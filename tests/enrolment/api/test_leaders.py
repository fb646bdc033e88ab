"""Over HTTP: leadership roles are ended and listed; the end of a PD lead's says what is still assigned."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from tests.enrolment.answering import ADA_LEADS, visits
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


def test_the_end_of_a_pd_leads_role_says_what_is_still_assigned(publishers: str, desk: Desk) -> None:
    role = appointed(desk, role="pd_lead")
    path = f"leaders/{role['leader_role_id']}/end"
    with visits(publishers, {"result": [ADA_LEADS], "error": None}) as asked:
        reply = desk.post(path, {"ends_on": "2025-12-31"}, Idempotency_Key=role["leader_role_id"])
    assert asked == [("visits.assignments_after", [[role["teacher_id"]], "2025-12-31"])]
    assert (reply.status, reply.headers["Etag"]) == (200, '"2"')
    told = {"still_assigned": [ADA_LEADS], "warnings": reply.json["warnings"]}
    assert reply.json == role | {"ends_on": "2025-12-31"} | told
    (warning,) = reply.json["warnings"]
    assert warning["reason"] == "still_assigned"
    assert "After 31 December 2025 this person still has 1 assignment" in warning["detail"]
    again = desk.post(path, {"ends_on": "2025-12-31"}, Idempotency_Key=role["leader_role_id"])
    assert again.body == reply.body, "a repeat is answered as the first time, without asking again"


NOTHING: dict[str, Any] = {"result": [], "error": None}
AN_ERROR = {"result": None, "error": {"exc_type": "RuntimeError", "value": "RuntimeError"}}


@pytest.mark.parametrize(
    ("said", "still_assigned", "reasons"),
    [
        (NOTHING, [], []),
        (AN_ERROR, None, ["assignments_unknown"]),
        ({"result": [{"urn": "110623"}], "error": None}, None, ["assignments_unknown"]),
        (None, None, ["assignments_unknown"]),  # it takes the question and stays silent
        ("away", None, ["assignments_unknown"]),
    ],
    ids=["nothing", "error", "another form", "silent", "away"],
)
def test_a_role_ends_whatever_visits_answers(
    publishers: str, desk: Desk, said: Any, still_assigned: Any, reasons: list[str]
) -> None:
    role = appointed(desk, role="pd_lead")
    path, key = f"leaders/{role['leader_role_id']}", role["leader_role_id"]
    last_day = {"ends_on": "2025-12-31"}
    if said == "away":
        reply = desk.post(f"{path}/end", last_day, Idempotency_Key=key)
    else:
        with visits(publishers, said):
            reply = desk.post(f"{path}/end", last_day, Idempotency_Key=key)
    assert (reply.status, reply.json["still_assigned"]) == (200, still_assigned)
    assert [one["reason"] for one in reply.json["warnings"]] == reasons
    if reasons:
        assert "GET /visits/v1/assignments?without_lead=true" in reply.json["warnings"][0]["detail"]
    assert desk.get(path).json == role | last_day
    assert desk.post(f"{path}/end", last_day, Idempotency_Key=key).body == reply.body


def test_a_refused_end_asks_visits_nothing(publishers: str, desk: Desk) -> None:
    role = appointed(desk, role="pd_lead")
    with visits(publishers, NOTHING) as asked:
        reply = desk.post(f"leaders/{role['leader_role_id']}/end", {"ends_on": "2025-08-31"})
    assert (problem(reply)[1], asked) == ("ends_before_start", [])
