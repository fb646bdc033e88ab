"""Each client of docs/subscribing.md over TLS: it reads through the AMQP gateway, and verifies its name."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from tests.subscribing import page
from tests.subscribing.feeding import Feed, visit
from tests.subscribing.programs import running
from tests.support.amqp_gateway import HOST, Gateway, running_gateway
from tests.support.waiting import wait_until

CLIENTS = page.clients()


@pytest.fixture(name="client", params=CLIENTS, ids=[client.title for client in CLIENTS])
def _client(request: pytest.FixtureRequest) -> page.Client:
    client: page.Client = request.param
    return client


def by_way_of(gateway: Gateway, settings: Mapping[str, str]) -> dict[str, str]:
    """The settings that a hub's operator hands over where the gateway runs."""
    user, _, rest = settings["AMQP_URI"].removeprefix("amqp://").partition("@")
    vhost = rest.rpartition("/")[2]
    uri = f"amqps://{user}@{HOST}:{gateway.port}/{vhost}"
    return {**settings, "AMQP_URI": uri, "AMQP_CA": gateway.ca_file.read_text()}


def test_it_reads_over_tls(client: page.Client, feed: Feed, tmp_path: Path) -> None:
    feed.add()
    feed.publish(*visit())
    with (
        running_gateway(tmp_path / "gateway", feed.broker.port) as gateway,
        running(client, tmp_path / "client", by_way_of(gateway, feed.settings)) as program,
    ):
        program.wait_for(2)
        wait_until(lambda: not feed.waiting)


def test_it_refuses_a_certificate_of_another_name(client: page.Client, feed: Feed, tmp_path: Path) -> None:
    """The authority is the right one, so that the name alone decides."""
    feed.add()
    feed.publish(*visit())
    with (
        running_gateway(tmp_path / "gateway", feed.broker.port, host="events.other.example") as gateway,
        running(client, tmp_path / "client", by_way_of(gateway, feed.settings)) as program,
    ):
        wait_until(lambda: "handshake failure" in gateway.lines(), deadline=120)
        assert program.heard == []
    assert feed.waiting == 2
