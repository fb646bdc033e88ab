"""Each client of docs/subscribing.md reads over TLS, and refuses a certificate of another name."""

import re
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import pytest
from tests.subscribing import page
from tests.subscribing.feeding import HALF_DAYS, Feed, visit
from tests.subscribing.programs import running
from tests.support.amqp_gateway import HOST, Gateway, running_gateway
from tests.support.waiting import wait_until

CLIENTS: Final = page.clients()
# php-amqplib tells no reason; that it connects by the right name is seen in the other test.
REFUSED: Final = re.compile(
    r"certificate verify failed|hostname mismatch|altnames|did not match|unable to connect to ssl://",
    re.IGNORECASE,
)


@pytest.fixture(name="client", params=CLIENTS, ids=[client.title for client in CLIENTS])
def _client(request: pytest.FixtureRequest) -> page.Client:
    """A client with what the page says of encrypted connections."""
    client: page.Client = request.param
    return client.encrypted(HOST)


def by_way_of(gateway: Gateway, feed: Feed, folder: Path) -> dict[str, str]:
    """The settings of a subscriber that connects through the gateway."""
    parts = urlsplit(feed.settings["HUB_EVENTS_URI"])
    uri = f"amqps://{parts.username}:{parts.password}@{HOST}:{gateway.port}{parts.path}"
    folder.mkdir()
    (folder / "hub-ca.pem").write_text(gateway.ca_file.read_text())
    return feed.settings | {"HUB_EVENTS_URI": uri, "HUB_EVENTS_CA": "hub-ca.pem"}


def test_events_come_over_tls(client: page.Client, feed: Feed, tmp_path: Path) -> None:
    feed.add()
    feed.publish(*visit())
    (tmp_path / "gateway").mkdir()
    with running_gateway(tmp_path / "gateway", feed.broker.port) as gateway:
        settings = by_way_of(gateway, feed, tmp_path / "client")
        with running(client, tmp_path / "client", settings) as program:
            program.wait_for(2)
    assert program.half_days == {"136217": HALF_DAYS}


def test_a_certificate_of_another_name_is_refused(client: page.Client, feed: Feed, tmp_path: Path) -> None:
    """Its authority is the right one, so that the name alone decides."""
    feed.add()
    feed.publish(*visit())
    (tmp_path / "gateway").mkdir()
    with running_gateway(tmp_path / "gateway", feed.broker.port, host="events.other.example") as gateway:
        settings = by_way_of(gateway, feed, tmp_path / "client")
        with running(client, tmp_path / "client", settings) as program:
            said = (program.folder / "out", program.folder / "err")
            wait_until(lambda: any(REFUSED.search(path.read_text()) for path in said), deadline=60)
    assert (program.printed_deliveries, feed.waiting) == ([], 2)
