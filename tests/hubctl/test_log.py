"""`hubctl log` and what doctor says of the event log, on real databases and a real broker."""

import json
from pathlib import Path

import pytest
from tests.hubctl.conftest import Keeper, hubctl
from tests.hubctl.publishing import EVENTS, delete_log, publish
from tests.support.announcing import set_up_publishers
from tests.support.broker import BrokerServer

from hub_messaging.topology import Subscriber, permissions_of
from hub_messaging.wire import connected
from hub_platform.database import Sessions
from hubctl import places


@pytest.fixture(name="visits_only")
def _visits_only(
    visits: Keeper, amqp_uri: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, no_hub: None
) -> Sessions:
    """A hub of one service, whose administrator a file names."""
    monkeypatch.setattr("hubctl.log.SERVICES", ("visits",))
    (tmp_path / "uri").write_text(f"{amqp_uri}\n")
    monkeypatch.setenv("HUB_BROKER_ADMIN_URI_FILE", str(tmp_path / "uri"))
    monkeypatch.setenv("HUB_ID", "test")
    monkeypatch.setenv("HUB_VISITS_AMQP_URI", amqp_uri)
    set_up_publishers(amqp_uri, "visits")
    return visits.database


def of_log() -> list[str]:
    """Return doctor's finding about the event log."""
    said = hubctl("doctor", "--json").json["findings"]
    return [one["says"] for one in said if one["part"] == "the event log"]


def test_a_deleted_log_is_found_and_restored(visits_only: Sessions, amqp_uri: str) -> None:
    publish(visits_only, amqp_uri)
    assert of_log() == []
    assert "contains all events" in hubctl("log", "status").out

    delete_log(amqp_uri)
    (said,) = of_log()
    assert "hubctl log restore" in said
    status = hubctl("log", "status")
    assert (status.code, "hubctl log restore" in status.err) == (1, True)

    assert f"{EVENTS} events were added" in hubctl("log", "restore").out
    assert hubctl("log", "restore", "--json").json["missing"] == 0
    assert hubctl("log", "status").code == 0
    assert of_log() == []


def test_a_recreated_log_is_empty_and_found(visits_only: Sessions, amqp_uri: str) -> None:
    """As a start does, which imports the definitions."""
    publish(visits_only, amqp_uri)
    delete_log(amqp_uri)
    set_up_publishers(amqp_uri, "visits")
    status = hubctl("log", "status")
    assert (status.code, f"{EVENTS} events are missing from the event log" in status.out) == (1, True)
    found = hubctl("log", "status", "--json").json
    assert found["kinds"] == [
        {"publisher": "visits", "routing_key": "VisitPlanned", "kept": EVENTS, "missing": EVENTS}
    ]


def test_a_log_without_bindings_is_found(visits_only: Sessions, amqp_uri: str) -> None:
    publish(visits_only, amqp_uri)
    with connected(amqp_uri) as connection:
        connection.channel().queue_unbind("hub.log", "visits.events", "#")
    (said,) = of_log()
    assert "not bound" in said


def test_a_service_cannot_restore(
    visits_only: Sessions, amqp_uri: str, broker: BrokerServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish(visits_only, amqp_uri)
    vhost = amqp_uri.rpartition("/")[2]
    broker.manage("PUT", "users/visits-log", {"password": "own", "tags": ""})  # pragma: allowlist secret
    broker.manage("PUT", f"permissions/{vhost}/visits-log", permissions_of(Subscriber("visits", {})))
    own = broker.uri(vhost, user="visits-log", password="own")  # pragma: allowlist secret
    monkeypatch.delenv("HUB_BROKER_ADMIN_URI_FILE")
    monkeypatch.setenv("HUB_BROKER_ADMIN_URI", own)
    said = hubctl("log", "restore")
    assert (said.code, said.err) == (1, "RabbitMQ does not answer (AccessRefused).\n")


def test_without_an_administrator_it_says_what_to_name(
    visits_only: Sessions, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("HUB_BROKER_ADMIN_URI_FILE")
    file = tmp_path / "connections.json"
    monkeypatch.setattr(places.find_broker_administrator, "__defaults__", (file,))
    said = hubctl("log", "status")
    assert (said.code, "HUB_BROKER_ADMIN_URI_FILE" in said.err) == (2, True)
    file.write_text(json.dumps({"broker_admin_uri": None}))
    assert hubctl("log", "status").code == 2


def test_an_unreachable_broker_gives_a_sentence(
    visits_only: Sessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HUB_BROKER_ADMIN_URI_FILE")
    monkeypatch.setenv("HUB_BROKER_ADMIN_URI", "amqp://x:x@127.0.0.1:1/")  # pragma: allowlist secret
    assert "RabbitMQ does not answer" in hubctl("log", "status").err
