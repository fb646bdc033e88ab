"""Venues and joining links over HTTP and RPC: who may set and see them, what is refused, what is logged."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from nameko.standalone.rpc import ClusterRpcProxy
from tests.enrolment.desk import Desk, as_lead, problem, session_body
from tests.enrolment.factories import MEETS, NOW
from tests.support.services import RunningService

LINK, OTHER_LINK = "https://meet.example/first?pwd=x1", "https://meet.example/second?pwd=x2"
BAD_LINKS = (
    "http://meet.example/1",
    "https://ada:secret@meet.example/1",  # pragma: allowlist secret
    "https://meet.example/\u2028x",
    "https://meet.example/".ljust(2001, "x"),
    "",
)
SERIES = {
    "pattern": {"repeats": "weekly", "every": 2, "weekday": "wednesday"},
    "first_on": "2025-11-05",
    "count": 2,
    "starts": "16:00",
    "ends": "18:00",
    "mode": "online",
}


def patch(desk: Desk, group_id: str, body: dict[str, Any]) -> Any:
    etag = desk.get(f"work-groups/{group_id}").headers["Etag"]
    path = f"/enrolment/v1/work-groups/{group_id}"
    return desk.client("PATCH", path, body, If_Match=etag, Hub_Time=NOW.isoformat())


def test_a_group_and_its_sessions_are_given_locations(desk: Desk) -> None:
    group_id = desk.group(mode="online", joining_link=f"  {LINK} ", venue=" Ely ")
    read = desk.get(f"work-groups/{group_id}").json
    assert (read["venue"], read["joining_link"], read["mode"]) == ("Ely", LINK, "online")
    body = session_body(venue="Room 2", joining_link=OTHER_LINK)
    made = desk.made(f"work-groups/{group_id}/sessions", body)
    path = f"sessions/{made['session_id']}"
    assert (made["venue"], made["joining_link"]) == ("Room 2", OTHER_LINK)
    desk.made(f"work-groups/{group_id}/session-series", SERIES | {"venue": "Room 3"})
    listed = desk.get(f"work-groups/{group_id}/sessions").json["items"]
    assert [(one["venue"], one["joining_link"]) for one in listed] == [
        ("Room 2", OTHER_LINK),
        ("Room 3", None),
        ("Room 3", None),
    ]
    times = session_body() | {"mode": "online"}
    kept = desk.made(f"{path}/reschedule", times)
    assert (kept["venue"], kept["ics_sequence"]) == ("Room 2", 0)
    taken = desk.made(f"{path}/reschedule", times | {"venue": None, "joining_link": None})
    assert (taken["venue"], taken["joining_link"], taken["ics_sequence"]) == (None, None, 1)
    changed = patch(desk, group_id, {"joining_link": OTHER_LINK, "venue": None})
    assert (changed.status, changed.json["joining_link"], changed.json["venue"]) == (200, OTHER_LINK, None)
    read = desk.get(path).json
    assert (read["ics_sequence"], read["status"], read["joining_link"]) == (2, "rescheduled", None)


@pytest.mark.parametrize("link", BAD_LINKS)
def test_a_bad_link_is_refused_with_its_pointer_and_not_repeated(desk: Desk, link: str) -> None:
    group_id = desk.group()
    session_id = desk.session(group_id)
    body: dict[str, Any] = {"joining_link": link}
    programme_id = desk.get(f"work-groups/{group_id}").json["programme_id"]
    opened = {"programme_id": programme_id, "title": "Ratio", "lead_ids": [desk.lead()]}
    opened |= {"opens_at": "2025-06-01T00:00:00Z", "closes_at": "2025-10-01T00:00:00Z"}
    for reply in (
        desk.post("work-groups", opened | body),
        patch(desk, group_id, body),
        desk.post(f"work-groups/{group_id}/sessions", session_body(**body)),
        desk.post(f"work-groups/{group_id}/session-series", SERIES | body),
        desk.post(f"sessions/{session_id}/reschedule", session_body(**body)),
    ):
        assert problem(reply) == (422, "bad_joining_link", ["/joining_link"])
        assert not link or link not in reply.json["detail"]


@pytest.mark.parametrize(
    "body", [{"venue": "Ely\nRoom 2"}, {"venue": ""}, {"venue": "x" * 201}, {"joining_link": 1}]
)
def test_a_location_that_is_no_line_of_text_is_invalid(desk: Desk, body: dict[str, Any]) -> None:
    group_id = desk.group()
    session_id = desk.session(group_id)
    for reply in (
        patch(desk, group_id, body),
        desk.post(f"work-groups/{group_id}/sessions", session_body(**body)),
        desk.post(f"work-groups/{group_id}/session-series", SERIES | body),
        desk.post(f"sessions/{session_id}/reschedule", session_body(**body)),
    ):
        assert problem(reply) == (422, "invalid", [f"/{name}" for name in body])
    assert patch(desk, group_id, {"venue": "x" * 200}).status == 200


def test_only_hub_staff_and_the_groups_leads_see_the_link(enrolment: RunningService, desk: Desk) -> None:
    lead, other = desk.lead(), desk.lead()
    group_id = desk.group(lead_ids=[lead], joining_link=LINK)
    made = desk.made(f"work-groups/{group_id}/sessions", session_body(joining_link=OTHER_LINK))
    paths = (f"work-groups/{group_id}", f"work-groups/{group_id}/sessions", f"sessions/{made['session_id']}")
    readers = [desk, Desk(enrolment.client("hub_lead")), Desk(as_lead(enrolment, lead))]
    for path in paths:
        assert all("meet.example" in reader.get(path).body.decode() for reader in readers)
    others = [Desk(as_lead(enrolment, other))]
    others += [Desk(enrolment.client(role)) for role in ("pd_lead", "board", "subscriber")]
    for reader in others:
        for path in paths:
            reply = reader.get(path)
            assert (reply.status, b"meet.example" in reply.body) == (403, False)
        assert b"meet.example" not in reader.get("work-groups").body


def test_links_are_asked_for_over_rpc(publishers: str, desk: Desk) -> None:
    group_id = desk.group(joining_link=LINK, venue="Ely")
    inherits = desk.session(group_id)
    own = session_body(MEETS + timedelta(days=1), joining_link=OTHER_LINK)
    owns = desk.made(f"work-groups/{group_id}/sessions", own)["session_id"]
    in_person = session_body(MEETS + timedelta(days=7), mode="in_person")
    without = desk.made(f"work-groups/{group_id}/sessions", in_person)["session_id"]
    config = {"AMQP_URI": publishers}
    with ClusterRpcProxy(config, timeout=10) as services:
        asked = [inherits, owns, without, str(uuid4())]
        assert services.enrolment.joining_links(asked) == {inherits: LINK, owns: OTHER_LINK}
        assert services.enrolment.joining_links([]) == {}


def test_no_line_of_the_log_has_a_link(enrolment: RunningService, publishers: str, desk: Desk) -> None:
    """Given, refused, asked for over RPC, and sent twice under one key."""
    group_id = desk.group(joining_link=LINK)
    session_id = desk.session(group_id)
    for _ in range(2):
        body = session_body(MEETS + timedelta(days=1), joining_link=OTHER_LINK)
        desk.post(f"work-groups/{group_id}/sessions", body, Idempotency_Key=group_id)
    patch(desk, group_id, {"joining_link": "https://ada:x@meet.example"})
    config = {"AMQP_URI": publishers}
    with ClusterRpcProxy(config, timeout=10) as services:
        assert services.enrolment.joining_links([session_id]) == {session_id: LINK}
    logged = enrolment.log
    assert "/work-groups/" in logged
    assert "meet.example" not in logged


@pytest.mark.parametrize("starts_at", [MEETS.replace(year=2024), NOW])
def test_a_slip_of_the_year_is_refused(desk: Desk, starts_at: Any) -> None:
    session_id = desk.session(desk.group())
    reply = desk.post(f"sessions/{session_id}/reschedule", session_body(starts_at))
    assert problem(reply) == (422, "session_in_past", ["/starts_at"])
    assert f"{starts_at.day} {starts_at:%B %Y}" in reply.json["detail"]
    read = desk.get(f"sessions/{session_id}").json
    assert (read["status"], read["ics_sequence"]) == ("scheduled", 0)


def test_sessions_of_last_year_are_scheduled(desk: Desk) -> None:
    group_id = desk.group()
    last_year = session_body(MEETS.replace(year=2024))
    assert desk.made(f"work-groups/{group_id}/sessions", last_year)["status"] == "scheduled"
    made = desk.made(f"work-groups/{group_id}/session-series", SERIES | {"first_on": "2024-11-06"})
    assert len(made["sessions"]) == 2
