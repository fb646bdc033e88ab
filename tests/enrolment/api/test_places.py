"""Over HTTP: what one teacher is on."""

from typing import Any
from uuid import uuid4

from tests.enrolment.desk import Desk, application_body, day_body, participant, problem, register_body
from tests.enrolment.factories import MEETS, MONTH


def seen(desk: Desk, teacher_id: str) -> Any:
    reply = desk.get(f"teachers/{teacher_id}/places")
    assert reply.status == 200, reply.body
    return reply.json


def test_a_teacher_who_takes_part_in_nothing_has_empty_parts(desk: Desk) -> None:
    teacher_id = desk.teacher(desk.schools()[0])
    assert seen(desk, teacher_id) == {
        "teacher_id": teacher_id,
        "places": [],
        "waiting_list": [],
        "applications": [],
        "pd_days": [],
    }


def test_places_of_every_year_are_listed_with_group_and_programme(desk: Desk) -> None:
    (urn,) = desk.schools()
    ada, eve = desk.teacher(urn), desk.teacher(urn)
    ratio = desk.group(title="Ratio", of={"title": "Continuity", "strand": "continuity"})
    shape = desk.group(title="Shape", of={"title": "Shapes", "academic_year": "2026/27", "strand": "sktm"})
    given_up, held = desk.enrol(ratio, ada), desk.enrol(shape, ada)
    bystander = desk.enrol(ratio, eve)
    desk.made(f"enrolments/{given_up}/withdrawal", {"reason": "workload"})
    places = seen(desk, ada)["places"]
    assert [place["enrolment_id"] for place in places] == [held, given_up]
    first, second = places
    assert (first["title"], first["programme"], first["academic_year"]) == ("Shape", "Shapes", "2026/27")
    assert (first["role"], first["urn"], first["status"]) == ("participant", urn, "active")
    assert (first["withdrawn_at"], first["completed"]) == (None, None)
    assert (second["title"], second["status"]) == ("Ratio", "withdrawn")
    assert second["withdrawn_reason"] == "workload"
    assert second["withdrawn_at"] is not None
    assert [place["enrolment_id"] for place in seen(desk, eve)["places"]] == [bystander]


def test_a_closed_group_says_whether_it_was_completed(desk: Desk) -> None:
    limits = {"min_teachers": 1, "min_schools": 1, "min_attendance_percent": 50, "tasks_required": False}
    group = desk.group(of=limits)
    there, absent = desk.fill(group, teachers_n=2, schools_n=1)
    desk.made(f"work-groups/{group}/confirmation", {})
    session_id = desk.session(group)
    marks = register_body([there])["marks"] + register_body([absent], "absent")["marks"]
    desk.put(f"sessions/{session_id}/register", {"marks": marks}, at=MEETS, If_Match='"1"')
    closure = {"evaluation_submitted_on": "2025-10-20"}
    desk.made(f"work-groups/{group}/closure", closure, at=MEETS + MONTH)
    for place, completed in ((there, True), (absent, False)):
        teacher_id = desk.get(f"enrolments/{place}").json["teacher_id"]
        (only,) = seen(desk, teacher_id)["places"]
        assert (only["completed"], only["work_group_status"]) == (completed, "closed")


def test_waiting_lists_open_applications_and_pd_days_are_listed(desk: Desk) -> None:
    (urn,) = desk.schools()
    ada, eve = desk.teacher(urn), desk.teacher(urn)
    full = desk.group(capacity=1, title="Full")
    desk.fill(full, teachers_n=1, schools_n=1)
    for teacher_id in (eve, ada):
        desk.made(f"work-groups/{full}/waiting-list", participant(teacher_id))
    asked, withdrawn = desk.group(title="Asked"), desk.group()
    application = desk.made(f"work-groups/{asked}/applications", application_body(urn, [eve, ada]))
    over = desk.made(f"work-groups/{withdrawn}/applications", application_body(urn, [ada]))
    desk.made(f"applications/{over['application_id']}/withdrawal", {})
    registered, visited, neither = (
        desk.made("pd-days", day_body(title=title))["pd_day_id"] for title in ("Registered", "Came", "No")
    )
    desk.made(f"pd-days/{registered}/registrations", {"teacher_id": ada})
    desk.made(f"pd-days/{neither}/registrations", {"teacher_id": eve})
    desk.put(f"pd-days/{visited}/register", {"teacher_ids": [ada]}, at=MEETS, If_Match='"1"')

    told = seen(desk, ada)
    (entry,) = told["waiting_list"]
    assert (entry["title"], entry["position"], entry["status"], entry["urn"]) == ("Full", 2, "waiting", urn)
    (open_one,) = told["applications"]
    assert (open_one["application_id"], open_one["title"]) == (application["application_id"], "Asked")
    assert (open_one["role"], open_one["status"]) == ("participant", "draft")
    days = {day["title"]: (day["registered_at"] is None, day["attended"]) for day in told["pd_days"]}
    assert days == {"Registered": (False, None), "Came": (True, True)}
    assert told["places"] == []


def test_merged_record_lists_places_of_the_remaining_one(desk: Desk) -> None:
    (urn,) = desk.schools()
    first, second = desk.teacher(urn), desk.teacher(urn)
    places = [desk.enrol(desk.group(), teacher_id) for teacher_id in (first, second)]
    desk.made("teachers/merges", {"from_id": first, "into_id": second, "dry_run": False})
    for teacher_id in (first, second):
        told = seen(desk, teacher_id)
        assert told["teacher_id"] == second
        assert {place["enrolment_id"] for place in told["places"]} == set(places)


def test_an_unknown_teacher_is_404(desk: Desk) -> None:
    assert problem(desk.get(f"teachers/{uuid4()}/places"))[:2] == (404, "unknown_teacher")
