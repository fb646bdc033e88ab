"""A hub's exchanges on a broker of the test run, and a subscriber's own connection."""

from collections.abc import Iterator
from typing import Any, Final

import amqp
import pytest
from tests.hubctl.conftest import hubctl
from tests.support.amqp import connected
from tests.support.announcing import set_up_publishers
from tests.support.broker import BrokerServer
from tests.support.taking import take_all

from hub_messaging.subscribers import lifecycle, state
from hub_messaging.subscribers.broker import Management, management_of
from hubctl.places import SERVICES

ADD: Final = ("subscribers", "add", "warehouse", "--by", "ada", "--json")


def hub_with_publishers(
    amqp_uri: str, broker: BrokerServer, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Management]:
    """Body of a fixture: every service's exchange, `hubctl` pointed at them; its subscribers end with it."""
    set_up_publishers(amqp_uri, *SERVICES)
    monkeypatch.setenv("HUB_BROKER_ADMIN_URI", amqp_uri)
    monkeypatch.setenv("HUB_BROKER_MANAGEMENT_URL", f"http://{broker.host}:{broker.management_port}")
    broker_of_hub = management(broker, amqp_uri)
    yield broker_of_hub
    for known in list(state.load_all(broker_of_hub)):
        lifecycle.clear(broker_of_hub, known.name)


def management(broker: BrokerServer, uri: str) -> Management:
    """The management API of a virtual host, as its administrator."""
    return management_of(uri, f"http://{broker.host}:{broker.management_port}")


def reading(connection: dict[str, Any]) -> amqp.Connection:
    """A connection with what `hubctl subscribers add --json` printed."""
    return connected(connection["uri"])


def received(connection: dict[str, Any], queue: str | None = None) -> list[str]:
    """Read and acknowledge all that a queue holds now."""
    with reading(connection) as opened:
        return [str(one.body) for one in take_all(opened.channel(), queue or connection["queue"])]


def publish(uri: str, publisher: str, key: str, body: str = "") -> None:
    """Publish as the administrator, and wait until the broker has confirmed it."""
    with connected(uri) as connection:
        message = amqp.Message(body or key, delivery_mode=2)
        connection.channel().basic_publish_confirm(message, f"{publisher}.events", key)


def added(*events: str) -> dict[str, Any]:
    """Add the subscriber `warehouse`; the connection that is printed, as JSON."""
    said = hubctl(*ADD, *(word for event in events or ("all",) for word in ("--events", event)))
    assert said.code == 0, said.err
    connection: dict[str, Any] = said.json
    return connection


def left(hub: Management) -> list[str]:
    """Return the broker's objects that belong to a subscriber."""
    found = [one["name"] for kind in ("queues", "policies") for one in hub.get(kind, hub.vhost)]
    found += [one["name"] for kind in ("users", "global-parameters") for one in hub.get(kind)]
    return [name for name in found if name.startswith("subscriber.")]
