"""A PD lead stops in the middle of a year: the response lists the assignments to hand over."""

from datetime import datetime
from typing import Any

import amqp
import pytest
from tests.enrolment.desk import Desk, leader_body
from tests.enrolment.factories import NOW
from tests.support.amqp import connected
from tests.support.waiting import wait_until
from tests.system.conftest import Office

HALF_TERMS = [
    {"n": 1, "starts_on": "2025-09-03", "ends_on": "2025-10-24", "non_school_days": []},
    {"n": 2, "starts_on": "2025-11-03", "ends_on": "2025-12-19", "non_school_days": []},
]
PLANNED = ("2025-10-31T09:00:00Z", "2025-11-01T00:00:00Z", "2025-12-03T09:00:00Z")


def supported(office: Office, urn: str, pd_lead_id: str) -> str:
    """Give a school the PD lead, who plans visits; the assignment's id."""
    scope = f"/visits/v1/calendars/school:{urn}"
    calendar = {"academic_year": "2025/26", "half_terms": HALF_TERMS}
    assert office("PUT", scope, calendar, If_None_Match="*").status in (200, 201)
    body = {"urn": urn, "pd_lead_id": pd_lead_id, "programme": "intensive", "starts_on": "2025-09-04"}

    def assigned() -> Any:
        reply = office("POST", "/visits/v1/assignments", body)
        return reply.json if reply.status == 201 else None  # visits may not have received both yet

    assignment_id: str = wait_until(assigned, deadline=20, interval=0.2)["assignment_id"]
    for at in PLANNED:
        visit = {"assignment_id": assignment_id, "planned_at": at, "kind": "support"}
        office.make("/visits/v1/visits", visit)
    return assignment_id


def end(desk: Desk, role: dict[str, Any], last_day: str, at: datetime = NOW) -> dict[str, Any]:
    ended: dict[str, Any] = desk.made(f"leaders/{role['leader_role_id']}/end", {"ends_on": last_day}, at=at)
    return ended


def test_a_pd_lead_stops_whose_records_were_merged(office: Office, desk: Desk) -> None:
    """The assignment names the merged record and is listed until it is handed over."""
    school, own, other = desk.schools(3)
    again, ada = desk.teacher(own), desk.teacher(own)
    grace = desk.teacher(other)
    role = desk.made("leaders", leader_body(again, role="pd_lead"))
    desk.made("leaders", leader_body(grace, role="pd_lead"))
    assignment_id = supported(office, school, again)
    desk.made("teachers/merges", {"from_id": again, "into_id": ada, "dry_run": False})

    ended = end(desk, role, "2025-10-31")
    assert ended["still_assigned"] == [
        {
            "assignment_id": assignment_id,
            "urn": school,
            "programme": "intensive",
            "ends_on": "2026-08-31",
            "planned_visits_n": 2,
        }
    ]
    assert [one["reason"] for one in ended["warnings"]] == ["still_assigned"]

    path = f"/visits/v1/assignments/{assignment_id}/hand-over"
    office.make(path, {"pd_lead_id": grace, "on": "2025-10-20", "reason": "left"})
    earlier = end(desk, role, "2025-10-24")
    assert (earlier["still_assigned"], earlier["warnings"]) == ([], [])


def test_a_pd_lead_stops_while_visits_is_away(office: Office, desk: Desk) -> None:
    """The role ends; the response names the list to read later."""
    role = desk.made("leaders", leader_body(desk.teacher(desk.schools()[0]), role="pd_lead"))
    office.hub.fleet.stop("visits")
    try:
        ended = end(desk, role, "2025-10-31")
    finally:
        office.hub.fleet.start("visits")
        office.hub.fleet.require_ready("visits")
    assert (ended["ends_on"], ended["still_assigned"]) == ("2025-10-31", None)
    assert "GET /visits/v1/assignments?without_lead=true" in ended["warnings"][0]["detail"]


@pytest.mark.parametrize(
    ("service", "question", "may"),
    [
        ("enrolment", "visits.assignments_after", True),
        ("visits", "enrolment.contacts", False),
        ("notifications", "visits.assignments_after", False),
    ],
)
def test_the_broker_lets_a_service_ask_only_what_it_may(
    office: Office, service: str, question: str, may: bool
) -> None:
    """The permission to answer RPC requests does not permit visits to request addresses from enrolment."""
    with connected(office.hub.fleet.connections.amqp_uris[service]) as connection:
        channel = connection.channel()
        if may:
            channel.basic_publish(amqp.Message("{}"), "nameko-rpc", question)
            return
        with pytest.raises(amqp.AccessRefused):
            channel.basic_publish(amqp.Message("{}"), "nameko-rpc", question)
