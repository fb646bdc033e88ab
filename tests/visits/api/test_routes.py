"""The routes of visits over real HTTP: what is answered, refused, and to whom."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from tests.support.announcing import announce, own_user, set_up_publishers
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import Client, RunningService, running_service
from tests.support.waiting import wait_until
from tests.visits import factories
from tests.visits.factories import SCHOOL

from hub_platform.runner import migrations_of
from hub_visits.service import VisitsService

LEADER = factories.leader_appointed()
OTHER_LEADER = uuid4()
SEPTEMBER = {"Hub_Time": "2023-09-04T09:00:00Z"}
CALENDAR = {
    "academic_year": factories.LINTON_YEAR,
    "half_terms": [
        {"n": n, "starts_on": first, "ends_on": last, "non_school_days": off}
        for n, (first, last, off) in factories.LINTON_DATES.items()
    ],
}


@pytest.fixture(name="service", scope="module")
def _service(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningService]:
    """Run visits, with a school and a PD lead announced by enrolment."""
    amqp_uri = broker.new_vhost()
    set_up_publishers(amqp_uri, "enrolment")
    with running_service(
        tmp_path_factory.mktemp("visits"),
        "visits",
        ("hub_visits",),
        database_url=postgres.migrated_database(migrations_of("hub_visits")),
        amqp_uri=own_user(broker, amqp_uri, VisitsService),
        HUB_ALLOW_HUB_TIME="1",
    ) as service:
        wait_until(service.ready, deadline=30)
        announce(amqp_uri, factories.school_imported(), LEADER, at=factories.SEPTEMBER)
        yield service


@pytest.fixture(name="staff", scope="module")
def _staff(service: RunningService) -> Client:
    return service.client("hub_admin")


@pytest.fixture(name="assignment", scope="module")
def _assignment(staff: Client) -> dict[str, Any]:
    """Set the hub's calendar and assign the PD lead, once the events about both have arrived."""
    assert staff("PUT", "/visits/v1/calendars/hub", CALENDAR, If_None_Match="*").status == 201
    body = {
        "urn": SCHOOL,
        "pd_lead_id": str(LEADER.teacher_id),
        "programme": "opportunity_area",
        "starts_on": "2023-09-04",
    }

    def assigned() -> Any:
        reply = staff("POST", "/visits/v1/assignments", body, **SEPTEMBER)
        if reply.status == 422:
            assert reply.json["code"] in {"unknown_school", "unknown_pd_lead"}
            return None
        assert reply.status == 201, reply.json
        assert reply.headers["Etag"] == '"1"'
        return reply.json

    made: dict[str, Any] = wait_until(assigned)
    return made


@pytest.fixture(name="visit", scope="module")
def _visit(service: RunningService, assignment: dict[str, Any]) -> dict[str, Any]:
    """Plan and log a visit as the school's PD lead."""
    lead = pd_lead(service, LEADER.teacher_id)
    body = {
        "assignment_id": assignment["assignment_id"],
        "planned_at": "2023-09-18T09:00:00Z",
        "kind": "support",
    }
    planned = lead("POST", "/visits/v1/visits", body, **SEPTEMBER)
    assert (planned.status, planned.json["half_term"]) == (201, "2023-1")
    log = {
        "happened_on": "2023-09-18",
        "half_days": 1,
        "focus": ["tfm"],
        "people_met": ["maths_lead"],
        "note": "A calm morning.",
        "actions": [{"text": "Try bar models", "owner_role": "maths_lead", "due_on": "2023-10-02"}],
    }
    path = f"{planned.headers['Location']}/log"
    logged = lead("POST", path, log, Hub_Time="2023-09-18T15:00:00Z", Idempotency_Key="log it")
    assert logged.status == 200, logged.json
    again = lead("POST", path, log, Hub_Time="2023-09-18T15:00:00Z", Idempotency_Key="log it")
    assert again.body == logged.body
    made: dict[str, Any] = logged.json
    return made


