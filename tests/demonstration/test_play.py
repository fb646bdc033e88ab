"""The player, against a stand-in that speaks real HTTP."""

import re
from datetime import timedelta
from typing import Any

import pytest
from tests.demonstration.playing import (
    ASSIGNMENTS,
    LEADERS,
    MORNING,
    REGISTER,
    TEACHERS,
    command,
    play,
    player,
)
from tests.demonstration.stub import Stub

from hub_demo.commands import Command, Made
from hub_demo.play import LoadStopped
from hub_local.ports import any_free


def test_a_command_carries_who_when_and_a_key_that_is_the_same_in_every_run(stub: Stub) -> None:
    play(stub, command("teacher/1"))
    play(stub, command("teacher/1"))
    play(stub, command("teacher/2"))
    first, again, other = stub.received
    assert first.headers["Authorization"] == "Bearer a.b.c"
    assert first.headers["Hub-Time"] == "2025-09-04T09:00:00+00:00"
    assert first.headers["Idempotency-Key"] == again.headers["Idempotency-Key"]
    assert first.headers["Idempotency-Key"] != other.headers["Idempotency-Key"]
    assert first.json == {"key": "teacher/1"}


def test_a_lead_sends_with_a_token_of_their_own_and_the_administrator_all_else(stub: Stub) -> None:
    lead = command("lead", gives="teacher_id")
    play(stub, lead, command("group", LEADERS, by="lead"), lead_token=lambda subject: f"of.{subject}")
    play(stub, lead, command("group", LEADERS, by="lead"))
    said = [(one.path, one.headers["Authorization"]) for one in stub.received]
    assert said[:2] == [(TEACHERS, "Bearer a.b.c"), (LEADERS, "Bearer of.id-1")]
    assert said[2:] == [(TEACHERS, "Bearer a.b.c"), (LEADERS, "Bearer a.b.c")]


def test_ids_that_services_gave_are_put_where_the_plan_refers_to_them(stub: Stub) -> None:
    leader = command("leader", LEADERS, body={"teacher_id": Made("teacher"), "all": [Made("teacher")]})
    session = command("of-group", "/enrolment/v1/teachers/{teacher}/moves", after=("leader",))
    play(stub, command("teacher", gives="teacher_id"), leader, session)
    assert stub.received[1].json == {"teacher_id": "id-1", "all": ["id-1"]}
    assert stub.received[2].path == "/enrolment/v1/teachers/id-1/moves"


def test_a_lane_keeps_its_order_and_every_command_is_sent(stub: Stub) -> None:
    commands = [command(f"{lane}/{n}", lane=f"lane {lane}") for n in range(30) for lane in range(6)]
    left = play(stub, *commands)
    sent = [one.json["key"] for one in stub.received]
    assert sorted(sent) == sorted(one.key for one in commands)
    for lane in range(6):
        assert [key for key in sent if key.startswith(f"{lane}/")] == [f"{lane}/{n}" for n in range(30)]
    assert left[-1] == 0


def test_a_file_is_sent_as_it_is(stub: Stub) -> None:
    play(stub, command("file", body="Lumière".encode("cp1252")))
    assert stub.received[0].body == b"Lumi\xe8re"
    assert stub.received[0].headers["Content-Type"] == "text/csv"


def test_a_service_that_is_starting_is_asked_again_under_the_same_key(stub: Stub) -> None:
    stub.plan(TEACHERS, (503, {"code": "database_away"}), (503, {}), (201, {}))
    stub.dropped[TEACHERS] = 1
    play(stub, command("teacher"))
    assert len(stub.received) == 4
    assert len({one.headers["Idempotency-Key"] for one in stub.received}) == 1


@pytest.mark.parametrize("code", ["unknown_school", "unknown_pd_lead", "unknown_half_term"])
def test_a_command_is_repeated_until_visits_has_received_the_event(stub: Stub, code: str) -> None:
    stub.plan(ASSIGNMENTS, (422, {"code": code}), (422, {"code": code}), (201, {}))
    play(stub, command("assignment", ASSIGNMENTS, service="visits"))
    assert len(stub.received) == 3


def test_an_unknown_school_in_enrolment_stops_the_load(stub: Stub) -> None:
    stub.plan(TEACHERS, (422, {"code": "unknown_school"}))
    with pytest.raises(LoadStopped, match="unknown_school"):
        play(stub, command("teacher"))
    assert len(stub.received) == 1


def test_any_other_refusal_stops_the_load_with_one_sentence(stub: Stub) -> None:
    refusal = {
        "code": "work_group_full",
        "detail": "All 20 places are taken.",
        "errors": [{"pointer": "/teacher_id", "detail": "No place."}],
    }
    stub.plan("/enrolment/v1/work-groups/id-1/enrolments", (409, refusal))
    refused = command("enrolment/7", "/enrolment/v1/work-groups/{group}/enrolments", lane="one")
    with pytest.raises(LoadStopped) as stopped:
        play(stub, command("group", gives="session_id"), refused, command("later", lane="one"))
    said = str(stopped.value)
    assert "\n" not in said
    for part in (
        "04 September 2025",
        "POST /enrolment/v1/work-groups/{group}/enrolments",
        "enrolment/7",
        "409",
        "work_group_full",
        "All 20 places are taken.",
        "/teacher_id",
    ):
        assert part in said
    assert [one.json["key"] for one in stub.received] == ["group", "enrolment/7"]


def test_a_service_that_stays_away_stops_the_load(stub: Stub) -> None:
    addresses = {"enrolment": f"http://127.0.0.1:{any_free()}"}
    with pytest.raises(LoadStopped, match="enrolment does not answer"):
        play(stub, command("teacher"), addresses=addresses, patience=0.2)


