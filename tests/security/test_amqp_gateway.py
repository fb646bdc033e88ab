"""Subscribers reach the broker over verified TLS only; one that connects endlessly delays no other."""

# Long: one process, tried in each way in which a stranger could misuse it.

import re
import socket
import socketserver
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Final
from urllib.parse import urlsplit

import amqp
import pytest
from tests.support.amqp_gateway import CONFIGURATION, HOST, Gateway, program, running_gateway
from tests.support.broker import BrokerServer
from tests.support.waiting import wait_until

from hub_operations.subscriber_certificates import CHECKED_WITH, provide

QUEUE: Final = "subscriber.trust"
# As the configuration has them.
AT_ONCE: Final = 50
SECONDS: Final = 10
IN_TEN_SECONDS: Final = 30
OTHER_ADDRESS: Final = "127.0.0.2"
URI: Final = "amqp://subscriber.trust:unused@localhost/hub"  # pragma: allowlist secret
pytestmark = [
    pytest.mark.servers,  # HAProxy is one
    # Python's ssl module leaves a socket open that the peer resets before the handshake begins.
    pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning"),
]


@contextmanager
def holding_server() -> Iterator[int]:
    """A server that greets each connection and keeps it, however long; its port."""

    class Holding(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while self.request.recv(100):
                self.request.sendall(b"\x01")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False
        request_queue_size = 2 * AT_ONCE

    with Server(("127.0.0.1", 0), Holding) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(name="gateway")
def _gateway(tmp_path: Path) -> Iterator[Gateway]:
    """A new one for each test, because it counts what an address has done, before a server that answers."""
    with holding_server() as port, running_gateway(tmp_path, port) as gateway:
        yield gateway


def connection_of(gateway: Gateway, uri: str, ca_file: Path | None = None) -> amqp.Connection:
    """A connection through the gateway for a `with` statement, by the library below kombu and nameko."""
    parts = urlsplit(uri)
    ca_certs = str(ca_file or gateway.ca_file)
    return amqp.Connection(
        host=f"{HOST}:{gateway.port}",
        userid=parts.username,
        password=parts.password,
        virtual_host=parts.path[1:],
        ssl={"ca_certs": ca_certs, "cert_reqs": ssl.CERT_REQUIRED, "server_hostname": HOST},
        connect_timeout=30,
    )


def knock(port: int, *, source: str = "127.0.0.1") -> socket.socket:
    """A TCP connection from an address of the loopback network."""
    return socket.create_connection(("127.0.0.1", port), 10, source_address=(source, 0))


def handshake(gateway: Gateway, *, source: str) -> None:
    """Connect from an address, until the broker has answered.

    Raises:
        OSError: the gateway refuses, or nothing answers within 10 s.
    """
    with (
        knock(gateway.port, source=source) as plain,
        gateway.context().wrap_socket(plain, server_hostname=HOST) as encrypted,
    ):
        encrypted.sendall(b"AMQP\x00\x00\x09\x01")
        assert encrypted.recv(1) == b"\x01"


def test_haproxy_accepts_the_configuration(gateway: Gateway) -> None:
    checked = subprocess.run(
        [program(), "-c", "-f", CONFIGURATION],
        env={
            "AMQP_LISTEN": ":5671",
            "AMQP_ALIVE": "127.0.0.1:8404",
            "AMQP_BROKER": "127.0.0.1:5672",
            "AMQP_CERTIFICATE": str(gateway.certificates / "subscribers_certificate.pem"),
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert checked.returncode == 0, checked.stderr
    assert "WARNING" not in checked.stderr


def test_a_subscriber_reads_its_queue_over_tls(broker: BrokerServer, amqp_uri: str, tmp_path: Path) -> None:
    with (
        running_gateway(tmp_path, broker.port) as gateway,
        connection_of(gateway, amqp_uri) as connection,
    ):
        channel = connection.channel()
        channel.queue_declare(QUEUE, durable=True, auto_delete=False)
        channel.basic_publish(amqp.Message("an event"), "", QUEUE)
        message = wait_until(lambda: channel.basic_get(QUEUE))
        assert message.body == "an event"
        channel.basic_ack(message.delivery_tag)
        assert connection.transport.sock.version() in ("TLSv1.2", "TLSv1.3")


@pytest.mark.parametrize("first", [b"AMQP\x00\x00\x09\x01", b"GET / HTTP/1.1\r\n\r\n"])
def test_what_is_not_tls_is_closed_without_an_answer(gateway: Gateway, first: bytes) -> None:
    with knock(gateway.port) as plain:
        plain.sendall(first)
        plain.settimeout(10)
        answer = b""
        with suppress(ConnectionResetError):
            answer = plain.recv(100)
    assert not answer.startswith(b"\x01\x00")  # no frame of AMQP
    assert b"HTTP" not in answer


def test_old_tls_is_refused(gateway: Gateway) -> None:
    context = gateway.context()
    with pytest.deprecated_call():
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = ssl.TLSVersion.TLSv1_1
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    with knock(gateway.port) as plain, pytest.raises(ssl.SSLError, match="PROTOCOL_VERSION"):
        context.wrap_socket(plain, server_hostname=HOST)


def test_a_certificate_of_another_name_is_refused(tmp_path: Path) -> None:
    """The authority is the right one, so that the name alone decides."""
    with (
        running_gateway(tmp_path, 1, host="events.other.example") as gateway,
        pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"),
    ):
        connection_of(gateway, URI).connect()


def test_a_certificate_of_another_authority_is_refused(gateway: Gateway, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    provide(other, HOST, datetime.now(UTC))
    with pytest.raises(ssl.SSLCertVerificationError, match="certificate verify failed"):
        connection_of(gateway, URI, other / CHECKED_WITH).connect()


def test_a_renewed_certificate_is_shown_and_no_connection_is_closed(gateway: Gateway) -> None:
    open_before, shown_before = _opened(gateway), gateway.shown()
    assert open_before is not None
    gateway.renew()
    assert gateway.shown() != shown_before
    with open_before:
        open_before.sendall(b"still there")
        assert open_before.recv(1) == b"\x01"
    wait_until(lambda: '"event":"subscriber_disconnected"' in gateway.lines())


def test_a_name_that_moves_to_another_certificate_is_refused_at_once(gateway: Gateway) -> None:
    gateway.renew("events.other.example")

    def is_refused() -> bool:
        try:
            gateway.shown()
        except ssl.SSLCertVerificationError:
            return True
        return False

    wait_until(is_refused, deadline=60)


def test_one_address_has_no_more_connections_than_it_may_have(gateway: Gateway) -> None:
    """It opens them slowly enough for the other limit: what is refused is the number."""
    with ExitStack() as opened:
        for _ in range(AT_ONCE):
            opened.enter_context(wait_until(lambda: _opened(gateway), deadline=60, interval=0.2))
        rate_is_low_at = time.monotonic() + SECONDS
        wait_until(lambda: time.monotonic() > rate_is_low_at, deadline=2 * SECONDS)
        assert _opened(gateway) is None
        handshake(gateway, source=OTHER_ADDRESS)
        opened.pop_all().close()
        wait_until(lambda: _opened(gateway), deadline=60, interval=1).close()


def _opened(gateway: Gateway) -> ssl.SSLSocket | None:
    """A connection that reaches the broker; None when the gateway refuses it."""
    with suppress(OSError):
        encrypted = gateway.context().wrap_socket(knock(gateway.port), server_hostname=HOST)
        try:
            encrypted.sendall(b"AMQP\x00\x00\x09\x01")
            if encrypted.recv(1):
                return encrypted
        except OSError:
            encrypted.close()
    return None


def test_a_hundred_connections_a_second_keep_no_other_address_out(gateway: Gateway) -> None:
    stopping = Event()
    tried: list[bool] = []

    def hammer() -> None:
        while not stopping.is_set():
            with suppress(OSError), knock(gateway.port) as plain:
                plain.sendall(b"AMQP\x00\x00\x09\x01")
            tried.append(True)
            stopping.wait(0.01)

    hammering = Thread(target=hammer)
    hammering.start()
    try:
        wait_until(lambda: len(tried) > 5 * IN_TEN_SECONDS, deadline=60)
        for _ in range(IN_TEN_SECONDS // 2):
            handshake(gateway, source=OTHER_ADDRESS)  # which raises when it is refused
    finally:
        stopping.set()
        hammering.join()
    # A refused connection is neither encrypted nor logged.
    assert len(re.findall("handshake failure", gateway.lines())) < len(tried) / 2


def test_an_address_that_has_calmed_down_is_accepted_again(gateway: Gateway) -> None:
    wait_until(lambda: _opened_and_closed(gateway) is None, deadline=120)
    wait_until(lambda: _opened_and_closed(gateway), deadline=60, interval=1)


def _opened_and_closed(gateway: Gateway) -> bool | None:
    """True for a connection that reaches the broker; None when the gateway refuses it."""
    if (encrypted := _opened(gateway)) is None:
        return None
    encrypted.close()
    return True


def test_the_broker_that_is_away_closes_a_connection_and_the_gateway_stays(tmp_path: Path) -> None:
    with running_gateway(tmp_path, 1) as gateway:
        with (
            knock(gateway.port) as plain,
            gateway.context().wrap_socket(plain, server_hostname=HOST) as encrypted,
        ):
            encrypted.settimeout(30)
            assert encrypted.recv(1) == b""
        with knock(gateway.alive_port) as alive:
            alive.sendall(b"GET / HTTP/1.0\r\n\r\n")
            assert re.match(rb"HTTP/1\.[01] 200 ", alive.recv(100))
        assert gateway.shown()
