"""The check of the AMQP gateway by `hubctl doctor`, which connects like a subscriber."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Final

import pytest

from hub_operations.subscriber_certificates import CERTIFICATE, CHECKED_WITH, LASTS, provide
from hubctl import amqp_gateway
from hubctl.diagnosis import Finding, Grade

HOST: Final = "events.hub.example"


@pytest.fixture(name="certificates")
def _certificates(tmp_path: Path) -> Path:
    provide(tmp_path, HOST, datetime.now(UTC))
    return tmp_path


@contextmanager
def gateway(certificate: Path, answer: bytes) -> Iterator[int]:
    """A server that takes one connection by TLS and answers it; its port."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.settimeout(10)

        def serve() -> None:
            plain, _ = listening.accept()
            try:
                with context.wrap_socket(plain, server_side=True) as encrypted:
                    encrypted.recv(len(amqp_gateway.HEADER))
                    encrypted.sendall(answer)
            except OSError:
                plain.close()  # the client has refused the certificate

        thread = Thread(target=serve)
        thread.start()
        yield listening.getsockname()[1]
        thread.join()


def found(port: int, certificates: Path, host: str = HOST) -> list[Finding]:
    environment = {
        "HUB_SUBSCRIBERS_GATEWAY": "127.0.0.1",
        "HUB_SUBSCRIBERS_HOST": host,
        "HUB_SUBSCRIBERS_CA_FILE": str(certificates / CHECKED_WITH),
    }
    return list(amqp_gateway.look(environment, port))


def test_a_gateway_that_is_well(certificates: Path) -> None:
    with gateway(certificates / CERTIFICATE, b"\x01\x00\x00") as port:
        (finding,) = found(port, certificates)
    assert finding.grade is Grade.WELL
    assert finding.says == f"Answers as {HOST}; its certificate is valid for {LASTS.days} days."


def test_a_broker_that_is_away_behind_it(certificates: Path) -> None:
    with gateway(certificates / CERTIFICATE, b"") as port:
        wrong, well = found(port, certificates)
    assert (wrong.grade, well.grade) == (Grade.WRONG, Grade.WELL)
    assert wrong.says.startswith("It runs, but the broker does not answer")


def test_a_certificate_of_another_name(certificates: Path) -> None:
    with gateway(certificates / CERTIFICATE, b"\x01") as port:
        (finding,) = found(port, certificates, "events.other.example")
    assert finding.grade is Grade.WRONG
    assert "Hostname mismatch" in finding.says


def test_a_certificate_of_another_authority(certificates: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    provide(tmp_path / "other", HOST, datetime.now(UTC))
    with gateway(tmp_path / "other" / CERTIFICATE, b"\x01") as port:
        (finding,) = found(port, certificates)
    assert finding.grade is Grade.WRONG
    assert finding.says.startswith("Subscribers refuse its certificate")


@pytest.mark.parametrize(("days", "grade"), [(10, Grade.NOTE), (-1, Grade.WRONG)])
def test_a_certificate_near_its_end_or_beyond_it(certificates: Path, days: int, grade: Grade) -> None:
    (certificates / CERTIFICATE).unlink()
    provide(certificates, HOST, datetime.now(UTC) - LASTS + timedelta(days=days, hours=1))
    with gateway(certificates / CERTIFICATE, b"\x01") as port:
        (finding,) = found(port, certificates)
    assert finding.grade is grade
    assert ("ends in 10 days" if days > 0 else "certificate has expired") in finding.says


def test_a_gateway_that_is_away(certificates: Path) -> None:
    (finding,) = found(1, certificates)
    assert finding.says == "It does not answer (ConnectionRefusedError): make up starts it."


@pytest.mark.parametrize("name", ["", "amqp-gateway.invalid"])
def test_a_hub_without_this_gateway(name: str) -> None:
    environment = {"HUB_SUBSCRIBERS_GATEWAY": name, "HUB_SUBSCRIBERS_HOST": HOST}
    assert list(amqp_gateway.look(environment)) == []