def pd_lead(service: RunningService, teacher_id: UUID) -> Client:
    return Client(service.port, service.keys.issue(str(teacher_id), ["pd_lead"], timedelta(hours=1)))


def test_assignment_lists_its_obligations(staff: Client, assignment: dict[str, Any]) -> None:
    assert [each["half_term"] for each in assignment["obligations"]] == [f"2023-{n}" for n in range(1, 7)]
    assert (assignment["ends_on"], assignment["warnings"]) == ("2024-08-31", [])
    reply = staff("GET", f"/visits/v1/assignments/{assignment['assignment_id']}")
    assert reply.json == assignment


def test_calendar_is_changed_with_the_revision_that_was_read(
    staff: Client, assignment: dict[str, Any]
) -> None:
    reply = staff("GET", "/visits/v1/calendars/hub?academic_year=2023/24")
    assert (reply.status, len(reply.json["half_terms"])) == (200, 6)
    assert staff("GET", "/visits/v1/calendars/hub", **SEPTEMBER).json == reply.json
    before = staff("GET", "/visits/v1/calendars/hub", Hub_Time="2022-09-15T09:00:00Z")  # in another year
    assert before.json["code"] == "unknown_calendar"
    assert staff("PUT", "/visits/v1/calendars/hub", CALENDAR).status == 428
    assert staff("PUT", "/visits/v1/calendars/hub", CALENDAR, If_Match='"7"').status == 412
    etag = reply.headers["Etag"]
    assert staff("PUT", "/visits/v1/calendars/hub", CALENDAR, If_Match=etag).status == 200


@pytest.mark.parametrize(
    ("scope", "change", "code"),
    [
        ("hub", {"academic_year": "2023/25"}, "bad_academic_year"),
        ("hub", {"half_terms": []}, "invalid"),
        ("la:87", {}, "invalid"),
        ("hub", {"half_terms": CALENDAR["half_terms"][1:]}, "half_terms_out_of_order"),
        ("hub", {"term": 1}, "invalid"),
    ],
)
def test_invalid_calendar_is_a_problem(staff: Client, scope: str, change: dict[str, Any], code: str) -> None:
    reply = staff("PUT", f"/visits/v1/calendars/{scope}", CALENDAR | change, If_None_Match="*")
    assert (reply.status, reply.json["code"]) == (422, code)


@pytest.mark.parametrize("role", ["hub_admin", "hub_lead", "pd_lead"])
def test_a_note_is_for_the_schools_pd_lead_and_hub_leads(
    service: RunningService, visit: dict[str, Any], role: str
) -> None:
    path = f"/visits/v1/visits/{visit['visit_id']}"
    client = pd_lead(service, LEADER.teacher_id) if role == "pd_lead" else service.client(role)
    reply = client("GET", path)
    assert reply.status == 200
    assert reply.json["actions_n"] == 1
    if role == "hub_admin":
        assert not {"note", "actions"} & reply.json.keys()
    else:
        assert reply.json["note"] == "A calm morning."
        assert reply.json["actions"][0]["text"] == "Try bar models"


def test_pd_lead_is_limited_to_their_own_schools(
    service: RunningService, assignment: dict[str, Any], visit: dict[str, Any]
) -> None:
    other = pd_lead(service, OTHER_LEADER)
    replies = [
        other("GET", f"/visits/v1/visits/{visit['visit_id']}"),
        other("POST", f"/visits/v1/visits/{visit['visit_id']}/cancellation", {"reason": "snow"}),
        other("GET", f"/visits/v1/assignments/{assignment['assignment_id']}"),
        other(
            "POST",
            "/visits/v1/visits",
            {
                "assignment_id": assignment["assignment_id"],
                "planned_at": "2023-11-06T09:00:00Z",
                "kind": "support",
            },
        ),
    ]
    assert [(reply.status, reply.json["code"]) for reply in replies] == [(403, "not_your_school")] * 4
    assert other("GET", "/visits/v1/obligations").json["items"] == []
    own = pd_lead(service, LEADER.teacher_id)("GET", "/visits/v1/obligations").json["items"]
    assert len(own) == 6
    elsewhere = other("GET", f"/visits/v1/obligations?pd_lead_id={LEADER.teacher_id}")
    assert elsewhere.json == {"items": [], "next": None}
    unknown = service.client("pd_lead")  # its subject is no id at all
    assert unknown("GET", "/visits/v1/obligations").status == 403


