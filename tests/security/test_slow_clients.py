"""Clients that send and read slowly, by intention or not: they are ended, and others are served meanwhile."""

import contextlib
import resource
import socket
import threading
import time
from collections.abc import Iterator

import pytest
from tests.support.broker import BrokerServer
from tests.support.example import running_sorting
from tests.support.postgres import PostgresServer
from tests.support.services import Client, RunningService
from tests.support.waiting import wait_until

from hub_local import ports

PARCELS = "/sorting/v1/parcels"
BYTES = "/sorting/v1/bytes"
DRIPPING = 1_200
PATIENCE = 2.0  # seconds, instead of fifteen
PROMPT = 1.0


@pytest.fixture(name="sorting", scope="module")
def _sorting(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningService]:
    with running_sorting(postgres, broker, tmp_path_factory, EXAMPLE_PATIENCE=str(PATIENCE)) as service:
        yield service


@pytest.fixture(name="sorter")
def _sorter(sorting: RunningService) -> Client:
    return sorting.client("sorter")


def connected(service: RunningService) -> socket.socket:
    return socket.create_connection((ports.LOOPBACK, service.port), timeout=15)


def head(client: Client, path: str, *lines: str, method: str = "POST") -> bytes:
    given = [f"{method} {path} HTTP/1.1", "Host: hub", f"Authorization: Bearer {client.token}", *lines]
    return "\r\n".join(given).encode() + b"\r\n\r\n"


def drips(connection: socket.socket, every: float = 0.2) -> float:
    """Send a byte now and then until the other side ends it; the seconds that it took."""
    began = time.monotonic()
    connection.settimeout(every)
    with contextlib.suppress(ConnectionError):
        while time.monotonic() - began < 30:
            with contextlib.suppress(TimeoutError):
                if connection.recv(4096) == b"":
                    break
            connection.sendall(b"1")
    return time.monotonic() - began


FORM = b"POST /sorting/v1/anyones-bytes HTTP/1.1\r\n"


@pytest.mark.parametrize(
    "sent",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"G", id="a request line"),
        pytest.param(b"GET / HTTP/1.1\r\nX-", id="a header"),
        pytest.param(b"GET / HTTP/1.1\r\nHost: hub\r\n", id="headers without an end"),
        pytest.param(
            b"POST /sorting/v1/anyones-bytes HTTP/1.1\r\nContent-Length: 60000\r\n\r\n", id="a form"
        ),
        pytest.param(b"POST /nowhere HTTP/1.1\r\nContent-Length: 60000\r\n\r\n", id="a body for no route"),
        pytest.param(b"GET /sorting/v1/parcels HTTP/1.1\r\nContent-Length: 60000\r\n\r\n", id="of a GET"),
        pytest.param(FORM + b"Transfer-Encoding: chunked\r\n\r\nffff\r\n", id="a chunk"),
    ],
)
def test_a_connection_that_drips_is_ended(sorting: RunningService, sent: bytes) -> None:
    """Before: never, as long as one byte came every 75 seconds; the rest of a body was read for ever."""
    with connected(sorting) as connection:
        connection.sendall(sent)
        assert drips(connection) < PATIENCE + 8


def test_a_slow_body_is_answered_with_408(sorting: RunningService, sorter: Client) -> None:
    with connected(sorting) as connection:
        connection.sendall(head(sorter, BYTES, "Content-Length: 1000") + b"12345")
        answer = connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 408 ")
        assert b'"request_timeout"' in answer
        assert connection.recv(1) == b""


def test_a_slow_head_is_answered_with_408(sorting: RunningService) -> None:
    with connected(sorting) as connection:
        connection.sendall(b"GET /sorting/v1/parcels HTTP/1.1\r\nHost: hub\r\n")
        assert connection.recv(65536).startswith(b"HTTP/1.1 408 ")


