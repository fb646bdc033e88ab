"""A hub's first steps, on rows of the real register: from the import of a file to a figure for the board."""

import csv
from typing import Any

import pytest
from tests.support.register import REGISTER, needs_register
from tests.support.waiting import wait_until
from tests.system.conftest import Office

OPEN_AND_STATE_FUNDED = {"1", "2", "3", "5", "28", "34", "35"}  # type codes that a hub's offer is for

pytestmark = [pytest.mark.servers, needs_register]


def rows_of(name: str) -> list[dict[str, str]]:
    text = (REGISTER / name).read_bytes().decode("cp1252")
    return list(csv.DictReader(text.splitlines()))


def eligible_urns() -> list[str]:
    return [
        row["URN"]
        for row in rows_of("gias_sample.csv")
        if row["EstablishmentStatus (code)"].strip() == "1"
        and row["TypeOfEstablishment (code)"].strip().lstrip("0") in OPEN_AND_STATE_FUNDED
    ]


def import_file(office: Office, name: str, mode: str = "apply") -> dict[str, Any]:
    body = (REGISTER / name).read_bytes()
    reply = office("POST", f"/enrolment/v1/imports/gias?mode={mode}", body, Content_Type="text/csv")
    assert reply.status == 200, reply.body
    answer: dict[str, Any] = reply.json
    return answer


@pytest.fixture(name="register", scope="module")
def _register(office: Office) -> list[str]:
    """Import the real files, as a hub does on its first day."""
    preview = import_file(office, "gias_sample.csv", mode="preview")
    assert (preview["rows"], preview["created"]) == (99, 99)
    assert office("GET", "/enrolment/v1/schools").json["items"] == []
    applied = import_file(office, "gias_sample.csv")
    assert (applied["rows"], applied["created"]) == (99, 99)
    again = import_file(office, "gias_sample.csv")
    assert (again["created"], again["changed"], again["unchanged"]) == (0, 0, 99)
    return eligible_urns()


def test_an_import_of_the_update_changes_one_school(office: Office, register: list[str]) -> None:
    answer = import_file(office, "gias_update.csv")
    assert (answer["created"], answer["changed"]) == (0, 1)
    assert import_file(office, "gias_update.csv")["changed"] == 0


def test_the_real_links_file_names_successors(office: Office, register: list[str]) -> None:
    answer = import_file(office, "links.csv")
    assert (answer["file"], answer["rows"]) == ("links", 33_801)
    assert office("GET", "/enrolment/v1/schools/100016").json["successor_urn"] == "132245"
    known = {row["URN"] for row in rows_of("gias_sample.csv")}
    followed = [
        row for row in rows_of("links.csv") if row["LinkType"] == "Successor" and row["URN"] not in known
    ]
    reply = office("GET", f"/enrolment/v1/schools/{followed[-1]['URN']}")
    assert reply.status == 404
    assert followed[-1]["LinkURN"] in reply.json["detail"]