def test_repeating_a_command_ends_after_the_patience(stub: Stub) -> None:
    stub.plan(ASSIGNMENTS, *[(422, {"code": "unknown_school"})] * 50)
    with pytest.raises(LoadStopped, match="unknown_school"):
        play(stub, command("assignment", ASSIGNMENTS, service="visits"), patience=0.2)


def register(**changes: Any) -> Command:
    return command(
        "register",
        "/enrolment/v1/sessions/{session}/register",
        method="PUT",
        match="session",
        look="/enrolment/v1/sessions/{session}",
        done={"status": "completed"},
        **changes,
    )


def test_a_put_says_which_state_it_is_based_on(stub: Stub) -> None:
    path, after = "/visits/v1/calendars/hub", ("session",)
    calendar = command("calendar", path, method="PUT", match="*", service="visits", after=after)
    play(stub, command("session", gives="session_id"), register(), calendar)
    put = stub.at(REGISTER)[0]
    assert put.headers["If-Match"] == '"1"'
    assert "Idempotency-Key" not in put.headers
    assert stub.at(path)[0].headers["If-None-Match"] == "*"


def test_a_register_of_an_earlier_run_stays(stub: Stub) -> None:
    stub.plan(REGISTER, (412, {"code": "stale"}))
    stub.plan("/enrolment/v1/sessions/id-1", (200, {"status": "completed"}))
    play(stub, command("session", gives="session_id"), register())
    assert [one.method for one in stub.received] == ["POST", "PUT", "GET"]


def test_a_register_changed_by_another_person_stops_the_load(stub: Stub) -> None:
    stub.plan(REGISTER, (412, {"code": "stale"}))
    stub.plan("/enrolment/v1/sessions/id-1", (200, {"status": "scheduled"}))
    with pytest.raises(LoadStopped, match="412 stale"):
        play(stub, command("session", gives="session_id"), register())


def test_an_interrupted_load_stops_at_once(stub: Stub) -> None:
    def interrupt(_left: int) -> None:
        raise KeyboardInterrupt

    stub.plan(TEACHERS, *[(201, {})] * 20, *[(503, {})] * 4)  # the lane is held up for a second
    with player(stub) as one, pytest.raises(KeyboardInterrupt):
        one.play([command(f"teacher/{n}", lane="one") for n in range(500)], interrupt)
    assert len(stub.received) < 500


def test_many_commands_are_under_way_at_once_but_not_too_many(stub: Stub) -> None:
    play(stub, *[command(f"teacher/{n}") for n in range(200)])
    assert len(stub.received) == 200
    keys = {one.headers["Idempotency-Key"] for one in stub.received}
    assert len(keys) == 200
    assert all(re.fullmatch(r"[0-9a-f-]{36}", key) for key in keys)


def test_later_commands_wait_for_what_they_name(stub: Stub) -> None:
    early = command("import", at=MORNING)
    later = command("school", LEADERS, at=MORNING + timedelta(days=1), after=("import",))
    stub.plan(TEACHERS, (503, {}), (503, {}), (201, {}))
    play(stub, early, later)
    assert [one.path for one in stub.received] == [TEACHERS, TEACHERS, TEACHERS, LEADERS]


def test_an_id_is_looked_up_in_a_list(stub: Stub) -> None:
    items = [{"teacher_id": "other", "enrolment_id": "e-1"}, {"teacher_id": "id-1", "enrolment_id": "e-2"}]
    stub.plan("/places", (200, {"items": items}))
    look = command(
        "place", "/places", method="GET", gives="enrolment_id", among={"teacher_id": Made("teacher")}
    )
    play(stub, look, command("teacher", gives="teacher_id"), command("after", "/places/{place}/withdrawal"))
    assert [one.path for one in stub.received] == [TEACHERS, "/places", "/places/e-2/withdrawal"]
    assert stub.received[1].body == b""
    assert "Idempotency-Key" not in stub.received[1].headers


def test_what_is_not_in_a_list_stops_the_load(stub: Stub) -> None:
    stub.plan("/places", (200, {"items": [{"teacher_id": "other"}]}))
    look = command("place", "/places", method="GET", gives="enrolment_id", among={"teacher_id": "other"})
    with pytest.raises(LoadStopped, match="GET /places"):
        play(stub, look)


def test_a_refusal_that_passes_with_time_is_waited_for(stub: Stub) -> None:
    stub.plan("/acceptance", (409, {"code": "not_offered"}), (200, {}))
    play(stub, command("acceptance", "/acceptance", waits_for="not_offered"))
    assert len(stub.received) == 2
    stub.plan("/acceptance", (409, {"code": "not_offered"}))
    with pytest.raises(LoadStopped, match="not_offered"):
        play(stub, command("another", "/acceptance"))


def test_commands_about_an_erased_person_are_not_repeated(stub: Stub) -> None:
    stub.plan(TEACHERS, (410, {"code": "answer_erased"}))
    place = command("place", "/places", body={"teacher_id": Made("teacher")}, gives="enrolment_id")
    left = play(
        stub,
        command("teacher", gives="teacher_id"),
        place,
        command("gone", "/places/{place}/withdrawal"),
        command("leader", LEADERS),
    )
    assert left[-1] == 0
    assert {one.path for one in stub.received} == {TEACHERS, LEADERS}


def test_only_an_erased_answer_marks_a_person_as_erased(stub: Stub) -> None:
    stub.plan(TEACHERS, (410, {"code": "gone"}))
    with pytest.raises(LoadStopped, match="410 gone"):
        play(stub, command("teacher", gives="teacher_id"))
