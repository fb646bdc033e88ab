"""Records of the hub under test, so that requests reach more than answers of 404."""

from collections import defaultdict
from typing import Any

from tests.enrolment.desk import (
    Desk,
    application_body,
    day_body,
    leader_body,
    participant,
    ready,
    study_body,
    task_body,
)
from tests.enrolment.factories import NOW
from tests.support.services import Client
from tests.support.waiting import wait_until

HALF_TERM = {"n": 1, "starts_on": "2025-09-03", "ends_on": "2025-10-24", "non_school_days": []}
VISITS = "/visits/v1"
TRUST = {"Trusts (code)": "90210", "Trusts (name)": "A trust"}

# Ids of what there is, by the name that addresses and bodies give them.
Known = dict[str, list[str]]


def make_groups(desk: Desk) -> Known:
    """A group with everything that groups have, a full one with a waiting list, a PD day."""
    known: Known = defaultdict(list)
    group_id, sessions, places, urn = ready(desk)
    (academy,) = desk.schools(1, **TRUST)
    full_id = desk.group(capacity=1)
    (place,) = desk.fill(full_id, teachers_n=1, schools_n=1)
    ada, eve = desk.teacher(academy), desk.teacher(urn)
    known["work_group_id"] = [group_id, full_id]
    known["session_id"] = [*sessions, desk.session(full_id)]
    known["enrolment_id"] = [*places, place]
    known["urn"] = [urn, academy]
    known["uid"] = [TRUST["Trusts (code)"]]
    known["teacher_id"] = [ada, eve, desk.lead()]
    for path, name, body in (
        (f"work-groups/{group_id}/tasks", "task_id", task_body(*sessions[:2])),
        (f"work-groups/{group_id}/lesson-studies", "cycle_id", study_body(places, urn)),
        (f"work-groups/{group_id}/applications", "application_id", application_body(academy, [ada])),
        (f"work-groups/{full_id}/waiting-list", "waiting_id", participant(eve)),
        ("pd-days", "pd_day_id", day_body()),
    ):
        known[name].append(desk.made(path, body)[name])
    known["programme_id"] = [desk.get(f"work-groups/{full_id}").json["programme_id"]]
    known["leader_role_id"] = [one["leader_role_id"] for one in desk.get("leaders").json["items"]]
    known["import_id"] = [one["import_id"] for one in desk.get("imports").json["items"]]
    return known


def plan_a_visit(desk: Desk, staff: Client, known: Known) -> Known:
    """Create a PD lead's visit to a school, once visits has received both from enrolment."""
    lead_id = desk.lead()
    desk.made("leaders", leader_body(lead_id, role="pd_lead"))
    at = {"Hub_Time": NOW.isoformat()}
    calendar = {"academic_year": "2025/26", "half_terms": [HALF_TERM]}
    assert staff("PUT", f"{VISITS}/calendars/hub", calendar, If_None_Match="*").status == 201
    urns = {"urn": known["urn"][0], "pd_lead_id": lead_id}
    body = urns | {"programme": "intensive", "starts_on": "2025-09-03"}

    def assigned() -> Any:
        reply = staff("POST", f"{VISITS}/assignments", body, **at)
        return reply.json if reply.status == 201 else None

    assignment_id = wait_until(assigned, deadline=30)["assignment_id"]
    plan = {"assignment_id": assignment_id, "planned_at": "2025-09-25T09:00:00Z", "kind": "support"}
    planned = staff("POST", f"{VISITS}/visits", plan, **at)
    assert planned.status == 201, planned.json
    return {
        "assignment_id": [assignment_id],
        "visit_id": [planned.json["visit_id"]],
        "pd_lead_id": [lead_id],
        "scope": ["hub"],
        "urn": known["urn"],
    }


def e_mails(staff: Client) -> Known:
    """Return an e-mail that these changes caused."""
    items = wait_until(lambda: staff("GET", "/notifications/v1/messages").json["items"], deadline=30)
    return {
        "message_id": [one["message_id"] for one in items],
        "name": sorted({one["template"] for one in items}),
    }


def reports(staff: Client) -> Known:
    """The reports that there are."""
    return {"name": [one["name"] for one in staff("GET", "/reporting/v1/reports").json["items"]]}
