"""Faults that end, block or double a plain nameko 2.14.1 process, each with our behaviour.

As in `test_nameko_faults.py` the fault is seen to happen to a stock service first.
"""

import contextlib
import inspect
import re
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import kombu.connection
import kombu.pools
import pytest
from inquiries.service import SECRET, UNHOOKED
from nameko.exceptions import RemoteError
from nameko.standalone.events import event_dispatcher
from nameko.standalone.rpc import ClusterRpcProxy
from tests.messaging.conftest import MIGRATIONS, Scales, running_scales
from tests.messaging.posting import effects, kept, parcel, queue, rows, send_parcel
from tests.support.amqp import connected
from tests.support.announcing import set_up_publishers
from tests.support.broker import BrokerServer
from tests.support.pipe import Pipe, piped
from tests.support.postgres import PostgresServer
from tests.support.services import Client, RunningService, running_service
from tests.support.stock import StockService, running_stock
from tests.support.waiting import wait_until

from hub_local import ports
from hub_messaging import stopping, wire
from hub_messaging.envelope import Envelope, Posted
from hub_messaging.publisher import ConfirmedPublisher, Unconfirmed

UNREACHABLE = "amqp://guest:guest@127.0.0.1:1/"  # pragma: allowlist secret
LEAVES_WITHIN = 10.0  # seconds, promised
BACK_WITHIN = 5.0  # seconds after the broker's return, promised
LONGEST_AFTER = len(stopping.RECONNECT_SECONDS)  # attempts after which the waits grow no more


@pytest.fixture(name="stock_uri")
def _stock_uri(broker: BrokerServer) -> Iterator[str]:
    uri = broker.new_vhost()
    yield uri
    # nameko's publishers in this process keep their connections there.
    kombu.pools.reset()  # type: ignore[no-untyped-call]
    broker.drop_vhost(uri)


@pytest.fixture(name="lonely", scope="module")
def _lonely(
    broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[StockService, float]]:
    """A stock service whose broker went away and that was asked to end then; and since when it was."""
    uri = broker.new_vhost()
    with (
        piped(uri) as (pipe, through),
        running_stock(tmp_path_factory.mktemp("lonely"), "Receives", through) as stock,
    ):
        wait_until(lambda: queue(uri, "evt-sorting-ParcelSorted--receives.on_parcel_sorted")[1] == 1)
        pipe.close()
        wait_until(lambda: "Retrying in" in stock.log, deadline=20)
        stock.running.process.send_signal(signal.SIGTERM)
        yield stock, time.monotonic()
    broker.drop_vhost(uri)


@pytest.fixture(name="away", scope="module")
def _away(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[RunningService, int]]:
    """Our publisher, and the port at which it looks for a broker that is not there."""
    uri, port = broker.new_vhost(), ports.any_free()
    set_up_publishers(uri, "sorting")
    with running_service(
        tmp_path_factory.mktemp("sorting"),
        "sorting",
        ("parcels", "sorting"),
        database_url=postgres.migrated_database(MIGRATIONS),
        amqp_uri=re.sub(r":\d+/", f":{port}/", uri),
    ) as service:
        yield service, port
    broker.drop_vhost(uri)


def test_a_publisher_starts_with_the_broker_away(away: tuple[RunningService, int], tmp_path: Path) -> None:
    with running_stock(tmp_path, "Publishes", UNREACHABLE) as stock:
        wait_until(lambda: stock.running.has_ended, deadline=30)
        assert stock.running.process.returncode != 0
        assert "ConnectionRefusedError" in stock.log

    service, _ = away
    parcel = {"number": 1, "weight": 1}
    assert service.client("sorter")("POST", "/sorting/v1/parcels", parcel).status == 201
    assert service.metric("hub_outbox_pending") == 1
    assert not service.ready()


def test_the_broker_is_found_again_within_seconds(
    lonely: tuple[StockService, float], away: tuple[RunningService, int], broker: BrokerServer
) -> None:
    service, port = away
    waits = wait_until(lambda: found if len(found := waits_of(lonely[0])) >= 3 else None, deadline=20)
    assert waits[:3] == [2.0, 4.0, 6.0], "each longer than the one before"
    # nameko's consumer leaves the rest to kombu's defaults, which end there.
    defaults = inspect.signature(kombu.connection.Connection._ensure_connection).parameters
    assert defaults["interval_max"].default == 30

    wait_until(lambda: service.log.count("relay_interrupted") >= LONGEST_AFTER, deadline=30)
    with contextlib.closing(Pipe((broker.host, broker.port), port)):
        wait_until(service.ready, deadline=BACK_WITHIN)


def waits_of(stock: StockService) -> list[float]:
    return [float(wait) for wait in re.findall(r"Retrying in ([\d.]+) seconds", stock.log)]


def test_sigterm_ends_the_process_with_the_broker_away(
    lonely: tuple[StockService, float], postgres: PostgresServer, amqp_uri: str, tmp_path: Path
) -> None:
    set_up_publishers(amqp_uri, "sorting")
    with (
        piped(amqp_uri) as (pipe, uri),
        running_scales(tmp_path, postgres.migrated_database(MIGRATIONS), uri) as scales,
    ):
        wait_until(scales.ready)
        pipe.close()
        wait_until(lambda: "connection_lost" in scales.log)
        assert scales.child is not None
        scales.child.process.send_signal(signal.SIGTERM)
        assert scales.child.process.wait(LEAVES_WITHIN) == 0
    stock, asked_at = lonely
    wait_until(lambda: time.monotonic() > asked_at + LEAVES_WITHIN, deadline=LEAVES_WITHIN + 1)
    assert not stock.running.has_ended


