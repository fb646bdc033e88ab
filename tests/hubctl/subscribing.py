"""A hub's exchanges on a broker of the test run, and a subscriber's own connection."""

from typing import Any

import amqp
from tests.support.amqp import connected
from tests.support.broker import BrokerServer
from tests.support.taking import take_all

from hub_messaging.subscribers.broker import Management, management_of


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
