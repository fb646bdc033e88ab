"""Where `hubctl` finds the broker's management API, and what address it hands to subscribers."""

import json
from pathlib import Path

import pytest

from hub_local.places import Places
from hub_local.services import Connections
from hubctl.broker_places import Endpoint, find_administrator, find_endpoint
from hubctl.places import WrongUse

ADMINISTRATOR = "amqp://hub_local:pw@127.0.0.1:5672/hub"  # pragma: allowlist secret
ELSEWHERE = "amqp://hub_admin:pw@rabbitmq:5672/hub"  # pragma: allowlist secret


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BROKER_ADMIN_URI", "BROKER_ADMIN_URI_FILE", "BROKER_MANAGEMENT_URL"):
        monkeypatch.delenv(f"HUB_{name}", raising=False)
    for name in ("HOST", "PORT", "CA", "CA_FILE"):
        monkeypatch.delenv(f"HUB_SUBSCRIBERS_{name}", raising=False)


@pytest.fixture(name="running")
def _running(tmp_path: Path) -> Path:
    """The file that `make run` writes."""
    places = Places(tmp_path)
    Connections({}, {"hub_local": ADMINISTRATOR}, {}, "http://127.0.0.1:4444").write(places)
    return places.connections


def test_the_running_hub_tells_where_its_management_api_is(running: Path) -> None:
    found = find_administrator(running)
    assert found.uri == ADMINISTRATOR
    assert found.management.addresses == ("http://127.0.0.1:4444",)


def test_the_api_of_the_running_hub_is_not_taken_for_that_of_another_broker(
    running: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HUB_BROKER_ADMIN_URI", ELSEWHERE)
    assert find_administrator(running).management.addresses == ("http://rabbitmq:15672",)
    monkeypatch.setenv("HUB_BROKER_MANAGEMENT_URL", "http://rabbitmq:8080/")
    assert find_administrator(running).management.addresses == ("http://rabbitmq:8080",)


def test_a_broker_that_was_given_has_its_api_at_the_usual_port(tmp_path: Path) -> None:
    places = Places(tmp_path)
    Connections({}, {"hub_local": ADMINISTRATOR}, {}).write(places)
    assert find_administrator(places.connections).management.addresses == ("http://127.0.0.1:15672",)


@pytest.mark.parametrize("uri", ["http://rabbitmq", "rabbitmq:5672"])
def test_what_is_no_address_of_a_broker_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, uri: str
) -> None:
    monkeypatch.setenv("HUB_BROKER_ADMIN_URI", uri)
    with pytest.raises(WrongUse, match="amqp://"):
        find_administrator(tmp_path / "connections.json")


def test_a_file_of_the_running_hub_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    (tmp_path / "connections.json").write_text(json.dumps({"broker_admin_uri": ADMINISTRATOR})[:-2])
    with pytest.raises(WrongUse, match="cannot be read"):
        find_administrator(tmp_path / "connections.json")


@pytest.mark.parametrize(
    ("uri", "host", "port", "tls", "reachable"),
    [
        (ADMINISTRATOR, "127.0.0.1", 5672, False, True),
        ("amqp://u:p@localhost/hub", "localhost", 5672, False, True),  # pragma: allowlist secret
        ("amqps://u:p@[::1]:5671/hub", "::1", 5671, True, True),
        (ELSEWHERE, "rabbitmq", 5672, False, False),
    ],
)
def test_without_a_name_for_outside_only_loopback_is_open(
    uri: str, host: str, port: int, tls: bool, reachable: bool
) -> None:
    endpoint = find_endpoint(uri)
    assert (endpoint.host, endpoint.port, endpoint.tls, endpoint.open) == (host, port, tls, reachable)


def test_the_name_for_outside_is_reached_over_tls(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HUB_SUBSCRIBERS_HOST", "events.hub.example")
    monkeypatch.setenv("HUB_SUBSCRIBERS_PORT", "5679")
    endpoint = find_endpoint(ELSEWHERE)
    assert endpoint == Endpoint("events.hub.example", 5679, True, "hub", "", open=True)
    uri = endpoint.uri("subscriber.a", "x/y")
    assert uri == "amqps://subscriber.a:x%2Fy@events.hub.example:5679/hub"  # pragma: allowlist secret
    monkeypatch.setenv("HUB_SUBSCRIBERS_PORT", "many")
    with pytest.raises(WrongUse, match="subscribers"):
        find_endpoint(ELSEWHERE)
