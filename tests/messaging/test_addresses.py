"""A broker may be a cluster of several nodes; one of them is enough to work with."""

import random
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from hub_local import broker_probe, ports
from hub_messaging.addresses import in_random_order, uris_of
from hub_messaging.wire import BROKER_ERRORS, CONNECT_SECONDS, connected

THREE = "amqp://user:a,b@one:5671,two,[::1]:5673/hub"


def test_each_host_is_a_uri_of_its_own() -> None:
    assert uris_of(THREE) == [
        "amqp://user:a,b@one:5671/hub",
        "amqp://user:a,b@two/hub",
        "amqp://user:a,b@[::1]:5673/hub",
    ]


@pytest.mark.parametrize(
    "one", ["amqp://user@rabbitmq:5672/hub", "amqps://rabbitmq", "memory://", "amqp://a@b/%2F"]
)
def test_one_host_stays_as_it_is(one: str) -> None:
    assert uris_of(one) == [one]


@pytest.mark.parametrize("hosts", ["one,", ",one", "one,,"])
def test_a_comma_too_many_names_no_host(hosts: str) -> None:
    assert uris_of(f"amqp://user@{hosts}/hub") == ["amqp://user@one/hub"]


def test_no_node_is_always_the_first() -> None:
    assert {in_random_order(THREE)[0] for _ in range(200)} == set(uris_of(THREE))


@pytest.fixture(name="silent_port")
def _silent_port() -> Iterator[int]:
    """A node that lets clients in and says nothing, as one does whose process is halted."""
    with socket.create_server((ports.LOOPBACK, 0)) as server:
        yield server.getsockname()[1]


def with_hosts(uri: str, *other_ports: int) -> str:
    hosts = ",".join(f"{ports.LOOPBACK}:{port}" for port in other_ports)
    return uri.replace("@", f"@{hosts},", 1)


@pytest.fixture(name="_in_order")
def _in_order_as_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(random, "shuffle", lambda _listed: None)


@pytest.mark.usefixtures("_in_order")
def test_a_node_that_is_away_or_silent_is_passed_over(amqp_uri: str, silent_port: int) -> None:
    begun = time.monotonic()
    with connected(with_hosts(amqp_uri, ports.any_free(), silent_port)) as connection:
        assert connection.sock.getpeername()[1] == urlsplit(amqp_uri).port
    assert time.monotonic() - begun < CONNECT_SECONDS + 3


def test_a_broker_without_any_node_is_away() -> None:
    nowhere = f"amqp://user@{ports.LOOPBACK}:{ports.any_free()},{ports.LOOPBACK}:{ports.any_free()}/hub"
    with pytest.raises(BROKER_ERRORS), connected(nowhere):
        pass


def test_make_run_takes_a_cluster_of_which_one_node_answers(amqp_uri: str) -> None:
    assert broker_probe.answers(with_hosts(amqp_uri, ports.any_free()))
    assert not broker_probe.answers(f"amqp://user@{ports.LOOPBACK}:{ports.any_free()}/hub")
