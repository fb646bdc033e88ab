"""Faults of plain nameko 2.14.1 with failing messages, each with our behaviour.

Every test first sees the fault happen to a stock service on the same broker; a nameko that no longer has it
fails here. The faults of whole processes are in `test_nameko_faults_of_processes.py`.
"""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from inquiries.service import BUSY, BUSY_SECONDS, POISON, SLOW
from tests.messaging.conftest import Scales
from tests.messaging.posting import effects, kept, parcel, publish, queue, send_parcel
from tests.support.amqp import connected
from tests.support.broker import BrokerServer
from tests.support.stock import StockService, running_stock
from tests.support.waiting import wait_until

BAD_HEADER = {"nameko.call_id_stack": 7}


@pytest.fixture(name="stock_uri")
def _stock_uri(broker: BrokerServer) -> Iterator[str]:
    uri = broker.new_vhost()
    yield uri
    broker.drop_vhost(uri)


@pytest.fixture(name="stock")
def _stock(
    request: pytest.FixtureRequest, stock_uri: str, scales: Scales, tmp_path: Path
) -> Iterator[StockService]:
    """Start the stock service that the test names, connected; ours is up by then."""
    name, heartbeat = request.param if isinstance(request.param, tuple) else (request.param, None)
    with running_stock(tmp_path / "stock", name, stock_uri, heartbeat=heartbeat) as service:
        wait_until(lambda: queue(stock_uri, queue_of(service))[1] == 1)
        yield service


def queue_of(stock: StockService) -> str:
    return f"evt-sorting-ParcelSorted--{stock.name.lower()}.on_parcel_sorted"


def send(stock: StockService, body: bytes, **how: dict[str, int]) -> None:
    publish(stock.uri, "sorting.events", "ParcelSorted", body, **how)  # type: ignore[arg-type]


def end(stock: StockService) -> None:
    """Kill a stock service, and wait until the broker knows that it holds nothing any longer."""
    stock.running.process.kill()
    stock.running.process.wait()
    wait_until(lambda: queue(stock.uri, queue_of(stock))[1] == 0)


def bodies_in(uri: str, name: str) -> list[bytes]:
    """Everything that a queue has ready."""
    found: list[bytes] = []
    with connected(uri) as connection:
        channel = connection.channel()
        while (message := channel.basic_get(name, no_ack=True)) is not None:
            body = message.body
            found.append(body.encode() if isinstance(body, str) else bytes(body))
    return found


@pytest.mark.parametrize("stock", ["Raises"], indirect=True)
def test_a_handler_that_raises_does_not_lose_the_event(stock: StockService, scales: Scales) -> None:
    send(stock, b'{"number": 1}')
    wait_until(lambda: "RuntimeError: poison" in stock.log)
    send(stock, b'{"number": 2}')  # once this one is handled, the answer to the other has left
    wait_until(lambda: stock.said("handling") == 2)
    end(stock)
    assert b'{"number": 1}' not in bodies_in(stock.uri, queue_of(stock)), "the event is gone for good"

    send_parcel(scales.uri, 1, POISON)
    (row,) = wait_until(lambda: kept(scales.url, "parcels/1"))
    assert (row.state, row.attempts, row.first_error) == ("waiting", 1, "RuntimeError: poison")
    assert b'"number":1' in bytes(row.body)


@pytest.mark.parametrize("stock", ["Receives"], indirect=True)
def test_a_body_that_is_not_json_is_not_lost(stock: StockService, scales: Scales) -> None:
    broken = b"\xff\xfe not JSON"
    send(stock, broken)
    wait_until(lambda: "Can't decode message body" in stock.log)
    send(stock, b'{"number": 1}')  # once this one is handled, the answer to the other has left
    wait_until(lambda: stock.said("handling") == 1)
    end(stock)
    assert broken not in bodies_in(stock.uri, queue_of(stock))

    publish(scales.uri, "sorting.events", "ParcelSorted", broken)
    (row,) = wait_until(lambda: kept(scales.url, None))
    assert (row.state, bytes(row.body)) == ("parked", broken)


@pytest.mark.parametrize("stock", ["Requeues"], indirect=True)
def test_a_handler_that_goes_on_failing_is_not_called_in_a_spin(stock: StockService, scales: Scales) -> None:
    send(stock, b'{"number": 1}')
    began = time.monotonic()
    wait_until(lambda: stock.said("handling") >= 100)
    spun = time.monotonic() - began
    stock.running.process.kill()

    began = time.monotonic()
    send_parcel(scales.uri, 2, POISON)
    wait_until(lambda: time.monotonic() - began > 2 * spun and bool(kept(scales.url, "parcels/2")))
    attempts = kept(scales.url, "parcels/2")[0].attempts
    assert attempts <= 2, f"stock nameko made 100 attempts within {spun:.2f} s"


@pytest.mark.parametrize("stock", ["Receives"], indirect=True)
def test_a_malformed_header_does_not_kill_the_process(stock: StockService, scales: Scales) -> None:
    send(stock, b'{"number": 1}', headers=BAD_HEADER)
    for _ in range(2):  # and again, as soon as it is started again
        assert stock.running.process.wait(10) != 0
        assert queue(stock.uri, queue_of(stock))[0] == 1
        stock.start()
    assert stock.said("handling") == 0

    pid = scales.pid
    publish(scales.uri, "sorting.events", "ParcelSorted", parcel(3, 1), headers=BAD_HEADER)
    wait_until(lambda: effects(scales.url, "parcels/3"))
    assert scales.service.ready()
    assert scales.pid == pid


@pytest.mark.parametrize("stock", ["Receives"], indirect=True)
def test_what_was_in_hand_at_sigterm_is_acknowledged_and_not_delivered_again(
    stock: StockService, scales: Scales
) -> None:
    send(stock, b'"slow"')
    wait_until(lambda: stock.said("handling") == 1)
    stock.running.process.send_signal(signal.SIGTERM)
    send_parcel(scales.uri, 4, SLOW)
    wait_until(lambda: queue(scales.uri, "scales.in")[0] == 0)
    assert scales.service.child is not None
    scales.service.child.process.send_signal(signal.SIGTERM)

    assert stock.running.process.wait(10) == 0
    assert stock.said("handled") == 1
    assert queue(stock.uri, queue_of(stock))[0] == 1, "finished, and not acknowledged"

    assert scales.service.child.process.wait(10) == 0
    assert len(effects(scales.url, "parcels/4")) == 1
    assert queue(scales.uri, "scales.in") == (0, 0)
    scales.service.start()


@pytest.mark.parametrize("stock", [("Receives", 2)], indirect=True)
def test_a_handler_that_misses_heartbeats_does_not_end_the_process(
    stock: StockService, scales: Scales
) -> None:
    send(stock, b'"busy"')
    send_parcel(scales.uri, 5, BUSY)
    wait_until(lambda: stock.said("handled") == 1, deadline=3 * BUSY_SECONDS)
    assert stock.running.process.wait(10) != 0
    assert "ConnectionResetError" in stock.log or "BrokenPipeError" in stock.log, stock.log[-2000:]

    wait_until(lambda: effects(scales.url, "parcels/5"), deadline=3 * BUSY_SECONDS)
    wait_until(lambda: "reading_interrupted" in scales.service.log)
    wait_until(scales.service.ready)
    send_parcel(scales.uri, 6)
    wait_until(lambda: effects(scales.url, "parcels/6"))
    assert queue(scales.uri, "scales.in")[0] == 0
    assert len(effects(scales.url, "parcels/5")) == 1, "delivered twice, and of one effect"
