"""Over HTTP: programmes, work groups, places, sessions and registers."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.enrolment.desk import Desk, group_body, problem, programme_body, register_body, session_body
from tests.enrolment.factories import CLOSES, MEETS, OPENS
from tests.support.services import Client

AFTER = MEETS + timedelta(hours=4)


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"academic_year": "2025"}, "bad_academic_year", "/academic_year"),
        ({"ncp_code": "25-06"}, "bad_ncp_code", "/ncp_code"),
        ({"ncp_code": "NCP24-06"}, "ncp_code_of_other_year", "/ncp_code"),
        ({"min_teachers": 21}, "limits_contradict", "/min_teachers"),
        ({"min_schools": 21}, "limits_contradict", "/min_schools"),
        ({"strand": "magic"}, "invalid", "/strand"),
        ({"phases": []}, "invalid", "/phases"),
        ({"max_teachers": "20"}, "invalid", "/max_teachers"),
        ({"max_teachers": 10**12}, "invalid", "/max_teachers"),
    ],
)
def test_a_programme_that_cannot_be_is_refused(
    desk: Desk, changes: dict[str, Any], code: str, pointer: str
) -> None:
    assert problem(desk.post("programmes", programme_body(**changes))) == (422, code, [pointer])


def test_programme_is_created_and_read_back(desk: Desk) -> None:
    reply = desk.post("programmes", programme_body(ncp_code="NCP 25-77b"))
    assert (reply.status, reply.json["ncp_code"]) == (201, "NCP25-77b")
    assert desk.at(reply).json == reply.json
    assert problem(desk.get(f"programmes/{uuid4()}"))[:2] == (404, "unknown_programme")
    taken = problem(desk.post("programmes", programme_body(ncp_code="NCP2577b")))
    assert taken == (409, "ncp_code_taken", ["/ncp_code"])


def test_a_work_group_is_opened_and_read_back(desk: Desk) -> None:
    programme_id = desk.made("programmes", programme_body(max_teachers=24))["programme_id"]
    lead = desk.lead()
    reply = desk.post("work-groups", group_body(programme_id, [lead], venue="Linton", mode="in_person"))
    assert (reply.status, reply.headers["Etag"]) == (201, '"1"')
    assert (reply.json["status"], reply.json["capacity"], reply.json["lead_ids"]) == (
        "recruiting",
        24,
        [lead],
    )
    assert (reply.json["teachers_n"], reply.json["schools_n"]) == (0, 0)
    assert desk.at(reply).json == reply.json


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"programme_id": str(uuid4())}, "unknown_programme", "/programme_id"),
        ({"lead_ids": [str(uuid4())]}, "not_a_leader", "/lead_ids/0"),
        ({"lead_ids": []}, "invalid", "/lead_ids"),
        ({"lead_ids": [str(uuid4())] * 3}, "invalid", "/lead_ids"),
        ({"closes_at": OPENS.isoformat()}, "closes_before_opens", "/closes_at"),
        ({"opens_at": "2025-06-01T00:00:00"}, "invalid", "/opens_at"),
        ({"opens_at": "0001-01-01T00:00:00+14:00"}, "invalid", "/opens_at"),
        ({"closes_at": "9999-12-31T23:59:59-14:00"}, "invalid", "/closes_at"),
        ({"capacity": 0}, "invalid", "/capacity"),
        ({"mode": "by post"}, "invalid", "/mode"),
    ],
)
def test_a_work_group_that_cannot_be_is_refused(
    desk: Desk, changes: dict[str, Any], code: str, pointer: str
) -> None:
    programme_id = desk.made("programmes", programme_body())["programme_id"]
    body = group_body(programme_id, [desk.lead()]) | changes
    assert problem(desk.post("work-groups", body)) == (422, code, [pointer])


def test_places_are_given_until_the_group_is_full_or_closed(desk: Desk) -> None:
    group_id = desk.group(capacity=1)
    ada, emmy = (desk.teacher(desk.schools()[0]) for _ in range(2))
    path = f"work-groups/{group_id}/enrolments"

    def ask(teacher_id: str, role: str = "participant") -> dict[str, str]:
        return {"teacher_id": teacher_id, "role": role}

    assert problem(desk.post(path, ask(ada), at=CLOSES)) == (422, "recruitment_closed", [])
    given = desk.post(path, ask(ada, "lead_participant"), at=CLOSES - timedelta(microseconds=1))
    assert (given.status, given.json["status"]) == (201, "active")
    assert desk.at(given).json == given.json
    assert problem(desk.post(path, ask(ada))) == (409, "already_enrolled", ["/teacher_id"])
    assert problem(desk.post(path, ask(emmy))) == (409, "work_group_full", [])
    assert problem(desk.post(path, ask(str(uuid4())))) == (422, "unknown_teacher", ["/teacher_id"])
    assert problem(desk.post(path, ask(emmy, "guest"))) == (422, "invalid", ["/role"])
    nowhere = problem(desk.post(f"work-groups/{uuid4()}/enrolments", ask(emmy)))
    assert nowhere == (404, "unknown_work_group", [])


def test_only_eligible_schools_take_part(desk: Desk) -> None:
    (independent,) = desk.schools(1, **{"TypeOfEstablishment (code)": "11"})
    body = {"teacher_id": desk.teacher(independent), "role": "participant"}
    refusal = problem(desk.post(f"work-groups/{desk.group()}/enrolments", body))
    assert refusal == (422, "school_not_eligible", ["/teacher_id"])


def test_a_programmes_cap_for_one_school(desk: Desk) -> None:
    group_id, (school,) = desk.group(of={"max_per_school": 1}), desk.schools()
    desk.enrol(group_id, desk.teacher(school))
    body = {"teacher_id": desk.teacher(school), "role": "participant"}
    refusal = problem(desk.post(f"work-groups/{group_id}/enrolments", body))
    assert refusal == (409, "school_cap_reached", ["/teacher_id"])


def test_a_place_is_given_back_once(desk: Desk) -> None:
    group_id = desk.group()
    (place,) = desk.fill(group_id, teachers_n=1, schools_n=1)
    path, body = f"enrolments/{place}/withdrawal", {"reason": "illness"}
    assert problem(desk.post(path, {"reason": "because"})) == (422, "invalid", ["/reason"])
    given_back = desk.made(path, body)
    assert (given_back["status"], given_back["withdrawn_reason"]) == ("withdrawn", "illness")
    assert problem(desk.post(path, body)) == (409, "not_active", [])
    assert problem(desk.post(f"enrolments/{uuid4()}/withdrawal", body)) == (404, "unknown_enrolment", [])


def test_participants_are_listed_by_name(desk: Desk) -> None:
    group_id = desk.group()
    places = desk.fill(group_id, teachers_n=3, schools_n=2)
    page = desk.get(f"work-groups/{group_id}/enrolments").json
    assert [item["enrolment_id"] for item in page["items"]] == places
    assert {(item["given"], item["family"]) for item in page["items"]} == {("Ada", "Lovelace")}
    assert "email" not in page["items"][0]


def test_a_group_is_confirmed_or_told_what_it_lacks(desk: Desk) -> None:
    group_id = desk.group()
    path = f"work-groups/{group_id}/confirmation"
    desk.fill(group_id, teachers_n=9, schools_n=5)
    assert problem(desk.post(path, {})) == (422, "too_few_teachers", ["", ""])
    desk.fill(group_id, teachers_n=1, schools_n=1)
    confirmed = desk.made(path, {})
    assert (confirmed["status"], confirmed["teachers_n"], confirmed["schools_n"]) == ("confirmed", 10, 6)
    assert problem(desk.post(path, {})) == (409, "already_confirmed", [])


def test_only_a_hub_lead_overrides_the_rule(desk: Desk, hub_lead: Client) -> None:
    group_id = desk.group()
    path, body = f"work-groups/{group_id}/confirmation", {"override_reason": "rural schools"}
    assert problem(desk.post(path, body))[:2] == (403, "override_needs_hub_lead")
    confirmed = Desk(hub_lead).made(path, body)
    assert (confirmed["status"], confirmed["override_reason"]) == ("confirmed", "rural schools")


@pytest.mark.parametrize(
    ("changes", "code", "pointer"),
    [
        ({"ends_at": MEETS.isoformat()}, "ends_before_start", "/ends_at"),
        ({"mode": "school_hosted"}, "host_missing", "/host_urn"),
        ({"mode": "school_hosted", "host_urn": "999999"}, "unknown_school", "/host_urn"),
        ({"mode": "by post"}, "invalid", "/mode"),
        ({"starts_at": "tomorrow"}, "invalid", "/starts_at"),
    ],
)
def test_a_session_that_cannot_be_is_refused(
    desk: Desk, changes: dict[str, Any], code: str, pointer: str
) -> None:
    body = session_body() | changes
    assert problem(desk.post(f"work-groups/{desk.group()}/sessions", body)) == (422, code, [pointer])


def test_sessions_are_listed_in_their_order(desk: Desk) -> None:
    group_id = desk.group()
    ids = [desk.session(group_id, starts_at=MEETS + timedelta(days=30 * n)) for n in range(3)]
    first = desk.get(f"work-groups/{group_id}/sessions?limit=2").json
    rest = desk.get(f"work-groups/{group_id}/sessions?limit=2&after={first['next']}").json
    listed = first["items"] + rest["items"]
    assert [(one["session_id"], one["seq"]) for one in listed] == list(zip(ids, (1, 2, 3), strict=True))


def test_a_register_is_taken_corrected_and_locked(desk: Desk) -> None:
    group_id = desk.group()
    places = desk.fill(group_id, teachers_n=2, schools_n=2)
    session_id = desk.session(group_id)
    path, body = f"sessions/{session_id}/register", register_body(places)
    read = desk.get(f"sessions/{session_id}")
    assert (read.headers["Etag"], read.json["status"], read.json["marks"]) == ('"1"', "scheduled", [])

    assert problem(desk.put(path, body, at=AFTER)) == (428, "if_match_required", [])
    assert problem(desk.put(path, body, at=AFTER, If_Match='"9"')) == (412, "stale", [])
    early = desk.put(path, body, at=MEETS - timedelta(microseconds=1), If_Match='"1"')
    assert problem(early) == (422, "register_too_early", [])

    taken = desk.put(path, body, at=AFTER, If_Match='"1"')
    assert (taken.status, taken.headers["Etag"]) == (200, '"2"')
    assert (taken.json["status"], taken.json["held_on"]) == ("completed", "2025-10-08")
    again = desk.put(path, body, at=AFTER, If_Match='"1"')
    assert (again.status, again.headers["Etag"], again.json) == (200, '"2"', taken.json)
    assert desk.get(f"sessions/{session_id}").json == taken.json

    other = register_body(places, "late")
    assert problem(desk.put(path, other, at=AFTER, If_Match='"1"')) == (412, "stale", [])
    assert desk.put(path, other, at=AFTER, If_Match='"2"').headers["Etag"] == '"3"'
    locked = desk.put(path, body, at=MEETS + timedelta(days=7), If_Match='"3"')
    assert problem(locked) == (409, "register_locked", [])


def test_a_first_register_may_say_that_there_is_none_yet(desk: Desk) -> None:
    group_id = desk.group()
    places = desk.fill(group_id, teachers_n=1, schools_n=1)
    path = f"sessions/{desk.session(group_id)}/register"
    assert desk.put(path, register_body(places), at=AFTER, If_None_Match="*").status == 200
    late = desk.put(path, register_body(places, "late"), at=AFTER, If_None_Match="*")
    assert problem(late) == (412, "stale", [])


def test_a_register_names_whom_it_should_not(desk: Desk) -> None:
    group_id = desk.group()
    places = desk.fill(group_id, teachers_n=3, schools_n=2)
    path = f"sessions/{desk.session(group_id)}/register"

    def refused(body: dict[str, Any]) -> tuple[int, str, list[str]]:
        return problem(desk.put(path, body, at=AFTER, If_Match='"1"'))

    stranger = refused(register_body([*places, str(uuid4())]))
    assert stranger == (422, "not_enrolled", ["/marks/3/enrolment_id"])
    assert refused(register_body(places[:2])) == (422, "not_everyone_marked", ["/marks"])
    twice = refused(register_body([*places, places[0]]))
    assert twice == (422, "marked_twice", ["/marks/3/enrolment_id"])
    assert refused(register_body(places, "asleep"))[1:] == (
        "invalid",
        ["/marks/0/mark", "/marks/1/mark", "/marks/2/mark"],
    )
    assert refused({"marks": []}) == (422, "invalid", ["/marks"])
    noted = register_body(places)
    noted["marks"][1]["notified_at"] = MEETS.isoformat()
    assert refused(noted) == (422, "notice_without_apologies", ["/marks/1/notified_at"])
    nowhere = desk.put(f"sessions/{uuid4()}/register", register_body(places), at=AFTER, If_Match='"1"')
    assert problem(nowhere) == (404, "unknown_session", [])
