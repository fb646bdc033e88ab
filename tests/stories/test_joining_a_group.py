"""A day of recruiting: applications, lists of names, rules of composition, and who waits for a place."""

from datetime import datetime, timedelta
from uuid import uuid4

from tests.enrolment.desk import Desk, problem
from tests.enrolment.factories import CLOSES, NOW
from tests.enrolment.lists import as_csv, line
from tests.support.waiting import wait_until
from tests.system.conftest import Office

AGREED = {"head_agreed_by": "Grace Head", "head_agreed_at": NOW.isoformat(), "agreement_version": "2025.1"}


def participant(teacher_id: str) -> dict[str, str]:
    return {"teacher_id": teacher_id, "role": "participant"}


def test_a_school_applies_in_time_with_its_heads_agreement(office: Office, desk: Desk) -> None:
    """One form for two teachers; without the head's word, or a minute late, it goes nowhere.

    Declined applicants are notified.
    """
    group_id = desk.group()
    school, late_school = desk.schools(2)
    two, late = [desk.teacher(school) for _ in range(2)], desk.teacher(late_school)
    path = f"work-groups/{group_id}/applications"
    form = {"urn": school, "participants": [participant(one) for one in two]}
    draft = f"applications/{desk.made(path, form)['application_id']}"
    assert problem(desk.post(f"{draft}/submission", {}))[:2] == (422, "agreement_missing")
    desk.made(f"{draft}/submission", AGREED)
    desk.made(f"{draft}/decision", {"decision": "accepted"})
    assert desk.get(f"work-groups/{group_id}").json["teachers_n"] == 2

    form = {"urn": late_school, "participants": [participant(late)]}
    draft = f"applications/{desk.made(path, form)['application_id']}"
    at_the_stroke = desk.post(f"{draft}/submission", AGREED, at=CLOSES)
    assert problem(at_the_stroke)[:2] == (422, "recruitment_closed")

    desk.made(f"{draft}/submission", AGREED)
    for decision in ("waitlisted", "declined"):
        desk.made(f"{draft}/decision", {"decision": decision})
    declined = "/notifications/v1/messages?template=application_declined"
    wait_until(lambda: [one["recipient_ref"] for one in office("GET", declined).json["items"]] == [late])
    office.settle()
    assert office.parked() == 0


def test_a_full_group_keeps_a_list_and_offers_places_in_turn(desk: Desk) -> None:
    """Ada waits, then Eve. Ada gets the first free place for five working days, and is never overtaken."""
    now = datetime.fromisoformat(desk.get("clock").json["hub_time"])  # by which offers end
    opens_at, closes_at = (now + timedelta(days=days) for days in (-30, 30))
    group_id = desk.group(capacity=1, opens_at=opens_at.isoformat(), closes_at=closes_at.isoformat())
    (school,) = desk.schools()
    holder, ada, eve = (desk.teacher(school) for _ in range(3))
    places, queue = f"work-groups/{group_id}/enrolments", f"work-groups/{group_id}/waiting-list"
    place = desk.made(places, participant(holder), at=now)["enrolment_id"]
    assert problem(desk.post(places, participant(ada), at=now))[:2] == (409, "work_group_full")
    first = desk.made(queue, participant(ada), at=now)
    second = desk.made(queue, participant(eve), at=now)
    assert (first["position"], second["position"]) == (1, 2)

    desk.made(f"enrolments/{place}/withdrawal", {"reason": "workload"}, at=now)
    offer = desk.get(f"waiting-list/{first['waiting_id']}").json
    assert offer["status"] == "offered"
    assert timedelta(days=5) <= datetime.fromisoformat(offer["expires_at"]) - now <= timedelta(days=13)
    assert problem(desk.post(places, participant(eve), at=now))[:2] == (409, "waiting_list_first")
    desk.made(f"waiting-list/{first['waiting_id']}/withdrawal", {}, at=now)
    taken = desk.made(f"waiting-list/{second['waiting_id']}/acceptance", {}, at=now)
    assert desk.get(f"enrolments/{taken['enrolment_id']}").json["teacher_id"] == eve


def test_a_group_is_confirmed_when_it_is_large_and_wide_enough(office: Office, desk: Desk) -> None:
    """Ten teachers of five schools are refused, with what is missing; a sixth school makes it right."""
    group_id = desk.group()
    desk.fill(group_id, teachers_n=10, schools_n=5)
    path = f"work-groups/{group_id}/confirmation"
    refused = desk.post(path, {})
    assert problem(refused)[:2] == (422, "too_few_schools")
    desk.fill(group_id, teachers_n=1, schools_n=1)
    assert desk.made(path, {})["status"] == "confirmed"
    office.settle()
    composition = office.report("work-group-composition", **{"from": "2025-09-01", "to": "2026-08-31"})
    (row,) = (one for one in composition["rows"] if one["work_group_id"] == group_id)
    assert (row["teachers_n"], row["schools_n"], row["in_range"]) == (11, 6, True)


def test_a_programme_says_how_many_and_whom_a_school_sends(desk: Desk) -> None:
    """Two places for each school, and each sends its maths lead: schools without one are named."""
    group_id = desk.group(of={"max_per_school": 2, "required_roles": ["maths_lead"]})
    *complete, without = desk.schools(6)
    for school in complete:
        desk.enrol(group_id, desk.teacher(school, role="maths_lead"))
        desk.enrol(group_id, desk.teacher(school))
    third = desk.post(f"work-groups/{group_id}/enrolments", participant(desk.teacher(complete[0])))
    assert problem(third) == (409, "school_cap_reached", ["/teacher_id"])
    desk.enrol(group_id, desk.teacher(without))
    refused = desk.post(f"work-groups/{group_id}/confirmation", {})
    assert problem(refused)[1] == "required_role_missing"
    assert without in refused.body.decode()
    desk.enrol(group_id, desk.teacher(without, role="maths_lead"))
    assert desk.made(f"work-groups/{group_id}/confirmation", {})["status"] == "confirmed"


def test_a_list_of_names_is_looked_at_before_it_is_taken(desk: Desk) -> None:
    """A lead sends a spreadsheet: one row is wrong, which is seen first, put right, and then all are in."""
    (school,), group_id = desk.schools(), desk.group()
    path = f"work-groups/{group_id}/uploads"
    ada, eve = (f"{uuid4()}@stories.example" for _ in range(2))
    seen = desk.made(f"{path}?mode=preview", as_csv(line(school, email=ada), line("12", email=eve)))
    assert (seen["rows_n"], seen["refused_n"]) == (2, 1)
    assert [(one["row"], one["column"]) for one in seen["problems"]] == [(3, "urn")]
    assert desk.get(f"work-groups/{group_id}").json["teachers_n"] == 0
    wrong = desk.post(f"{path}?mode=apply", as_csv(line(school, email=ada), line("12", email=eve)))
    assert problem(wrong)[1] == "rows_refused"
    done = desk.made(f"{path}?mode=apply", as_csv(line(school, email=ada), line(school, email=eve)))
    assert (done["enrolled_n"], done["registered_n"]) == (2, 2)
    assert desk.get(f"work-groups/{group_id}").json["teachers_n"] == 2
