"""The bad network itself: each kind of badness is what it says, so that a case cannot pass on a good one."""

import contextlib
import socket
import socketserver
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.faults import proxy
from tests.faults.network import Network
from tests.support.waiting import wait_until

from hub_local.ports import LOOPBACK
from hub_local.processes import Programs


class Echo(socketserver.BaseRequestHandler):
    """Gives back whatever it is sent."""

    def handle(self) -> None:
        while data := self.request.recv(proxy.CHUNK):
            self.request.sendall(data)


class EchoServer(socketserver.ThreadingTCPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Connections are reset here on purpose."""


@pytest.fixture(name="network")
def _network(tmp_path: Path) -> Iterator[Network]:
    with EchoServer((LOOPBACK, 0), Echo) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        network = Network(Programs(tmp_path, tmp_path / "run"), server.server_address[1])
        yield network
        network.stop()
        server.shutdown()


@contextlib.contextmanager
def connection_through(network: Network) -> Iterator[socket.socket]:
    with socket.create_connection((LOOPBACK, network.port), timeout=5) as connection:
        yield connection


def answer(connection: socket.socket, sent: bytes) -> bytes:
    connection.sendall(sent)
    received = b""
    while len(received) < len(sent):
        received += connection.recv(proxy.CHUNK)
    return received


def is_reset(connection: socket.socket) -> bool:
    try:
        connection.sendall(b"still there?")
    except OSError:
        return True
    return False


def test_a_good_network_passes_everything(network: Network) -> None:
    with connection_through(network) as connection:
        assert answer(connection, b"hello" * 10_000) == b"hello" * 10_000


def test_a_cut_resets_what_there_is_and_lets_new_connections_pass(network: Network) -> None:
    with connection_through(network) as connection:
        assert answer(connection, b"one") == b"one"
        network.cut()
        wait_until(lambda: is_reset(connection))
    with connection_through(network) as connection:
        assert answer(connection, b"two") == b"two"


def test_a_refusing_network_takes_no_connection_until_it_is_healed(network: Network) -> None:
    with connection_through(network) as connection:
        assert answer(connection, b"one") == b"one"
        network.refuse()
    with contextlib.suppress(OSError), connection_through(network) as connection:
        connection.sendall(b"two")
        assert connection.recv(3) == b""
    network.heal()
    with connection_through(network) as connection:
        assert answer(connection, b"three") == b"three"


def test_a_swallowing_network_says_nothing_at_all(network: Network) -> None:
    with connection_through(network) as connection:
        assert answer(connection, b"one") == b"one"
        network.swallow()
        connection.sendall(b"two")
        connection.settimeout(0.3)
        with pytest.raises(TimeoutError):
            connection.recv(3)
    with connection_through(network) as connection:
        assert answer(connection, b"three") == b"three"


def test_a_silent_network_takes_new_connections_and_says_nothing_there_either(network: Network) -> None:
    with connection_through(network) as old:
        assert answer(old, b"one") == b"one"
        network.fall_silent()
        with connection_through(network) as new:
            for connection in (old, new):
                connection.sendall(b"two")
                connection.settimeout(0.3)
                with pytest.raises(TimeoutError):
                    connection.recv(3)
        network.heal()
        with connection_through(network) as new:
            assert answer(new, b"three") == b"three"
        with pytest.raises(TimeoutError):
            answer(old, b"four")


def test_a_frozen_network_delivers_when_it_is_healed(network: Network) -> None:
    with connection_through(network) as old:
        assert answer(old, b"one") == b"one"
        network.freeze()
        with connection_through(network) as new:
            for connection in (old, new):
                connection.sendall(b"two")
                connection.settimeout(0.3)
                with pytest.raises(TimeoutError):
                    connection.recv(3)
            network.heal()
            for connection in (old, new):
                connection.settimeout(5)
                assert connection.recv(3) == b"two"


def test_a_slow_network_passes_everything_late(network: Network) -> None:
    network.slow_down()
    sent = b"x" * (proxy.PIECE * 5)
    with connection_through(network) as connection:
        begun = time.monotonic()
        assert answer(connection, sent) == sent
        assert time.monotonic() - begun >= proxy.LATE * 5


def test_a_fault_that_meets_no_connection_is_an_error_of_the_case(network: Network) -> None:
    with pytest.raises(AssertionError, match="no connection"):
        network.swallow()