def test_a_body_that_keeps_coming_is_taken(sorting: RunningService, sorter: Client) -> None:
    """It takes longer than the patience with one that stands still."""
    with connected(sorting) as connection:
        pieces = int(PATIENCE * 2 / 0.1)
        connection.sendall(head(sorter, BYTES, f"Content-Length: {pieces * 4096}"))
        for _ in range(pieces):
            connection.sendall(b"x" * 4096)
            time.sleep(0.1)  # the sender's speed, 40 KB in a second
        answer = connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert f'"bytes": {pieces * 4096}'.encode() in answer


@pytest.mark.parametrize(
    "cut",
    [
        b"POST /sorting/v1/bytes HTTP/1.1\r\nContent-Le",
        b"GET /sorting/v1/parcels",
        b"GET /sorting/v1/parcels HTTP/1.1\r\n",
        b"GET /sorting/v1/parcels HTTP/1.1\r\nHost: hub\r\nAuthorization: Be",
    ],
)
def test_a_head_without_an_end_is_no_request(sorting: RunningService, cut: bytes) -> None:
    """Before: it was answered as if it had been whole."""
    with connected(sorting) as connection:
        connection.sendall(cut)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(65536) == b""


@pytest.mark.parametrize(
    ("lines", "body", "status"),
    [
        (["Transfer-Encoding: chunked"], b"3\r\nabc\r\n0\r\n\r\n", b"200"),
        (["Transfer-Encoding: chunked"], b"zz\r\nabc\r\n0\r\n\r\n", b"400"),
        (["Transfer-Encoding: chunked"], b"ff\r\nabc", b"400"),
        (["Transfer-Encoding: chunked"], b"", b"400"),
        (["Transfer-Encoding: chunked"], b"\r\n", b"400"),
        (["Content-Length: 100"], b"abc", b"400"),
    ],
)
def test_a_body_without_its_end_is_refused(
    sorting: RunningService, sorter: Client, lines: list[str], body: bytes, status: bytes
) -> None:
    """Before: a chunked body was taken for an empty one."""
    with connected(sorting) as connection:
        connection.sendall(head(sorter, BYTES, *lines) + body)
        connection.shutdown(socket.SHUT_WR)
        assert connection.recv(65536).startswith(b"HTTP/1.1 " + status)


def test_an_answer_that_the_client_does_not_read_is_ended(sorting: RunningService, sorter: Client) -> None:
    """Before: a client that read a byte a minute kept it for ever."""
    with connected(sorting) as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        asked = head(sorter, "/sorting/v1/long-answer", method="GET")
        connection.sendall(asked)
        began = time.monotonic()
        wait_until(lambda: sorting.metric("hub_http_connections") <= 2, deadline=20)
        assert time.monotonic() - began < PATIENCE + 8


def test_dripping_connections_take_no_place_from_others(sorting: RunningService, sorter: Client) -> None:
    """Before: the process ended when its file descriptors had run out."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, DRIPPING * 2), hard))
    heads = [b"GET / HTTP/1.1\r\nX-a: ", head(sorter, BYTES, "Content-Length: 9999999"), b""]
    ended = threading.Event()
    with contextlib.ExitStack() as stack:
        stack.callback(resource.setrlimit, resource.RLIMIT_NOFILE, (soft, hard))
        connections = [stack.enter_context(connected(sorting)) for _ in range(DRIPPING)]
        for number, connection in enumerate(connections):
            connection.sendall(heads[number % 3])

        def drip() -> None:
            while not ended.wait(0.5):
                for connection in connections:
                    with contextlib.suppress(OSError):
                        connection.send(b"1")

        thread = threading.Thread(target=drip)
        thread.start()
        stack.callback(thread.join)
        stack.callback(ended.set)
        for _ in range(20):
            began = time.monotonic()
            assert sorter("GET", PARCELS).status == 200
            assert time.monotonic() - began < PROMPT
        assert sorting.metric("hub_http_connections") <= 501
    assert sorting.answers()
