"""Over HTTP: waiting lists, offers, and fifty who want the last five places."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from tests.enrolment.desk import Desk, as_lead, participant, problem
from tests.enrolment.messages import offer_failed, offer_sent
from tests.support.announcing import announce
from tests.support.services import Reply, RunningService
from tests.support.waiting import wait_until

from hub_contracts.notifications import MessageEvent


def open_now(desk: Desk, **changes: Any) -> tuple[str, datetime]:
    """A group that recruits by the hub's clock, which ends offers; and its present instant."""
    now = datetime.fromisoformat(desk.get("clock").json["hub_time"])
    opens_at, closes_at = (now + timedelta(days=days) for days in (-30, 30))
    changes |= {"opens_at": opens_at.isoformat(), "closes_at": closes_at.isoformat()}
    return desk.group(**changes), now


def enrol(desk: Desk, group_id: str, teacher_id: str, at: datetime) -> Reply:
    return desk.post(f"work-groups/{group_id}/enrolments", participant(teacher_id), at=at)


def test_a_teacher_waits_is_offered_a_place_and_takes_it(desk: Desk, enrolment: RunningService) -> None:
    lead_id = desk.lead()
    group_id, now = open_now(desk, capacity=1, lead_ids=[lead_id])
    (urn,) = desk.schools()
    holder, ada, eve = (desk.teacher(urn) for _ in range(3))
    place = enrol(desk, group_id, holder, now).json["enrolment_id"]
    path = f"work-groups/{group_id}/waiting-list"

    made = desk.post(path, participant(ada), at=now)
    assert (made.status, made.json["position"], made.json["status"]) == (201, 1, "waiting")
    assert desk.at(made).json == made.json
    assert problem(desk.post(path, participant(ada), at=now))[:2] == (409, "already_waiting")
    assert desk.post(path, participant(eve), at=now).json["position"] == 2
    assert problem(desk.post(f"work-groups/{group_id}/offers", {}, at=now))[:2] == (409, "no_place_free")

    desk.made(f"enrolments/{place}/withdrawal", {"reason": "workload"}, at=now)
    listed = as_lead(enrolment, lead_id)("GET", f"/enrolment/v1/{path}").json["items"]
    assert [(one["teacher_id"], one["status"], one["position"]) for one in listed] == [
        (ada, "offered", None),
        (eve, "waiting", 1),
    ]
    assert [one["teacher_id"] for one in desk.get(f"{path}?status=waiting").json["items"]] == [eve]
    assert problem(enrol(desk, group_id, holder, now))[:2] == (409, "waiting_list_first")
    entry = f"waiting-list/{made.json['waiting_id']}"
    taken = desk.made(f"{entry}/acceptance", {}, at=now)
    assert desk.get(f"enrolments/{taken['enrolment_id']}").json["teacher_id"] == ada
    assert problem(desk.post(f"{entry}/withdrawal", {}, at=now))[:2] == (409, "not_waiting")


@pytest.mark.parametrize("message", [offer_sent, offer_failed])
def test_unanswered_offer_expires_after_its_email(
    desk: Desk, publishers: str, message: Callable[..., MessageEvent]
) -> None:
    group_id, now = open_now(desk, capacity=1)
    (urn,) = desk.schools()
    holder, ada = desk.teacher(urn), desk.teacher(urn)
    place = enrol(desk, group_id, holder, now).json["enrolment_id"]
    path = f"work-groups/{group_id}/waiting-list"
    entry = f"waiting-list/{desk.made(path, participant(ada), at=now)['waiting_id']}"
    desk.made(f"enrolments/{place}/withdrawal", {"reason": "workload"}, at=now)
    offer = desk.get(entry).json
    assert (offer["status"], offer["told_at"]) == ("offered", None)

    sent_at = datetime.fromisoformat(offer["expires_at"]) + timedelta(days=2)
    announce(publishers, message(offer["waiting_id"], ada), at=sent_at)
    wait_until(lambda: desk.get(entry).json["told_at"] is not None, deadline=15)
    (told,) = desk.get(path).json["items"]
    assert datetime.fromisoformat(told["told_at"]) == sent_at
    assert datetime.fromisoformat(told["expires_at"]) > sent_at + timedelta(days=5)
    assert told["status"] == "offered"
    assert desk.client("GET", "/enrolment/v1/clock", Hub_Time=told["expires_at"]).status == 200
    wait_until(lambda: desk.get(entry).json["status"] == "expired", deadline=15)


