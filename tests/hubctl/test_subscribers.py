"""`hubctl subscribers` on a real broker: add, show, change, rotate and remove."""

# Long: the life of a subscriber, command by command.

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import amqp
import pytest
from tests.hubctl.conftest import hubctl
from tests.hubctl.subscribing import management, publish, reading, received
from tests.support.amqp import connected
from tests.support.announcing import set_up_publishers
from tests.support.broker import BrokerServer
from tests.support.waiting import wait_until

from hub_contracts import EVENTS, PUBLISHERS
from hub_messaging.subscribers import lifecycle, state
from hub_messaging.subscribers.broker import Management, ManagementAway
from hub_messaging.subscribers.naming import lock_of
from hubctl.places import SERVICES

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB$`x\n-----END CERTIFICATE-----\n"
ADD = ("subscribers", "add", "warehouse", "--by", "ada", "--json")


@pytest.fixture(name="hub")
def _hub(
    amqp_uri: str, broker: BrokerServer, no_hub: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Management]:
    set_up_publishers(amqp_uri, *SERVICES)
    monkeypatch.setenv("HUB_BROKER_ADMIN_URI", amqp_uri)
    monkeypatch.setenv("HUB_BROKER_MANAGEMENT_URL", f"http://{broker.host}:{broker.management_port}")
    broker_of_hub = management(broker, amqp_uri)
    yield broker_of_hub
    for known in list(state.load_all(broker_of_hub)):
        lifecycle.clear(broker_of_hub, known.name)


def added(*events: str) -> dict[str, Any]:
    said = hubctl(*ADD, *(word for event in events or ("all",) for word in ("--events", event)))
    assert said.code == 0, said.err
    connection: dict[str, Any] = said.json
    return connection


def left(hub: Management) -> list[str]:
    """Return the broker's objects that belong to a subscriber."""
    found = [one["name"] for kind in ("queues", "policies") for one in hub.get(kind, hub.vhost)]
    found += [one["name"] for kind in ("users", "global-parameters") for one in hub.get(kind)]
    return [name for name in found if name.startswith("subscriber.")]


def test_a_subscriber_reads_what_is_published_from_now_on_and_nothing_else(
    hub: Management, amqp_uri: str
) -> None:
    publish(amqp_uri, "visits", "VisitLogged", "before")
    connection = added("VisitLogged", "notifications")
    publish(amqp_uri, "visits", "VisitLogged", "first")
    publish(amqp_uri, "visits", "VisitPlanned", "not asked for")
    publish(amqp_uri, "notifications", "MessageSent", "second")
    publish(amqp_uri, "notifications", "LogMark", "not asked for")
    assert received(connection) == ["first", "second"]


def test_the_connection_is_complete_and_shown_once(hub: Management, amqp_uri: str) -> None:
    connection = added("all")
    host, _, port = amqp_uri.rpartition("@")[2].partition("/")[0].partition(":")
    assert (connection["host"], str(connection["port"]), connection["tls"]) == (host, port, False)
    assert connection["user"] == connection["queue"] == "subscriber.warehouse"
    assert len(connection["password"]) >= 32
    assert set(connection["events"]) == set(PUBLISHERS)
    shown = hubctl("subscribers", "show", "warehouse", "--json")
    assert connection["password"] not in shown.out + hubctl("subscribers", "list", "--json").out
    assert shown.json["added_by"] == "ada"
    assert connection["password"] not in str(hub.get("global-parameters"))


def test_the_lines_for_a_person_are_pasted_into_a_shell(hub: Management) -> None:
    said = hubctl("subscribers", "add", "warehouse", "--events", "all")
    assert "shown only once" in said.err
    values = in_a_shell(said.out)
    assert values["HUB_EVENTS_QUEUE"] == "subscriber.warehouse"
    assert values["HUB_EVENTS_URI"].startswith("amqp://subscriber.warehouse:")
    assert "HUB_EVENTS_CA" not in values
    with connected(values["HUB_EVENTS_URI"]) as connection:
        assert connection.channel().queue_declare("subscriber.warehouse", passive=True).message_count == 0


def test_the_lines_write_the_file_of_an_authority_of_ones_own(
    hub: Management, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").write_text(CERTIFICATE)
    monkeypatch.setenv("HUB_SUBSCRIBERS_HOST", "events.hub.example")
    monkeypatch.setenv("HUB_SUBSCRIBERS_CA_FILE", str(tmp_path / "ca.pem"))
    said = hubctl("subscribers", "add", "warehouse", "--events", "all")
    values = in_a_shell(said.out, tmp_path)
    assert (tmp_path / values["HUB_EVENTS_CA"]).read_text() == CERTIFICATE


def in_a_shell(lines: str, folder: Path | None = None) -> dict[str, str]:
    """The variables that a shell has after these lines, which hold nothing else than HUB_EVENTS_*."""
    shell = ["bash", "-eu", "-c", f"{lines}\nenv -0"]
    done = subprocess.run(
        shell, cwd=folder, env={"PATH": os.environ["PATH"]}, capture_output=True, check=True
    )
    values = dict(one.split("=", 1) for one in done.stdout.decode().split("\0") if one)
    return {name: value for name, value in values.items() if name.startswith("HUB_EVENTS")}


def test_the_door_for_strangers_is_what_the_settings_name(
    hub: Management, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "ca.pem").write_text("-----BEGIN CERTIFICATE-----\n")
    monkeypatch.setenv("HUB_SUBSCRIBERS_HOST", "events.hub.example")
    monkeypatch.setenv("HUB_SUBSCRIBERS_CA_FILE", str(tmp_path / "ca.pem"))
    connection = added("all")
    assert (connection["host"], connection["port"], connection["tls"]) == ("events.hub.example", 5671, True)
    assert connection["uri"].startswith("amqps://subscriber.warehouse:")
    assert connection["ca"].startswith("-----BEGIN")
    assert connection["open"] is True


def test_adding_one_that_exists_is_refused_and_changes_nothing(hub: Management, amqp_uri: str) -> None:
    connection = added("VisitLogged")
    again = hubctl(*ADD, "--events", "all")
    assert again.code == 1
    assert "warehouse exists" in again.err
    publish(amqp_uri, "visits", "VisitLogged", "one")
    assert received(connection) == ["one"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("add", "Warehouse", "--events", "all"), "lower-case"),
        (("add", "visits", "--events", "all"), "service"),
        (("add", "warehouse", "--events", "VisitLoged"), "VisitLogged"),
        (("add", "warehouse", "--events", "all", "--from", "yesterday"), "--from"),
        (("add", "warehouse", "--events", "all", "--from", "2999-01-01"), "in the future"),
        (("change", "warehouse"), "at least one change"),
        (("remove", "warehouse"), "--yes"),
    ],
)
def test_wrong_use_is_a_sentence_and_makes_nothing(
    hub: Management, arguments: tuple[str, ...], said: str
) -> None:
    answer = hubctl("subscribers", *arguments)
    assert answer.code == 2
    assert said in answer.err
    assert left(hub) == []


@pytest.mark.parametrize("command", ["show", "rotate", "remove"])
def test_one_that_does_not_exist_is_said(hub: Management, command: str) -> None:
    yes = ["--yes"] if command == "remove" else []
    answer = hubctl("subscribers", command, "unknown", *yes)
    assert answer.code == 1
    assert "There is no subscriber 'unknown'" in answer.err


def test_a_new_password_ends_the_connections_of_the_old_one(hub: Management, amqp_uri: str) -> None:
    old = added("VisitLogged")
    with reading(old) as connection:
        connection.channel()
        new = hubctl("subscribers", "rotate", "warehouse", "--by", "eve", "--json").json
        with pytest.raises((amqp.ConnectionForced, OSError)):
            while True:
                connection.drain_events(timeout=30)
    with pytest.raises(amqp.AccessRefused):
        reading(old).connect()
    publish(amqp_uri, "visits", "VisitLogged", "one")
    assert received(new) == ["one"]
    assert hubctl("subscribers", "show", "warehouse", "--json").json["changed_by"] == "eve"


def test_events_and_limits_are_changed_while_messages_wait(hub: Management, amqp_uri: str) -> None:
    connection = added("VisitLogged", "VisitPlanned")
    publish(amqp_uri, "visits", "VisitPlanned", "kept")
    change = ("--events", "VisitLogged", "--max-messages", "1000", "--max-days", "3", "--json")
    changed = hubctl("subscribers", "change", "warehouse", *change)
    assert changed.json["events"] == {"visits": ["VisitLogged"]}
    assert changed.json["limits"]["messages"] == 1000
    publish(amqp_uri, "visits", "VisitPlanned", "removed type")
    publish(amqp_uri, "visits", "VisitLogged", "added type")
    assert received(connection) == ["kept", "added type"]


def test_limits_that_the_broker_has_no_room_for_are_refused(hub: Management) -> None:
    answer = hubctl(*ADD, "--events", "all", "--max-messages", "100000000")
    assert answer.code == 1
    assert "too little memory" in answer.err
    assert left(hub) == []


def test_what_is_removed_leaves_nothing(hub: Management) -> None:
    connection = added("all")
    assert left(hub)
    assert hubctl("subscribers", "remove", "warehouse", "--yes", "--json").json == {"removed": "warehouse"}
    assert left(hub) == []
    with pytest.raises(amqp.AccessRefused):
        reading(connection).connect()


@pytest.mark.parametrize("step", ["put_limits", "create_user", "fill", "state.store"])
def test_an_add_that_fails_leaves_nothing_and_can_be_repeated(
    hub: Management, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    def fail(*_args: object, **_more: object) -> None:
        raise ManagementAway("gone")

    with monkeypatch.context() as failing:
        names = {"fill": "hubctl.subscribers.bind_from_now"}
        failing.setattr(names.get(step, f"hub_messaging.subscribers.lifecycle.{step}"), fail)
        answer = hubctl(*ADD, "--events", "all")
    assert answer.code == 1
    assert "does not answer" in answer.err
    assert left(hub) == []
    assert added("all")["queue"] == "subscriber.warehouse"


@pytest.mark.parametrize("step", ["put_limits", "create_user", "state.store"])
def test_an_add_that_was_killed_is_replaced_by_the_next(
    hub: Management, monkeypatch: pytest.MonkeyPatch, step: str, amqp_uri: str
) -> None:
    """Nothing after the step is done, and nothing is cleaned up."""

    class Killed(BaseException):
        pass

    def die(*_args: object, **_more: object) -> None:
        raise Killed

    with monkeypatch.context() as dying:
        dying.setattr(f"hub_messaging.subscribers.lifecycle.{step}", die)
        dying.setattr("hub_messaging.subscribers.lifecycle.clear", lambda *_args: False)
        with pytest.raises(Killed):
            hubctl(*ADD, "--events", "VisitLogged")
    connection = added("VisitPlanned")
    publish(amqp_uri, "visits", "VisitLogged", "of the first attempt")
    publish(amqp_uri, "visits", "VisitPlanned", "one")
    assert received(connection) == ["one"]


def test_two_commands_on_one_subscriber_do_not_meet(hub: Management, amqp_uri: str) -> None:
    with connected(amqp_uri) as other:
        other.channel().queue_declare(lock_of("warehouse"), exclusive=True)
        answer = hubctl(*ADD, "--events", "all")
    assert answer.code == 1
    assert "Another command is changing" in answer.err
    assert added("all")["name"] == "warehouse"


def test_the_list_says_what_waits_and_who_last_read(hub: Management, amqp_uri: str) -> None:
    connection = added("VisitLogged")
    for number in range(4):
        publish(amqp_uri, "visits", "VisitLogged", str(number))
    with reading(connection) as opened:
        channel = opened.channel()
        channel.basic_qos(0, 2, False)
        read: list[Any] = []
        tag = channel.basic_consume(connection["queue"], callback=read.append)
        wait_until(lambda: opened.drain_events(timeout=10) or len(read) == 2)
        channel.basic_cancel(tag)  # nothing more is sent
        channel.basic_ack(read[0].delivery_tag)
        channel.basic_reject(read[1].delivery_tag, requeue=False)

        def seen() -> bool:
            (one,) = hubctl("subscribers", "list", "--json").json["subscribers"]
            return (one["messages"], one["dead"]) == (2, 1) and bool(one["last_read"] and one["oldest"])

        wait_until(seen, deadline=60)
    (one,) = hubctl("subscribers", "list", "--json").json["subscribers"]
    assert one["last_read"]["seconds"] < 60 > one["oldest"]["seconds"]
    assert 0 < one["share"] < 0.01
    assert "warehouse" in hubctl("subscribers", "list").out
    assert received(connection, connection["dead_letter_queue"]) == ["1"]


def test_what_can_be_subscribed_to_is_listed(no_hub: None) -> None:
    listed = hubctl("subscribers", "events", "--json").json["publishers"]
    assert sorted(key for keys in listed.values() for key in keys) == sorted(EVENTS)
    assert "VisitLogged" in hubctl("subscribers", "events").out


def test_a_broker_whose_management_is_away_is_said(hub: Management, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_BROKER_MANAGEMENT_URL", "http://127.0.0.1:9")
    answer = hubctl("subscribers", "list")
    assert answer.code == 1
    assert "HUB_BROKER_MANAGEMENT_URL" in answer.err


def test_a_backup_of_the_brokers_definitions_holds_all_of_a_subscriber(
    hub: Management, amqp_uri: str, broker: BrokerServer
) -> None:
    """User with its password and limits, permissions, queues, policies, bindings, and what is remembered."""
    connection = added("VisitLogged")
    before = hubctl("subscribers", "show", "warehouse", "--json").json
    definitions = hub.get("definitions")
    user = hub.get("users", "subscriber.warehouse")
    lifecycle.clear(hub, "warehouse")
    assert left(hub) == []
    broker.manage("POST", "definitions", definitions)
    assert hub.get("users", "subscriber.warehouse") == user
    after = hubctl("subscribers", "show", "warehouse", "--json").json
    assert {**after, "last_read": None} == {**before, "last_read": None}
    assert after["may_read"]
    publish(amqp_uri, "visits", "VisitLogged", "one")
    assert received(connection) == ["one"]