def test_a_dependency_that_raises_fails_one_worker_and_not_the_process(
    scales: Scales, stock_uri: str, tmp_path: Path
) -> None:
    with running_stock(tmp_path, "HasBroken", stock_uri) as stock:
        wait_until(lambda: queue(stock_uri, "rpc-hasbroken")[1] == 1)
        with ClusterRpcProxy({"AMQP_URI": stock_uri}, timeout=1) as proxy:
            proxy.hasbroken.weigh.call_async()
        assert stock.running.process.wait(10) != 0
        assert queue(stock_uri, "rpc-hasbroken")[0] == 1, "and the question waits to end the next one"

    pid = scales.pid
    client = Client(scales.service.port)
    for hook in ("get_dependency", "worker_setup", "worker_result", "worker_teardown"):
        assert client("GET", f"/scales/v1/hooks/{hook}").status == 500, hook
    assert client("GET", "/scales/v1/hooks/none").json == {"hook": "none"}
    send_parcel(scales.uri, 1, UNHOOKED)
    (row,) = wait_until(lambda: kept(scales.url, "parcels/1"))
    assert (row.state, row.attempts) == ("waiting", 1)
    assert effects(scales.url, "parcels/1") == []
    assert scales.service.ready()
    assert scales.pid == pid
    assert SECRET not in scales.service.log


def test_a_timer_fires_in_one_replica_and_another_takes_over(
    scales: Scales, stock_uri: str, tmp_path: Path
) -> None:
    with (
        running_stock(tmp_path / "1", "Ticks", stock_uri) as one,
        running_stock(tmp_path / "2", "Ticks", stock_uri) as two,
    ):
        wait_until(lambda: one.said("tick") >= 5 and two.said("tick") >= 5)

    def ticks(pid: int) -> int:
        return len(effects(scales.url, str(pid)))

    with running_scales(tmp_path / "3", scales.url, scales.uri) as other:
        assert other.child is not None
        first, second = scales.pid, other.child.process.pid
        seen = ticks(first)
        wait_until(lambda: ticks(first) >= seen + 10)
        assert ticks(second) == 0
        scales.service.stop()
        seen = ticks(first)
        wait_until(lambda: ticks(second) >= 5)
        assert ticks(first) == seen
    scales.service.start()


def test_an_event_leaves_with_its_transaction_or_not_at_all(
    scales: Scales, stock_uri: str, tmp_path: Path
) -> None:
    with running_stock(tmp_path, "Publishes", stock_uri) as stock:
        wait_until(lambda: queue(stock_uri, "rpc-sorting")[1] == 1)
        with connected(stock_uri) as connection:
            channel = connection.channel()
            channel.queue_declare("subscribed", durable=True, auto_delete=False)
            channel.queue_bind("subscribed", "sorting.events", "ParcelSorted")
        with ClusterRpcProxy({"AMQP_URI": stock_uri}, timeout=10) as proxy, pytest.raises(RemoteError):
            proxy.sorting.sort(1)
        wait_until(lambda: queue(stock_uri, "subscribed")[0] == 1)
        assert "the transaction is rolled back" in stock.log

    assert Client(scales.service.port)("GET", "/scales/v1/changed-minds").status == 500
    assert rows(scales.url, "SELECT 1 FROM outbox WHERE type = 'ParcelWeighed'") == []


def test_an_event_that_no_queue_takes_is_noticed(stock_uri: str) -> None:
    with connected(stock_uri) as connection:
        connection.channel().exchange_declare("sorting.events", "topic", durable=True, auto_delete=False)
    event_dispatcher({"AMQP_URI": stock_uri})("sorting", "ParcelSorted", {"number": 1})  # as if all were well

    with wire.connect(stock_uri) as connection:
        publisher = ConfirmedPublisher(connection, "sorting.events")
        with pytest.raises(Unconfirmed, match="no queue takes ParcelSorted"):
            publisher.publish(some_events(1))


def test_confirms_are_not_waited_for_one_at_a_time(stock_uri: str) -> None:
    late, events = 0.04, 10
    with piped(stock_uri) as (pipe, uri):
        with connected(stock_uri) as behind:
            channel = behind.channel()
            channel.exchange_declare("sorting.events", "topic", durable=True, auto_delete=False)
            channel.queue_declare("subscribed", durable=True, auto_delete=False)
        dispatch = event_dispatcher({"AMQP_URI": uri})
        dispatch("sorting", "ParcelSorted", {})  # from here on it is connected
        with connected(stock_uri) as behind:
            behind.channel().queue_bind("subscribed", "sorting.events", "#")
        with wire.connect(uri) as connection:
            publisher = ConfirmedPublisher(connection, "sorting.events")
            pipe.late_seconds = late
            began = time.monotonic()
            for number in range(events):
                dispatch("sorting", "ParcelSorted", {"number": number})
            stock_took = time.monotonic() - began
            began = time.monotonic()
            publisher.publish(some_events(events))
            ours_took = time.monotonic() - began
            pipe.late_seconds = 0.0
        kombu.pools.reset()  # type: ignore[no-untyped-call]
    assert queue(stock_uri, "subscribed")[0] == 2 * events
    assert stock_took >= events * late, "one way through the network for each"
    assert ours_took < stock_took / 2


def some_events(count: int) -> list[Posted]:
    return [Envelope.from_bytes(parcel(number, 1)).posted() for number in range(count)]
