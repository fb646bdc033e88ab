"""Subscribers reach the broker over verified TLS only; a renewed certificate closes no connection."""

import re
import ssl
import subprocess
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import amqp
import pytest
from tests.security.gateway_connections import holding_server, knock, opened
from tests.support.amqp_gateway import CONFIGURATION, HOST, Gateway, program, running_gateway
from tests.support.broker import BrokerServer
from tests.support.waiting import wait_until

from hub_operations.subscriber_certificates import CHECKED_WITH, provide

QUEUE: Final = "subscriber.trust"
URI: Final = "amqp://subscriber.trust:unused@localhost/hub"  # pragma: allowlist secret
pytestmark = [
    pytest.mark.servers,  # HAProxy is one
    # Python's ssl module leaves a socket open that the peer resets before the handshake begins.
    pytest.mark.filterwarnings("ignore:unclosed <ssl.SSLSocket:ResourceWarning"),
]


@pytest.fixture(name="gateway")
def _gateway(tmp_path: Path) -> Iterator[Gateway]:
    """A new one for each test, because it counts each address's connections."""
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
    open_before, shown_before = opened(gateway), gateway.shown()
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
        except ConnectionError:  # made while the gateway reloads
            return False
        return False

    wait_until(is_refused, deadline=60)


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
