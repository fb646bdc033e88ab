"""The connection that `hubctl subscribers add` prints: complete, shown once, and pasted into a shell."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.hubctl.conftest import hubctl
from tests.hubctl.subscribing import added, hub_with_publishers
from tests.support.amqp import connected
from tests.support.broker import BrokerServer

from hub_contracts import PUBLISHERS
from hub_messaging.subscribers.broker import Management

CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB$`x\n-----END CERTIFICATE-----\n"


@pytest.fixture(name="hub")
def _hub(
    amqp_uri: str, broker: BrokerServer, no_hub: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Management]:
    yield from hub_with_publishers(amqp_uri, broker, monkeypatch)


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


def test_the_lines_write_the_certificate_file_of_a_private_authority(
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


def test_the_address_is_that_of_the_gateway_which_the_settings_name(
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