def test_offer_without_email_is_accepted_after_its_first_end(desk: Desk) -> None:
    group_id, now = open_now(desk, capacity=1)
    (urn,) = desk.schools()
    holder, ada = desk.teacher(urn), desk.teacher(urn)
    place = enrol(desk, group_id, holder, now).json["enrolment_id"]
    path = f"work-groups/{group_id}/waiting-list"
    entry = f"waiting-list/{desk.made(path, participant(ada), at=now)['waiting_id']}"
    desk.made(f"enrolments/{place}/withdrawal", {"reason": "workload"}, at=now)
    ends = datetime.fromisoformat(desk.get(entry).json["expires_at"])
    assert desk.made(f"{entry}/acceptance", {}, at=ends)["status"] == "accepted"


def test_fifty_at_once_get_the_last_five_places_and_the_list_has_no_gaps(desk: Desk) -> None:
    group_id = desk.group(capacity=8)
    desk.fill(group_id, teachers_n=3, schools_n=2)
    (school,) = desk.schools()
    teachers = [desk.teacher(school) for _ in range(50)]

    def ask(teacher_id: str) -> str:
        place = desk.post(f"work-groups/{group_id}/enrolments", participant(teacher_id))
        if place.status == 201:
            return "enrolled"
        assert problem(place)[1] in {"work_group_full", "waiting_list_first"}
        entry = desk.post(f"work-groups/{group_id}/waiting-list", participant(teacher_id))
        assert entry.status == 201, entry.body
        return "waiting"

    with ThreadPoolExecutor(50) as pool:
        assert Counter(pool.map(ask, teachers)) == {"enrolled": 5, "waiting": 45}
    listed = desk.get(f"work-groups/{group_id}/waiting-list?limit=100").json["items"]
    assert [one["position"] for one in listed] == list(range(1, 46))
    assert desk.get(f"work-groups/{group_id}").json["teachers_n"] == 8


def test_an_offer_accepted_and_declined_at_once_ends_one_way(desk: Desk) -> None:
    group_id, now = open_now(desk, capacity=1)
    (urn,) = desk.schools()
    holder, ada = desk.teacher(urn), desk.teacher(urn)
    place = enrol(desk, group_id, holder, now).json["enrolment_id"]
    entry = desk.made(f"work-groups/{group_id}/waiting-list", participant(ada), at=now)["waiting_id"]
    desk.made(f"enrolments/{place}/withdrawal", {"reason": "workload"}, at=now)
    ways = ["acceptance", "withdrawal"] * 4
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(lambda way: desk.post(f"waiting-list/{entry}/{way}", {}, at=now), ways))
    assert sum(reply.status == 200 for reply in replies) == 1
    ended = desk.get(f"waiting-list/{entry}").json
    assert (ended["status"] == "accepted") is (ended["enrolment_id"] is not None)
    held = desk.get(f"work-groups/{group_id}").json["teachers_n"]
    assert held == (1 if ended["status"] == "accepted" else 0)


def test_lead_cannot_read_the_list_of_another_group(desk: Desk, enrolment: RunningService) -> None:
    group_id = desk.group(capacity=1)
    desk.fill(group_id, teachers_n=1, schools_n=1)
    path = f"work-groups/{group_id}/waiting-list"
    entry = desk.made(path, participant(desk.teacher(desk.schools()[0])))["waiting_id"]
    stranger = as_lead(enrolment, desk.lead())
    for url in (path, f"waiting-list/{entry}"):
        assert problem(stranger("GET", f"/enrolment/v1/{url}"))[:2] == (403, "not_your_work_group")


def test_what_is_not_there_is_unknown(desk: Desk) -> None:
    assert problem(desk.get(f"waiting-list/{uuid4()}"))[:2] == (404, "unknown_entry")
    assert problem(desk.post(f"waiting-list/{uuid4()}/acceptance", {}))[:2] == (404, "unknown_entry")
    assert problem(desk.post(f"work-groups/{uuid4()}/offers", {}))[:2] == (404, "unknown_work_group")
    body = participant(str(uuid4()))
    assert problem(desk.post(f"work-groups/{desk.group()}/waiting-list", body)) == (
        422,
        "unknown_teacher",
        ["/teacher_id"],
    )