# long: one story in order
def test_a_year_in_small(office: Office, register: list[str]) -> None:
    """Twelve teachers from six schools meet once, a PD lead visits once, and reporting can say so."""
    schools = register[:6]
    for urn in schools:
        connection = {"connected_on": "2025-09-01", "via": "enquiry"}
        office.make(f"/enrolment/v1/schools/{urn}/connection", connection)
    leader = teacher(office, schools[0], 0)
    for role in ("work_group_lead", "pd_lead"):
        office.make(
            "/enrolment/v1/leaders",
            {
                "teacher_id": leader,
                "role": role,
                "core_leadership": role == "pd_lead",
                "starts_on": "2025-09-01",
            },
        )
    group, enrolments = recruit(office, schools, leader)
    session = office.make(
        f"/enrolment/v1/work-groups/{group}/sessions",
        {"starts_at": "2025-10-02T13:00:00Z", "ends_at": "2025-10-02T15:30:00Z", "mode": "in_person"},
    )
    marks = [{"enrolment_id": enrolment, "mark": "present"} for enrolment in enrolments]
    register_path = f"/enrolment/v1/sessions/{session['session_id']}/register"
    evening = office.at("2025-10-02T16:00:00Z")

    stranger = [*marks, {"enrolment_id": leader, "mark": "present"}]
    refused = evening("PUT", register_path, {"marks": stranger}, If_Match='"1"')
    assert refused.status == 422
    assert refused.json["errors"][0]["pointer"] == "/marks/12/enrolment_id"
    assert evening("PUT", register_path, {"marks": marks}, If_Match='"1"').status == 200

    visit_once(office, schools[1], leader)
    office.settle()

    office.tell("2026-01-05T09:00:00Z")
    composition = office.report("work-group-composition", **{"from": "2025-09-01", "to": "2026-08-31"})
    (row,) = (item for item in composition["rows"] if item["work_group_id"] == group)
    assert (row["teachers_n"], row["schools_n"], row["in_range"]) == (12, 6, True)
    period = {"from": "2025-09-01", "to": "2025-12-31", "as_at": "2025-12-31"}
    engagement = office.report("engagement", scope="connected", **period)
    assert (engagement["n"], engagement["N"]) == (6, 6)
    assert office.parked() == 0


def teacher(office: Office, urn: str, number: int) -> str:
    body = {
        "given": f"Given{number}",
        "family": f"Family{number}",
        "email": f"teacher{number}@school.example.org",
        "urn": urn,
        "role": "class_teacher",
        "trn": f"{1_000_000 + number}",
    }
    return str(office.make("/enrolment/v1/teachers", body)["teacher_id"])


def recruit(office: Office, schools: list[str], leader: str) -> tuple[str, list[str]]:
    """A Work Group of two teachers from each school, confirmed."""
    programme = office.make(
        "/enrolment/v1/programmes",
        {"title": "Fractions", "academic_year": "2025/26", "strand": "innovation", "phases": ["primary"]},
    )
    group = office.make(
        "/enrolment/v1/work-groups",
        {
            "programme_id": programme["programme_id"],
            "title": "Fractions in Years 3 to 6",
            "lead_ids": [leader],
            "opens_at": "2025-09-01T08:00:00Z",
            "closes_at": "2025-10-01T17:00:00Z",
        },
    )["work_group_id"]
    enrolments = []
    for number in range(12):
        teacher_id = teacher(office, schools[number % 6], number + 1)
        body = {"teacher_id": teacher_id, "role": "participant"}
        enrolments.append(office.make(f"/enrolment/v1/work-groups/{group}/enrolments", body)["enrolment_id"])
    office.make(f"/enrolment/v1/work-groups/{group}/confirmation", {})
    return group, enrolments


def visit_once(office: Office, urn: str, pd_lead: str) -> None:
    half_terms = [
        {"n": 1, "starts_on": "2025-09-03", "ends_on": "2025-10-24", "non_school_days": []},
        {"n": 2, "starts_on": "2025-11-03", "ends_on": "2025-12-19", "non_school_days": []},
    ]
    calendar = {"academic_year": "2025/26", "half_terms": half_terms}
    reply = office("PUT", "/visits/v1/calendars/hub", calendar, If_None_Match="*")
    assert reply.status in (200, 201), reply.body
    assignment = {"urn": urn, "pd_lead_id": pd_lead, "programme": "intensive", "starts_on": "2025-09-03"}

    def assigned() -> dict[str, Any] | None:
        reply = office("POST", "/visits/v1/assignments", assignment)
        return reply.json if reply.status == 201 else None  # visits may not have received both yet

    made = wait_until(assigned, deadline=20, interval=0.2)
    visit = office.make(
        "/visits/v1/visits",
        {"assignment_id": made["assignment_id"], "planned_at": "2025-09-25T09:00:00Z", "kind": "support"},
    )
    log = {
        "happened_on": "2025-09-25",
        "half_days": 1,
        "focus": ["reasoning"],
        "people_met": ["maths_lead"],
        "actions": [],
    }
    office.at("2025-09-26T09:00:00Z").make(f"/visits/v1/visits/{visit['visit_id']}/log", log)
