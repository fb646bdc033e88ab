"""Filters of lists over HTTP, each tested with rows that it excludes."""

from typing import Any

import pytest
from tests.enrolment.desk import Desk, application_body, as_lead, day_body, leader_body, problem
from tests.support.services import RunningService


def items(desk: Desk, path: str) -> list[Any]:
    reply = desk.get(path)
    assert reply.status == 200, reply.body
    found: list[Any] = reply.json["items"]
    return found


def test_work_groups_are_listed_by_lead(enrolment: RunningService, desk: Desk) -> None:
    lead, other = desk.lead(), desk.lead()
    own, shared = desk.group(lead_ids=[lead]), desk.group(lead_ids=[other, lead])
    theirs = desk.group(lead_ids=[other])
    assert [one["work_group_id"] for one in items(desk, f"work-groups?lead_id={lead}")] == [own, shared]
    assert [one["work_group_id"] for one in items(desk, f"work-groups?lead_id={other}")] == [shared, theirs]
    led = Desk(as_lead(enrolment, lead))
    assert [one["work_group_id"] for one in items(led, f"work-groups?lead_id={other}")] == [shared]


def test_places_of_a_group_are_listed_by_status_and_school(desk: Desk) -> None:
    group = desk.group()
    first, second, third = desk.fill(group, teachers_n=3, schools_n=2)
    desk.made(f"enrolments/{second}/withdrawal", {"reason": "workload"})
    urn = desk.get(f"enrolments/{first}").json["urn"]
    path = f"work-groups/{group}/enrolments"
    assert [one["enrolment_id"] for one in items(desk, f"{path}?status=withdrawn")] == [second]
    assert [one["enrolment_id"] for one in items(desk, f"{path}?urn={urn}")] == [first, third]
    assert items(desk, f"{path}?urn={urn}&status=withdrawn") == []
    assert problem(desk.get(f"{path}?status=gone")) == (400, "bad_parameter", ["/status"])


def test_applications_are_listed_across_groups(desk: Desk) -> None:
    urn, other = desk.schools(2)
    ada, eve = desk.teacher(urn), desk.teacher(other)
    first_group, second_group = desk.group(), desk.group()
    first = desk.made(f"work-groups/{first_group}/applications", application_body(urn, [ada]))
    second = desk.made(f"work-groups/{second_group}/applications", application_body(urn, [ada]))
    bystander = desk.made(f"work-groups/{first_group}/applications", application_body(other, [eve]))
    desk.made(f"applications/{second['application_id']}/withdrawal", {})

    def listed(query: str) -> list[str]:
        return [one["application_id"] for one in items(desk, f"applications?{query}")]

    assert listed(f"urn={urn}") == [first["application_id"], second["application_id"]]
    assert listed(f"urn={urn}&status=draft") == [first["application_id"]]
    assert listed(f"work_group_id={first_group}") == [first["application_id"], bystander["application_id"]]
    assert problem(desk.get("applications?urn=1")) == (400, "bad_parameter", ["/urn"])


def test_pd_days_are_listed_by_day_kind_and_status(desk: Desk) -> None:
    before, on, after = (
        desk.made("pd-days", day_body(on=day))["pd_day_id"]
        for day in ("2031-03-29", "2031-03-30", "2031-03-31")
    )
    conference = desk.made("pd-days", day_body(on="2031-03-30", kind="conference"))["pd_day_id"]
    desk.made(f"pd-days/{after}/cancellation", {"reason": "weather"})

    def listed(query: str) -> list[str]:
        return [one["pd_day_id"] for one in items(desk, f"pd-days?{query}")]

    assert listed("from=2031-03-30&to=2031-03-30") == [on, conference]
    assert listed("from=2031-03-29&to=2031-03-31&kind=pd_day") == [before, on, after]
    assert listed("from=2031-03-29&status=cancelled") == [after]
    assert problem(desk.get("pd-days?from=2031-03-30&to=2031-03-29")) == (400, "bad_parameter", ["/to"])


def test_leaders_are_listed_by_person(desk: Desk) -> None:
    lead, other = desk.lead(), desk.lead()
    desk.made("leaders", leader_body(lead, role="pd_lead"))
    roles = [one["role"] for one in items(desk, f"leaders?teacher_id={lead}")]
    assert roles == ["work_group_lead", "pd_lead"]
    assert len(items(desk, f"leaders?teacher_id={other}")) == 1


@pytest.mark.parametrize("path", ["applications", "pd-days", "leaders", "work-groups"])
def test_an_unknown_parameter_is_refused_everywhere(desk: Desk, path: str) -> None:
    assert problem(desk.get(f"{path}?person=ada")) == (400, "bad_parameter", ["/person"])
