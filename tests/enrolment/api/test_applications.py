"""Over HTTP: a school's application from draft to decision."""

from uuid import uuid4

from tests.enrolment.desk import Desk, application_body, problem
from tests.enrolment.factories import NOW


def test_an_application_over_http(desk: Desk) -> None:
    group_id = desk.group()
    (urn,) = desk.schools()
    ada = desk.teacher(urn)
    path = f"work-groups/{group_id}/applications"
    agreement = {
        "head_agreed_by": "Grace Head",
        "head_agreed_at": NOW.isoformat(),
        "agreement_version": "2025.1",
    }
    part = application_body(urn, [ada], head_agreed_by="Grace Head")
    assert set(problem(desk.post(path, part))[2]) == {"/agreement_version", "/head_agreed_at"}
    made = desk.post(path, application_body(urn, [ada]))
    assert (made.status, made.json["status"], made.json["head_agreed_by"]) == (201, "draft", None)
    assert desk.at(made).json == made.json
    assert desk.get(f"{path}?status=draft").json["items"] == [made.json]
    assert problem(desk.post(path, application_body(urn, [ada]))) == (409, "application_open", ["/urn"])
    one = f"applications/{made.json['application_id']}"
    assert problem(desk.post(f"{one}/submission", {}))[:2] == (422, "agreement_missing")
    assert desk.made(f"{one}/submission", agreement)["status"] == "submitted"
    assert desk.made(f"{one}/decision", {"decision": "accepted"})["status"] == "accepted"
    assert desk.get(f"work-groups/{group_id}").json["teachers_n"] == 1
    assert problem(desk.post(f"{one}/withdrawal", {}))[:2] == (409, "not_open")
    assert problem(desk.get(f"applications/{uuid4()}"))[:2] == (404, "unknown_application")


def test_a_school_withdraws_its_application_over_http(desk: Desk) -> None:
    (urn,) = desk.schools()
    path = f"work-groups/{desk.group()}/applications"
    made = desk.made(path, application_body(urn, [desk.teacher(urn)]))
    one = f"applications/{made['application_id']}"
    assert desk.made(f"{one}/withdrawal", {})["status"] == "withdrawn"
    assert desk.get(one).json["status"] == "withdrawn"
