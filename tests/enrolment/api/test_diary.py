"""Over HTTP: sessions across Work Groups by day, status, lead and register."""

from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from tests.enrolment.desk import V1, Desk, as_lead, problem, register_body, session_body
from tests.enrolment.factories import INSTANT, MEETS, NOW
from tests.support.services import Client, RunningService

from hub_platform.paging import encode_cursor

HOURS = timedelta(hours=1)


def listed(client: Client, *, at: datetime = NOW, **asked: Any) -> list[dict[str, Any]]:
    reply = client("GET", f"{V1}/sessions?{urlencode(asked)}", Hub_Time=at.isoformat())
    assert reply.status == 200, reply.body
    items: list[dict[str, Any]] = reply.json["items"]
    return items


def ids(items: list[dict[str, Any]]) -> list[str]:
    return [item["session_id"] for item in items]


def test_sessions_of_several_groups_come_in_the_order_of_their_start(desk: Desk, admin: Client) -> None:
    lead = desk.lead()
    ratio, shape = (desk.group(lead_ids=[lead], title=title) for title in ("Ratio", "Shape"))
    desk.session(desk.group())  # of another lead
    last = desk.session(ratio, starts_at=MEETS + 48 * HOURS)
    first = desk.session(ratio, starts_at=MEETS)
    between = desk.session(shape, starts_at=MEETS + 24 * HOURS)
    items = listed(admin, lead_id=lead)
    assert ids(items) == [first, between, last]
    assert [item["title"] for item in items] == ["Ratio", "Shape", "Ratio"]
    assert items[0]["lead_ids"] == [lead]
    assert ids(listed(admin, lead_id=lead, work_group_id=shape)) == [between]


def test_a_session_without_a_venue_is_listed_with_its_groups(desk: Desk, admin: Client) -> None:
    group = desk.group(mode="in_person", venue="Hub office", joining_link="https://meet.example.org/r")
    body = session_body(mode="in_person")
    desk.made(f"work-groups/{group}/sessions", body)
    desk.session(group, starts_at=MEETS + 24 * HOURS)
    own = session_body(MEETS + 48 * HOURS, mode="in_person", venue="Town hall")
    desk.made(f"work-groups/{group}/sessions", own)
    places = [(item["venue"], item["joining_link"]) for item in listed(admin, work_group_id=group)]
    assert places == [
        ("Hub office", None),
        (None, "https://meet.example.org/r"),
        ("Town hall", None),
    ]


@pytest.mark.parametrize(
    ("starts_at", "day"),
    [
        ("2025-10-07T22:59:59+00:00", "2025-10-07"),  # 23:59 in England, where clocks are an hour ahead
        ("2025-10-07T23:00:00+00:00", "2025-10-08"),  # midnight
        ("2025-10-08T22:59:59+00:00", "2025-10-08"),
        ("2025-10-25T23:00:00+00:00", "2025-10-26"),  # the day of 25 hours begins
        ("2025-10-26T23:59:59+00:00", "2025-10-26"),  # and ends
        ("2025-10-27T00:00:00+00:00", "2025-10-27"),
    ],
)
def test_days_begin_and_end_by_the_clock_in_england(
    desk: Desk, admin: Client, starts_at: str, day: str
) -> None:
    group = desk.group()
    session_id = desk.session(group, starts_at=datetime.fromisoformat(starts_at))
    before = datetime.fromisoformat(day).date() - timedelta(days=1)
    after = before + timedelta(days=2)
    here: dict[str, Any] = {"work_group_id": group}
    assert ids(listed(admin, **here | {"from": day, "to": day})) == [session_id]
    assert ids(listed(admin, **here | {"from": day})) == [session_id]
    assert ids(listed(admin, **here | {"to": day})) == [session_id]
    assert listed(admin, **here | {"to": before}) == []
    assert listed(admin, **here | {"from": after}) == []


