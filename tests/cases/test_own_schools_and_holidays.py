"""R4 and R5: a rule of one service holds on what another has announced since."""

from collections.abc import Callable
from datetime import date
from typing import Any, Final

import pytest
from tests.cases.desk import V1, Desk, Group, Person
from tests.cases.register import authority, schools, succeed
from tests.cases.visiting import assign
from tests.support.waiting import wait_until

WEDNESDAY: Final = date(2026, 12, 23)


def pd_lead(desk: Desk, urn: str) -> Person:
    """A PD lead from a school."""
    (person,) = desk.people(1, urn=urn)
    body = {"teacher_id": person.id, "role": "pd_lead", "starts_on": "2026-09-01"}
    desk.make("leaders", body | {"core_leadership": False})
    return person


def moved(desk: Desk, person: Person, to: str) -> None:
    """The PD lead changes schools."""
    body = {"from_urn": person.urn, "to_urn": to, "role": "class_teacher", "moved_on": "2027-01-04"}
    desk.make(f"teachers/{person.id}/moves", body)


def corrected(desk: Desk, person: Person, to: str) -> None:
    """The PD lead was registered at the wrong school."""
    path = f"teachers/{person.id}/memberships"
    (held,) = desk.hub("GET", f"{V1}/{path}").json["items"]
    body = {"urn": to, "reason": "registered at the wrong school"}
    reply = desk.change(f"{path}/{held['membership_id']}", body)
    assert reply.status == 200, reply.body


def joined(desk: Desk, person: Person, to: str) -> None:
    """The PD lead works at a second school besides."""
    body = {"from_urn": None, "to_urn": to, "role": "class_teacher", "moved_on": "2027-01-04"}
    desk.make(f"teachers/{person.id}/moves", body)


@pytest.mark.parametrize("change", [moved, corrected, joined])
def test_r4_a_pd_lead_is_not_assigned_to_the_school_where_they_work_now(
    desk: Desk, change: Callable[[Desk, Person, str], None]
) -> None:
    """Before: 201, as visits knows the school of the day of the appointment only."""
    desk.assignment()  # so that the hub has a calendar
    home, supported = desk.schools(2)
    person = pd_lead(desk, home)
    change(desk, person, supported)
    desk.hub.wait_for_notifications()

    def code() -> Any:
        reply = assign(desk, supported, date(2027, 1, 11), pd_lead_id=person.id)
        return reply.json.get("code", reply.status)

    assert wait_until(code) == "own_school"


def test_r4_a_pd_lead_of_a_closed_school_is_not_assigned_to_its_successor(desk: Desk) -> None:
    """More of R4's kind."""
    desk.assignment()
    la_code = authority()
    (home,) = schools(desk, 1, la_code)
    person = pd_lead(desk, home)
    new = succeed(desk, la_code, {home: None})[home]
    desk.hub.wait_for_notifications()
    reply = assign(desk, new, date(2027, 1, 11), pd_lead_id=person.id)
    assert (reply.status, reply.json.get("code")) == (422, "own_school"), reply.body


def warned(desk: Desk, group: Group, first_on: date, count: int) -> dict[str, str]:
    """The warnings of a weekly series that is only previewed: day and reason."""
    weekday = f"{first_on:%A}".lower()
    body: dict[str, Any] = {
        "pattern": {"repeats": "weekly", "every": 1, "weekday": weekday},
        "mode": "in_person",
    }
    body |= {"first_on": first_on.isoformat(), "count": count, "starts": "13:30", "ends": "16:00"}
    made = desk.make(f"work-groups/{group.id}/session-series", body | {"dry_run": True})
    return {one["on"]: one["reason"] for one in made["warnings"]}


@pytest.mark.parametrize(
    ("first_on", "count", "expected"),
    [
        (WEDNESDAY, 2, {"2026-12-23", "2026-12-30"}),
        (date(2027, 2, 10), 3, {"2027-02-17"}),  # more of R5's kind: the week of half term
        (date(2027, 3, 24), 4, {"2027-03-31", "2027-04-07"}),  # more of R5's kind: Easter
    ],
)
def test_r5_a_series_warns_of_school_holidays(
    desk: Desk, first_on: date, count: int, expected: set[str]
) -> None:
    """Before: of bank holidays and weekends only."""
    desk.assignment()  # so that visits has the hub's calendar of this year
    group = desk.group()
    found = wait_until(lambda: warned(desk, group, first_on, count) or None, deadline=5)
    assert set(found) == expected
    assert not set(found.values()) & {"weekend", "bank_holiday"}


def test_r5_a_series_in_term_has_no_warning(desk: Desk) -> None:
    """More of R5's kind."""
    desk.assignment()
    assert warned(desk, desk.group(), date(2027, 1, 20), 3) == {}
