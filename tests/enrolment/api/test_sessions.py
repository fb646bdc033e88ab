"""Over HTTP: series, moves, cancellations, apologies and corrections."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.enrolment.desk import Desk, as_lead, problem, register_body
from tests.enrolment.factories import MEETS
from tests.support.services import Client, Reply, RunningService

AFTER, LOCKED = MEETS + timedelta(hours=4), MEETS + timedelta(days=7)


def series_body(**changes: Any) -> dict[str, Any]:
    values: dict[str, Any] = {
        "pattern": {"repeats": "weekly", "every": 2, "weekday": "wednesday"},
        "first_on": "2025-10-08",
        "count": 3,
        "starts": "16:00",
        "ends": "18:00",
        "mode": "online",
    }
    return values | changes


def move_body(starts_at: datetime = MEETS + timedelta(days=7)) -> dict[str, Any]:
    return {
        "starts_at": starts_at.isoformat(),
        "ends_at": (starts_at + timedelta(hours=2)).isoformat(),
        "mode": "in_person",
    }


def ready(desk: Desk, **changes: Any) -> tuple[str, str, list[str]]:
    """A group, its session, and two places on it."""
    group_id = desk.group(**changes)
    places = desk.fill(group_id, teachers_n=2, schools_n=1)
    return group_id, desk.session(group_id), places


def test_a_series_is_looked_at_then_scheduled(desk: Desk) -> None:
    group_id = desk.group()
    path = f"work-groups/{group_id}/session-series"
    body = series_body(
        pattern={"repeats": "monthly", "nth": -1, "weekday": "wednesday"}, first_on="2025-10-30", count=2
    )
    preview = desk.post(path, body | {"dry_run": True})
    assert (preview.status, preview.json["dry_run"]) == (200, True)
    assert desk.get(f"work-groups/{group_id}/sessions").json["items"] == []
    made = desk.post(path, body)
    assert made.status == 201
    assert [one["starts_at"] for one in made.json["sessions"]] == [
        "2025-11-26T16:00:00+00:00",
        "2025-12-31T16:00:00+00:00",
    ]
    listed = desk.get(f"work-groups/{group_id}/sessions").json["items"]
    assert [one["session_id"] for one in listed] == [one["session_id"] for one in made.json["sessions"]]


def test_days_without_school_get_a_warning(desk: Desk) -> None:
    pattern = {"repeats": "weekly", "every": 1, "weekday": "thursday"}
    body = series_body(pattern=pattern, first_on="2025-12-18", count=3, dry_run=True)
    told = desk.made(f"work-groups/{desk.group()}/session-series", body)
    assert told["warnings"] == [
        {"on": "2025-12-25", "reason": "bank_holiday"},
        {"on": "2026-01-01", "reason": "bank_holiday"},
    ]


@pytest.mark.parametrize(
    ("changes", "status", "code", "pointer"),
    [
        ({"count": None}, 422, "count_or_until", "/count"),
        ({"until": "2025-12-01"}, 422, "count_or_until", "/count"),
        ({"count": 41}, 422, "invalid", "/count"),
        ({"count": None, "until": "2025-10-01"}, 422, "series_empty", "/until"),
        ({"count": None, "until": "2199-12-31"}, 422, "series_too_long", "/until"),
        ({"ends": "16:00"}, 422, "ends_before_start", "/ends_at"),
        ({"mode": "school_hosted"}, 422, "host_missing", "/host_urn"),
        ({"first_on": "9999-12-31"}, 422, "invalid", "/first_on"),
        ({"pattern": {"repeats": "weekly", "weekday": "monday"}}, 422, "invalid", "/pattern/every"),
        (
            {"pattern": {"repeats": "monthly", "weekday": "monday", "nth": 1, "every": 1}},
            422,
            "invalid",
            "/pattern/every",
        ),
        ({"pattern": {"repeats": "monthly", "weekday": "monday", "nth": 0}}, 422, "invalid", "/pattern/nth"),
        ({"dry_run": "yes"}, 422, "invalid", "/dry_run"),
    ],
)
def test_a_series_that_cannot_be_is_refused(
    desk: Desk, changes: dict[str, Any], status: int, code: str, pointer: str
) -> None:
    reply = desk.post(f"work-groups/{desk.group()}/session-series", series_body(**changes))
    assert problem(reply) == (status, code, [pointer])


def test_the_same_series_sent_many_times_at_once_is_scheduled_once(desk: Desk) -> None:
    group_id = desk.group()

    def send(_: int) -> str:
        reply = desk.post(f"work-groups/{group_id}/session-series", series_body())
        return "done" if reply.status == 201 else problem(reply)[1]

    with ThreadPoolExecutor(5) as pool:
        assert Counter(pool.map(send, range(5))) == {"done": 1, "session_overlaps": 4}
    assert len(desk.get(f"work-groups/{group_id}/sessions").json["items"]) == 3


def test_a_session_is_moved_then_cancelled(desk: Desk) -> None:
    _, session_id, _ = ready(desk)
    moved = desk.post(f"sessions/{session_id}/reschedule", move_body())
    assert (moved.status, moved.headers["Etag"], moved.json["status"], moved.json["ics_sequence"]) == (
        200,
        '"2"',
        "rescheduled",
        1,
    )
    cancelled = desk.post(f"sessions/{session_id}/cancellation", {"reason": "weather"})
    assert (cancelled.json["status"], cancelled.json["cancelled_reason"]) == ("cancelled", "weather")
    assert desk.post(f"sessions/{session_id}/cancellation", {"reason": "weather"}).headers["Etag"] == '"3"'
    for path, body in (("reschedule", move_body()), ("cancellation", {"reason": "other"})):
        assert problem(desk.post(f"sessions/{session_id}/{path}", body))[:2] == (409, "session_cancelled")
    assert problem(desk.post(f"sessions/{session_id}/cancellation", {"reason": "rain"}))[:2] == (
        422,
        "invalid",
    )


def test_a_move_and_a_register_at_once_leave_one_of_them(desk: Desk) -> None:
    """Whichever comes second finds the session changed: moved to later, or held."""
    _, session_id, places = ready(desk)

    def act(what: str) -> Reply:
        if what == "move":
            return desk.post(f"sessions/{session_id}/reschedule", move_body(), at=AFTER)
        path = f"sessions/{session_id}/register"
        return desk.put(path, register_body(places), at=AFTER, If_Match='"1"')

    with ThreadPoolExecutor(2) as pool:
        replies = dict(zip(("move", "register"), pool.map(act, ("move", "register")), strict=True))
    done = [what for what, reply in replies.items() if reply.status == 200]
    assert len(done) == 1
    ((other, code),) = ((what, problem(reply)[1]) for what, reply in replies.items() if what != done[0])
    assert code == {"move": "session_completed", "register": "stale"}[other]


def test_apologies_are_shown_as_what_to_expect(desk: Desk) -> None:
    _, session_id, (ada, emmy) = ready(desk)
    path, body = f"sessions/{session_id}/apologies", {"enrolment_id": ada}
    first, again = desk.post(path, body), desk.post(path, body)
    assert (first.status, again.status) == (201, 200)
    seen = desk.get(f"sessions/{session_id}")
    assert [one["enrolment_id"] for one in seen.json["apologies"]] == [ada]
    assert seen.json["marks"] == []
    marks = {"marks": [{"enrolment_id": ada, "mark": "apologies"}, {"enrolment_id": emmy, "mark": "late"}]}
    taken = desk.put(f"sessions/{session_id}/register", marks, at=AFTER, If_Match=seen.headers["Etag"])
    by_place = {mark["enrolment_id"]: mark["notified_at"] for mark in taken.json["marks"]}
    assert by_place == {ada: seen.json["apologies"][0]["received_at"], emmy: None}
    assert problem(desk.post(path, {"enrolment_id": emmy}, at=AFTER))[:2] == (409, "register_taken")
    assert problem(desk.post(path, {"enrolment_id": str(uuid4())}))[:2] == (422, "not_enrolled")


def test_apologies_sent_many_times_at_once_are_noted_once(desk: Desk) -> None:
    _, session_id, (ada, _) = ready(desk)
    with ThreadPoolExecutor(5) as pool:
        replies = pool.map(
            lambda _: desk.post(f"sessions/{session_id}/apologies", {"enrolment_id": ada}), range(5)
        )
        assert Counter(reply.status for reply in replies) == {201: 1, 200: 4}


def test_a_locked_register_is_corrected_by_hub_staff(desk: Desk, hub_lead: Client) -> None:
    _, session_id, (ada, emmy) = ready(desk)
    path, body = (
        f"sessions/{session_id}/corrections",
        {
            "enrolment_id": ada,
            "mark": "late",
            "reason": "register_mistake",
            "note": "Her train was late.",
        },
    )
    assert problem(desk.post(path, body, at=LOCKED))[:2] == (409, "register_not_taken")
    desk.put(f"sessions/{session_id}/register", register_body([ada, emmy]), at=AFTER, If_Match='"1"')
    assert problem(desk.post(path, body, at=AFTER))[:2] == (409, "register_open")
    late = desk.put(
        f"sessions/{session_id}/register", register_body([ada, emmy], "absent"), at=LOCKED, If_Match='"2"'
    )
    assert problem(late)[:2] == (409, "register_locked")
    corrected = Desk(hub_lead).post(path, body, at=LOCKED)
    assert (corrected.status, corrected.headers["Etag"]) == (200, '"3"')
    assert {m["enrolment_id"]: m["mark"] for m in corrected.json["marks"]} == {ada: "late", emmy: "present"}
    assert "train" not in str(corrected.json)
    assert problem(desk.post(path, body | {"reason": "because"}, at=LOCKED)) == (422, "invalid", ["/reason"])


def test_a_lead_changes_the_sessions_of_their_own_groups_only(enrolment: RunningService, desk: Desk) -> None:
    lead = desk.lead()
    led = Desk(as_lead(enrolment, lead))
    for allowed, leads in ((True, [lead]), (False, None)):
        group_id, session_id, (ada, _) = ready(desk, lead_ids=leads)
        replies = [
            led.post(f"work-groups/{group_id}/session-series", series_body(first_on="2025-11-01")),
            led.post(f"sessions/{session_id}/apologies", {"enrolment_id": ada}),
            led.post(f"sessions/{session_id}/reschedule", move_body()),
            led.post(f"sessions/{session_id}/cancellation", {"reason": "other"}),
        ]
        for reply in replies:
            if allowed:
                assert reply.status in {200, 201}, reply.body
            else:
                assert problem(reply)[:2] == (403, "not_your_work_group")
        body = {"enrolment_id": ada, "mark": "late", "reason": "other"}
        reply = led.post(f"sessions/{session_id}/corrections", body, at=LOCKED)
        assert problem(reply)[:2] == (403, "forbidden"), "corrections are for hub staff"


@pytest.mark.parametrize("path", ["reschedule", "cancellation", "apologies", "corrections"])
def test_an_unknown_session_is_404(desk: Desk, path: str) -> None:
    bodies: dict[str, Any] = {
        "reschedule": move_body(),
        "cancellation": {"reason": "other"},
        "apologies": {"enrolment_id": str(uuid4())},
        "corrections": {"enrolment_id": str(uuid4()), "mark": "late", "reason": "other"},
    }
    assert problem(desk.post(f"sessions/{uuid4()}/{path}", bodies[path]))[:2] == (404, "unknown_session")
