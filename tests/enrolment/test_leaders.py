"""Leadership roles come to an end."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from tests.enrolment.desk import Desk, leader_body, problem
from tests.enrolment.factories import BY, NOW, events, group, leader, schools, teacher

from hub_enrolment.commands.teachers import EndLeader
from hub_enrolment.domain.leaders import end
from hub_enrolment.domain.refusals import Refused
from hub_enrolment.domain.teachers import LEADER_ROLES, Appointment
from hub_enrolment.handlers import leaders
from hub_enrolment.models import LeaderRole
from hub_platform.database import Sessions

STARTS = date(2025, 9, 1)
LAST = date(2025, 12, 31)
DAY = timedelta(days=1)


def held(role: str = "work_group_lead", starts_on: date = STARTS, ends_on: date | None = None) -> Appointment:
    return Appointment(role=role, starts_on=starts_on, ends_on=ends_on)


@pytest.mark.parametrize(
    ("one", "ends_on", "code"),
    [
        (held(), STARTS - DAY, "ends_before_start"),
        (held(), STARTS, None),
        (held(ends_on=LAST), LAST - DAY, None),
        (held(ends_on=LAST), LAST, "already_ended"),
        (held(ends_on=LAST), LAST + DAY, "already_ended"),
    ],
)
def test_the_last_day_of_a_role(one: Appointment, ends_on: date, code: str | None) -> None:
    if code is None:
        end(one, ends_on, others=[], groups_n=0)
        return
    with pytest.raises(Refused, match=code):
        end(one, ends_on, others=[], groups_n=0)


@pytest.mark.parametrize(
    ("other", "goes_on"),
    [
        (held("deputy"), True),
        (held("deputy", LAST), True),
        (held("deputy", LAST + DAY), False),
        (held("deputy", ends_on=LAST), False),
        (held("deputy", ends_on=LAST + DAY), True),
        (held("pd_lead"), False),
    ],
)
def test_groups_keep_a_lead_who_goes_on_in_another_role(other: Appointment, goes_on: bool) -> None:
    if goes_on:
        end(held(), LAST, others=[other], groups_n=1)
        return
    with pytest.raises(Refused, match="still_leads_groups") as caught:
        end(held(), LAST, others=[other], groups_n=3)
    assert "3 work groups" in caught.value.detail


@given(st.sampled_from(LEADER_ROLES), st.integers(0, 400), st.integers(0, 3))
def test_only_a_role_that_leads_groups_is_kept_by_them(role: str, days: int, groups_n: int) -> None:
    kept = role not in {"pd_lead", "administrator"} and groups_n > 0
    with pytest.raises(Refused, match="still_leads_groups") if kept else nullcontext():
        end(held(role), STARTS + days * DAY, others=[], groups_n=groups_n)


def ended(session: Session, leader_role_id: UUID, on: date = LAST) -> LeaderRole:
    asked = EndLeader(leader_role_id=leader_role_id, ends_on=on)
    return leaders.end_leader(session, asked, now=NOW, by="ender")


def test_the_end_is_saved_with_its_event(session: Session) -> None:
    (school,) = schools(session)
    role = leader(session, teacher(session, school), role="deputy", core_leadership=True)
    assert ended(session, role.id).ends_on == LAST
    assert (role.revision, role.changed_by) == (2, "ender")
    (told,) = events(session, "LeaderEnded")
    assert told[1] == {
        "leader_role_id": str(role.id),
        "teacher_id": str(role.teacher_id),
        "role": "deputy",
        "urn": school,
        "core_leadership": True,
        "starts_on": "2025-09-01",
        "ended_on": "2025-12-31",
    }


def test_a_refused_end_writes_nothing(database: Sessions) -> None:
    with database.begin() as session:
        lead = teacher(session, schools(session)[0])
        role_id = leader(session, lead).id
        group(session, lead_ids=[lead])
    for on, code in ((LAST, "still_leads_groups"), (STARTS - DAY, "ends_before_start")):
        with pytest.raises(Refused, match=code), database.begin() as session:
            ended(session, role_id, on)
    with pytest.raises(Refused, match="unknown_leader"), database.begin() as session:
        ended(session, uuid4())
    with database() as session:
        assert session.get_one(LeaderRole, role_id).ends_on is None
        assert events(session, "LeaderEnded") == []


@pytest.mark.parametrize(("on", "ends"), [(date(2026, 8, 30), False), (date(2026, 8, 31), True)])
def test_a_role_may_end_with_the_year_of_its_groups(session: Session, on: date, ends: bool) -> None:
    lead = teacher(session, schools(session)[0])
    role = leader(session, lead)
    group(session, lead_ids=[lead])
    if ends:
        assert ended(session, role.id, on).ends_on == on
        return
    with pytest.raises(Refused, match="still_leads_groups"):
        ended(session, role.id, on)


def test_a_group_that_is_over_keeps_nobody(session: Session) -> None:
    lead = teacher(session, schools(session)[0])
    role = leader(session, lead)
    over = group(session, lead_ids=[lead])
    over.status, over.cancelled_reason = "cancelled", "funding"
    over.cancelled_at, over.cancelled_by = NOW, BY
    session.flush()
    assert ended(session, role.id).ends_on == LAST


def appointed(desk: Desk, **changes: Any) -> Any:
    return desk.made("leaders", leader_body(desk.teacher(desk.schools()[0]), **changes))


def test_roles_are_ended_and_listed(desk: Desk) -> None:
    one = appointed(desk, role="mastery_specialist", cohort="Cohort 9")
    other = appointed(desk, role="mastery_specialist")
    assert (one["cohort"], other["cohort"]) == ("Cohort 9", None)
    reply = desk.post(f"leaders/{one['leader_role_id']}/end", {"ends_on": "2025-09-30"})
    assert (reply.status, reply.headers["Etag"]) == (200, '"2"')
    assert reply.json == one | {"ends_on": "2025-09-30"}

    def found(query: str, day: str) -> list[str]:
        path = f"/enrolment/v1/leaders?role=mastery_specialist&{query}"
        listed = desk.client("GET", path, Hub_Time=f"{day}T12:00:00Z").json["items"]
        return [role["leader_role_id"] for role in listed]

    both = [one["leader_role_id"], other["leader_role_id"]]
    assert found("current=true", "2025-09-30") == both
    assert found("current=true", "2025-10-01") == both[1:]
    assert found("current=false", "2025-10-01") == both[:1]
    assert found("current=true", "2025-08-31") == []
    assert found("limit=2", "2025-10-01") == both
    assert problem(desk.get("leaders?role=king"))[:2] == (400, "bad_parameter")


def test_one_role_ended_many_times_at_once_ends_once(desk: Desk) -> None:
    role_id = appointed(desk, role="administrator")["leader_role_id"]
    with ThreadPoolExecutor(6) as pool:
        ask = {"ends_on": "2025-10-31"}
        replies = list(pool.map(lambda _: desk.post(f"leaders/{role_id}/end", ask), range(6)))
    assert Counter(reply.status for reply in replies) == {200: 1, 409: 5}
    assert {problem(reply)[1] for reply in replies if reply.status == 409} == {"already_ended"}
