"""Over HTTP: more teachers than the programme has at most take a hub lead's reason, whichever way is used."""

from typing import Any
from uuid import uuid4

from tests.enrolment.desk import Desk, group_body, participant, problem, programme_body, register_body
from tests.enrolment.factories import MEETS
from tests.enrolment.lists import as_csv, line
from tests.support.services import Client, Reply

OF = {"max_teachers": 3, "min_teachers": 2, "min_schools": 1}
REASON = "The hall is large, and the schools send two more."


def confirmed(desk: Desk, *, capacity: int | None = None) -> str:
    """A confirmed group at its programme's maximum of three."""
    programme_id = desk.made("programmes", programme_body(**OF))["programme_id"]
    body = group_body(programme_id, [desk.lead()], capacity=capacity)
    group_id = str(desk.made("work-groups", body)["work_group_id"])
    desk.fill(group_id, teachers_n=3, schools_n=3)
    assert desk.made(f"work-groups/{group_id}/confirmation", {})["status"] == "confirmed"
    return group_id


def change(desk: Desk, group_id: str, body: dict[str, Any]) -> Reply:
    path = f"/enrolment/v1/work-groups/{group_id}"
    return desk.client("PATCH", path, body, If_Match=desk.client("GET", path).headers["Etag"])


def test_a_capacity_past_the_maximum_takes_a_hub_leads_reason(desk: Desk, hub_lead: Client) -> None:
    group_id, lead = confirmed(desk), Desk(hub_lead)
    more = {"capacity": 5}
    assert problem(change(desk, group_id, more)) == (422, "too_many_teachers", ["/capacity"])
    assert problem(change(lead, group_id, more)) == (422, "too_many_teachers", ["/capacity"])
    refused = change(desk, group_id, more | {"override_reason": REASON})
    assert problem(refused)[:2] == (403, "override_needs_hub_lead")
    assert problem(change(lead, group_id, more | {"override_reason": " "}))[:2] == (422, "invalid")
    shown = change(lead, group_id, more | {"override_reason": REASON}).json
    assert (shown["capacity"], shown["allowed_teachers"], shown["allowed_reason"]) == (5, 5, REASON)
    desk.fill(group_id, teachers_n=2, schools_n=2)
    assert desk.get(f"work-groups/{group_id}").json["teachers_n"] == 5


def test_a_capacity_that_was_larger_before_gives_no_more_places(desk: Desk, hub_lead: Client) -> None:
    group_id = confirmed(desk, capacity=5)
    path = f"work-groups/{group_id}/enrolments"
    body = participant(desk.teacher(desk.schools()[0]))
    assert problem(desk.post(path, body))[:2] == (409, "work_group_full")
    assert problem(desk.post(path, body | {"override_reason": REASON}))[:2] == (
        403,
        "override_needs_hub_lead",
    )
    place = Desk(hub_lead).made(path, body | {"override_reason": REASON})
    assert (place["status"], place["override_reason"]) == ("active", REASON)


def test_a_list_past_the_maximum_is_refused_row_by_row(desk: Desk) -> None:
    group_id, (urn,) = confirmed(desk, capacity=5), desk.schools()
    raw = as_csv(line(urn, email=f"{uuid4()}@school.example"))
    seen = desk.made(f"work-groups/{group_id}/uploads?mode=preview", raw)
    assert [one["code"] for one in seen["problems"]] == ["work_group_full"]


def test_a_group_that_met_unconfirmed_runs_and_is_not_cancelled(desk: Desk) -> None:
    group_id = desk.group()
    places = desk.fill(group_id, teachers_n=2, schools_n=1)
    session_id = desk.session(group_id)
    reply = desk.put(f"sessions/{session_id}/register", register_body(places), at=MEETS, If_Match='"1"')
    assert reply.status == 200, reply.body
    shown = desk.get(f"work-groups/{group_id}").json
    assert (shown["status"], shown["confirmed_at"]) == ("running", None)
    refused = desk.post(f"work-groups/{group_id}/cancellation", {"reason": "funding"})
    assert problem(refused)[:2] == (409, "not_cancellable")