def test_a_register_is_missing_from_the_start_of_a_session_until_it_is_taken(
    desk: Desk, admin: Client
) -> None:
    group = desk.group()
    places = desk.fill(group, teachers_n=1, schools_n=1)
    other = desk.session(group, starts_at=MEETS + 48 * HOURS)
    session_id = desk.session(group, starts_at=MEETS)
    cancelled = desk.session(group, starts_at=MEETS - 48 * HOURS)
    desk.made(f"sessions/{cancelled}/cancellation", {"reason": "weather"})

    def registers(at: datetime) -> dict[str, str]:
        items = listed(admin, work_group_id=group, at=at)
        return {item["session_id"]: item["register"] for item in items}

    def missing(at: datetime) -> list[str]:
        return ids(listed(admin, work_group_id=group, register="missing", at=at))

    assert missing(MEETS - INSTANT) == []
    assert registers(MEETS - INSTANT) == {session_id: "not_due", other: "not_due", cancelled: "cancelled"}
    assert missing(MEETS) == [session_id]
    assert missing(MEETS + timedelta(days=30)) == [session_id, other]  # too late, and still not taken
    taken_at = MEETS + 4 * HOURS
    taken = desk.put(f"sessions/{session_id}/register", register_body(places), at=taken_at, If_Match='"1"')
    assert taken.status == 200
    assert missing(MEETS + timedelta(days=30)) == [other]
    assert registers(taken_at) == {session_id: "taken", other: "not_due", cancelled: "cancelled"}
    assert ids(listed(admin, work_group_id=group, status="completed")) == [session_id]
    assert ids(listed(admin, work_group_id=group, register="cancelled")) == [cancelled]


def test_a_lead_lists_sessions_of_their_own_groups_only(enrolment: RunningService, desk: Desk) -> None:
    lead, other = desk.lead(), desk.lead()
    own = desk.session(desk.group(lead_ids=[lead]))
    shared = desk.session(desk.group(lead_ids=[other, lead]))
    foreign_group = desk.group(lead_ids=[other])
    desk.session(foreign_group)
    led = as_lead(enrolment, lead)
    assert set(ids(listed(led))) == {own, shared}
    assert set(ids(listed(led, register="missing", at=MEETS))) == {own, shared}
    assert ids(listed(led, lead_id=other)) == [shared]
    assert listed(led, work_group_id=foreign_group) == []


def test_sessions_that_start_together_are_paged_without_gap_or_repeat(desk: Desk, admin: Client) -> None:
    lead = desk.lead()
    made = [desk.session(desk.group(lead_ids=[lead])) for _ in range(5)]
    seen: list[str] = []
    after: dict[str, str] = {}
    while len(seen) < 10:
        query = urlencode({"lead_id": lead, "limit": 2} | after)
        page = admin("GET", f"{V1}/sessions?{query}").json
        seen += ids(page["items"])
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert seen == sorted(made)


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ("from=2025-10-09&to=2025-10-08", ["/to"]),
        ("from=9999-12-31", ["/from"]),
        ("to=0001-01-01", ["/to"]),
        ("status=held", ["/status"]),
        ("register=lost", ["/register"]),
        ("lead=1", ["/lead"]),
        ("lead_id=1", ["/lead_id"]),
    ],
)
def test_an_unknown_or_impossible_parameter_is_refused(
    admin: Client, query: str, pointers: list[str]
) -> None:
    assert problem(admin("GET", f"{V1}/sessions?{query}")) == (400, "bad_parameter", pointers)


@pytest.mark.parametrize("instant", ["2025-10-08", "2025-10-08T12:30:00", "0001-01-01T00:00:00+14:00"])
def test_a_made_up_cursor_is_refused(admin: Client, instant: str) -> None:
    cursor = encode_cursor([instant, "01920000-0000-7000-8000-000000000000"])
    assert problem(admin("GET", f"{V1}/sessions?after={cursor}"))[:2] == (400, "bad_cursor")