def test_only_hub_staff_assign_and_excuse(service: RunningService, visit: dict[str, Any]) -> None:
    lead = pd_lead(service, LEADER.teacher_id)
    assert lead("POST", "/visits/v1/assignments", {}).status == 403
    assert lead("POST", "/visits/v1/exemptions", {}).status == 403
    assert service.client("board")("GET", "/visits/v1/obligations").status == 403
    assert Client(service.port)("GET", "/visits/v1/obligations").status == 401


def test_obligations_are_listed_with_status_by_page(
    staff: Client, assignment: dict[str, Any], visit: dict[str, Any]
) -> None:
    body = {"urn": SCHOOL, "half_term": "2023-2", "kind": "visit", "reason": "ofsted"}
    assert staff("POST", "/visits/v1/exemptions", body).status == 201
    assert staff("POST", "/visits/v1/exemptions", body).json["code"] == "already_excused"
    at = {"Hub_Time": "2024-02-10T12:00:00Z"}
    page = staff("GET", "/visits/v1/obligations?limit=4", **at).json
    assert [item["status"] for item in page["items"]] == ["met", "excused", "due_soon", "open"]
    rest = staff("GET", f"/visits/v1/obligations?limit=4&after={page['next']}", **at).json
    assert ([item["half_term"] for item in rest["items"]], rest["next"]) == (["2023-5", "2023-6"], None)
    met = staff("GET", "/visits/v1/obligations?status=met&half_term=2023-1", **at).json["items"]
    assert [(item["urn"], item["late"]) for item in met] == [(SCHOOL, False)]
    for wrong in ("status=done", "half_term=2023-7", "term=1", "after=xyz"):
        assert staff("GET", f"/visits/v1/obligations?{wrong}").status == 400


def test_missing_record_is_404_and_refusal_has_a_pointer(staff: Client, visit: dict[str, Any]) -> None:
    assert staff("GET", f"/visits/v1/visits/{uuid4()}").json["code"] == "unknown_visit"
    assert staff("GET", "/visits/v1/calendars/2999-1").json["code"] == "unknown_calendar"
    assert staff("GET", "/visits/v1/calendars/%00").json["code"] == "not_found"  # no address holds NUL
    body = {"assignment_id": str(uuid4()), "planned_at": "0001-01-01T00:00:00Z", "kind": "support"}
    assert staff("POST", "/visits/v1/visits", body).json["code"] == "invalid"
    body["planned_at"] = "2023-09-18T09:00:00Z"
    reply = staff("POST", "/visits/v1/visits", body)
    assert (reply.status, reply.json["code"]) == (422, "unknown_assignment")
    assert reply.json["errors"][0]["pointer"] == "/assignment_id"
    again = staff("POST", f"/visits/v1/visits/{visit['visit_id']}/cancellation", {"reason": "snow"})
    assert (again.status, again.json["code"]) == (409, "already_logged")


def test_a_visit_is_cancelled_by_the_schools_own_pd_lead(
    service: RunningService, assignment: dict[str, Any]
) -> None:
    lead = pd_lead(service, LEADER.teacher_id)
    body = {
        "assignment_id": assignment["assignment_id"],
        "planned_at": "2024-01-15T09:00:00Z",
        "kind": "support",
    }
    path = lead("POST", "/visits/v1/visits", body, **SEPTEMBER).headers["Location"]
    other = pd_lead(service, OTHER_LEADER)("POST", f"{path}/cancellation", {"reason": "snow"})
    assert other.status in {403, 404}
    cancelled = lead("POST", f"{path}/cancellation", {"reason": "snow"})
    assert (cancelled.status, cancelled.json["status"]) == (200, "cancelled")
    assert lead("GET", path).json["status"] == "cancelled"
