"""A teacher whose personal data was erased, over HTTP and RPC."""

from uuid import uuid4

import pytest
from nameko.standalone.rpc import ClusterRpcProxy
from tests.enrolment.desk import Desk, leader_body, problem, teacher_body
from tests.support.services import Client

BODY = {"reason": "asked_for"}


@pytest.fixture(name="head")
def _head(hub_lead: Client) -> Desk:
    return Desk(hub_lead)


def test_an_erased_teacher_takes_part_in_nothing(desk: Desk, head: Desk) -> None:
    one = desk.teacher(desk.schools()[0])
    done = head.made(f"teachers/{one}/anonymisation", BODY)
    assert done == {"teacher_id": one, "anonymised_on": "2025-09-20", "reason": "asked_for"}
    assert head.made(f"teachers/{one}/anonymisation", BODY) == done
    seen = desk.get(f"teachers/{one}").json
    assert (seen["given"], seen["family"], seen["email"]) == ("Anonymised", "teacher", "")
    place = {"teacher_id": one, "role": "participant"}
    assert problem(desk.post(f"work-groups/{desk.group()}/enrolments", place))[:2] == (422, "unknown_teacher")
    assert problem(desk.post("leaders", leader_body(one)))[:2] == (422, "unknown_teacher")
    move = {"to_urn": desk.schools()[0], "role": "ta", "moved_on": "2025-09-20"}
    assert problem(desk.post(f"teachers/{one}/moves", move))[:2] == (409, "teacher_anonymised")
    other = desk.teacher(desk.schools()[0])
    for ids in ((one, other), (other, one)):
        pair = {"from_id": ids[0], "into_id": ids[1], "dry_run": True}
        assert problem(desk.post("teachers/merges", pair))[:2] == (409, "teacher_anonymised")
    assert desk.get("teachers?q=anonymised").json["items"] == []


def test_only_a_hub_lead_erases(desk: Desk, head: Desk) -> None:
    one = desk.teacher(desk.schools()[0])
    assert problem(desk.post(f"teachers/{one}/anonymisation", BODY))[0] == 403
    role = head.made("leaders", leader_body(one))["leader_role_id"]
    assert problem(head.post(f"teachers/{one}/anonymisation", BODY))[:2] == (409, "holds_roles")
    head.made(f"leaders/{role}/end", {"ends_on": "2025-09-19"})
    assert head.post(f"teachers/{one}/anonymisation", BODY).status == 200
    assert problem(head.post(f"teachers/{uuid4()}/anonymisation", BODY))[:2] == (404, "unknown_teacher")
    assert problem(head.post(f"teachers/{one}/anonymisation", {"reason": "whim"}))[1] == "invalid"


def test_an_answer_kept_for_a_repeat_is_erased_and_the_repeat_does_nothing(desk: Desk, head: Desk) -> None:
    body, key = teacher_body(desk.schools()[0]), str(uuid4())
    one = desk.post("teachers", body, Idempotency_Key=key).json["teacher_id"]
    assert desk.post("teachers", body, Idempotency_Key=key).json["teacher_id"] == one
    head.made(f"teachers/{one}/anonymisation", BODY)
    assert problem(desk.post("teachers", body, Idempotency_Key=key))[:2] == (410, "answer_erased")


def test_contacts_are_of_remaining_records_that_are_not_erased(
    publishers: str, desk: Desk, head: Desk
) -> None:
    origin, target, erased = (
        desk.teacher(desk.schools()[0], email=f"{name}@s.example") for name in ("one", "two", "three")
    )
    desk.made("teachers/merges", {"from_id": origin, "into_id": target, "dry_run": False})
    head.made(f"teachers/{erased}/anonymisation", BODY)
    config = {"AMQP_URI": publishers}
    with ClusterRpcProxy(config, timeout=10) as services:
        found = services.enrolment.contacts([origin, target, erased])
    assert {id_: one["email"] for id_, one in found.items()} == dict.fromkeys(
        (origin, target), "two@s.example"
    )
