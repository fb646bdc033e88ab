"""The definitions of the private RabbitMQ."""

import json
import re
from typing import Any

from hub_local.declared import FILE
from hub_local.definitions import ADMINISTRATOR, VIRTUAL_HOST, merged, of_hub
from hub_local.services import SERVICES

PASSWORDS = {name: f"{name}-secret" for name in (ADMINISTRATOR, *(s.name for s in SERVICES))}


def known() -> dict[str, Any]:
    return of_hub([service.subscriber for service in SERVICES], PASSWORDS, json.loads(FILE.read_text()))


def test_every_service_has_a_user_and_only_ours_is_administrator() -> None:
    users = {user["name"]: user["tags"] for user in known()["users"]}
    assert users == {ADMINISTRATOR: ["administrator"], **{s.name: [] for s in SERVICES}}


def test_no_password_is_written_down() -> None:
    assert not [secret for secret in PASSWORDS.values() if secret in str(known())]


def test_no_service_may_write_to_the_exchange_of_another() -> None:
    for permission in known()["permissions"]:
        others = [s.name for s in SERVICES if s.name != permission["user"]]
        allowed = [name for name in others if re.search(permission["write"], f"{name}.events")]
        assert allowed == (others if permission["user"] == ADMINISTRATOR else [])


def test_a_service_may_read_the_exchanges_of_its_publishers_and_no_other() -> None:
    permissions = {p["user"]: p for p in known()["permissions"]}
    for service in SERVICES:
        readable = {
            other.name
            for other in SERVICES
            if other is not service and re.search(permissions[service.name]["read"], f"{other.name}.events")
        }
        assert readable == service.reads


def test_everything_is_on_the_hubs_virtual_host() -> None:
    definitions = known()
    assert definitions["vhosts"] == [{"name": VIRTUAL_HOST}]
    placed = [
        thing for kind in ("exchanges", "queues", "bindings", "permissions") for thing in definitions[kind]
    ]
    assert {thing["vhost"] for thing in placed} == {VIRTUAL_HOST}


def test_what_the_services_have_written_down_exists_before_the_first_event() -> None:
    declared = json.loads(FILE.read_text())
    assert {kind: known()[kind] for kind in declared} == declared


def test_a_service_may_bind_what_it_has_written_down_and_nothing_else() -> None:
    topics = {(t["user"], t["exchange"]): t["read"] for t in known()["topic_permissions"]}
    readable_types = topics["visits", "enrolment.events"]
    assert re.search(readable_types, "SchoolChanged")
    assert not any(re.search(readable_types, key) for key in ("#", "*", "HubTold", "xSchoolChanged"))
    assert ("visits", "notifications.events") not in topics


def test_merging_keeps_what_is_said_twice_once_and_in_order() -> None:
    first, second = (
        {"users": [{"name": "a"}, {"name": "b"}]},
        {"users": [{"name": "b"}], "queues": [{"name": "q"}]},
    )
    assert merged(first, second) == {"users": [{"name": "a"}, {"name": "b"}], "queues": [{"name": "q"}]}
    assert first == {"users": [{"name": "a"}, {"name": "b"}]}
