"""Access to each route by role, over HTTP."""

from datetime import timedelta
from uuid import uuid4

import pytest
from tests.enrolment.desk import V1, Desk, as_lead, problem, register_body
from tests.enrolment.factories import MEETS
from tests.support.services import Client, RunningService

from hub_enrolment.access import GROUP_STAFF, HUB_LEADS, HUB_STAFF, READERS
from hub_enrolment.service import EnrolmentService
from hub_platform.access import ANYONE, SIGNED_IN
from hub_platform.routes import Route, routes_of

ROUTES = {
    f"{route.method} {route.url}": route
    for route in routes_of(EnrolmentService).values()
    if route.url.startswith(f"{V1}/") and route.allow not in (ANYONE, SIGNED_IN)
}
ROLES = ("hub_admin", "hub_lead", "work_group_lead", "pd_lead", "board", "subscriber")


def address(route: Route) -> str:
    """Return the route's path with unknown ids."""
    path = str(route.url).replace("<urn>", "999999").replace("<uid>", "99999")
    while "<uuid:" in path:
        start, _, rest = path.partition("<uuid:")
        path = f"{start}{uuid4()}{rest.partition('>')[2]}"
    return path


@pytest.mark.parametrize("name", ROUTES)
def test_each_route_admits_exactly_its_roles(enrolment: RunningService, name: str) -> None:
    route = ROUTES[name]
    for role in ROLES:
        reply = enrolment.client(role)(route.method, address(route), If_Match='"1"')
        said = reply.json.get("code")
        assert (said == "forbidden") is (role not in route.allow), (role, reply.body)
    anonymous = Client(enrolment.port)(route.method, address(route))
    assert problem(anonymous)[:2] == (401, "no_token")


# Changes that a work group lead may make in their own groups.
LEADS_CHANGE = {
    "POST work-groups/<uuid:work_group_id>/session-series",
    "POST sessions/<uuid:session_id>/reschedule",
    "POST sessions/<uuid:session_id>/cancellation",
    "POST sessions/<uuid:session_id>/apologies",
    "PUT sessions/<uuid:session_id>/register",
    "POST work-groups/<uuid:work_group_id>/tasks",
    "PUT tasks/<uuid:task_id>/reports/<uuid:enrolment_id>",
    "POST work-groups/<uuid:work_group_id>/lesson-studies",
    "POST lesson-studies/<uuid:cycle_id>/taught",
    "POST lesson-studies/<uuid:cycle_id>/review",
}


def test_what_changes_something_is_for_hub_staff_but_what_leads_do() -> None:
    changing = {
        name.replace(f"{V1}/", ""): route.allow for name, route in ROUTES.items() if route.method != "GET"
    }
    assert {name for name, allow in changing.items() if allow == GROUP_STAFF} == LEADS_CHANGE
    for of_consequence in ("PUT hub", "POST teachers/<uuid:teacher_id>/anonymisation"):
        assert changing.pop(of_consequence) == HUB_LEADS
    assert {allow for name, allow in changing.items() if name not in LEADS_CHANGE} == {HUB_STAFF}


def test_personal_data_is_for_hub_staff() -> None:
    assert ROUTES[f"GET {V1}/teachers/<uuid:teacher_id>"].allow == HUB_STAFF
    assert ROUTES[f"GET {V1}/schools"].allow == READERS


def test_a_lead_sees_their_own_groups_and_takes_their_registers(
    enrolment: RunningService, desk: Desk
) -> None:
    lead = desk.lead()
    own, other = desk.group(lead_ids=[lead]), desk.group()
    places = {group: desk.fill(group, teachers_n=1, schools_n=1) for group in (own, other)}
    sessions = {group: desk.session(group) for group in (own, other)}
    led = Desk(as_lead(enrolment, lead))

    assert [item["work_group_id"] for item in led.get("work-groups").json["items"]] == [own]
    for group, allowed in ((own, True), (other, False)):
        path = f"sessions/{sessions[group]}/register"
        body = register_body(places[group])
        replies = [
            led.get(f"work-groups/{group}"),
            led.get(f"work-groups/{group}/enrolments"),
            led.get(f"work-groups/{group}/sessions"),
            led.get(f"sessions/{sessions[group]}"),
            led.put(path, body, at=MEETS + timedelta(hours=4), If_Match='"1"'),
        ]
        for reply in replies:
            if allowed:
                assert reply.status == 200, reply.body
            else:
                assert problem(reply)[:2] == (403, "not_your_work_group")


def test_a_lead_whose_token_names_no_teacher_sees_no_group(enrolment: RunningService) -> None:
    reply = enrolment.client("work_group_lead")("GET", f"{V1}/work-groups")
    assert problem(reply)[:2] == (403, "not_your_work_group")
