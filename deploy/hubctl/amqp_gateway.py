"""A check of the AMQP gateway for `hubctl doctor`, by a connection like that of a subscriber."""

import socket
import ssl
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Final

from hub_platform.clocks import real_now
from hubctl.diagnosis import Finding, Grade

PART: Final = "the AMQP gateway"
SECONDS: Final = 5  # for each step
PORT: Final = 5671
HEADER: Final = b"AMQP\x00\x00\x09\x01"
METHOD: Final = b"\x01"  # first byte of a method frame, with which the broker answers that header
SOON: Final = 60  # days; `make up` renews the hub's own certificates a year before their end


def look(environment: Mapping[str, str], port: int = PORT) -> Iterator[Finding]:
    """Verify the certificate and the connection to the broker; without a gateway yield no finding.

    Args:
        environment: HUB_SUBSCRIBERS_GATEWAY is its inner host name, HUB_SUBSCRIBERS_HOST the one that
            subscribers use, HUB_SUBSCRIBERS_CA_FILE the authority with which they verify its certificate.
        port: of the gateway on the inner network.
    """
    gateway, host = environment.get("HUB_SUBSCRIBERS_GATEWAY"), environment.get("HUB_SUBSCRIBERS_HOST")
    if not gateway or not host:
        return
    try:
        context = verifying(environment.get("HUB_SUBSCRIBERS_CA_FILE", ""))
        with (
            socket.create_connection((gateway, port), SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host) as encrypted,
        ):
            ends = str((encrypted.getpeercert() or {})["notAfter"])
            answer = _answer(encrypted)
    except socket.gaierror:
        return  # the profile `subscribers` is not active
    except ssl.SSLCertVerificationError as exc:
        why = (
            f"Subscribers refuse its certificate: {exc.verify_message}. make check-settings shows the remedy."
        )
        yield Finding(PART, Grade.WRONG, why)
        return
    except (OSError, ValueError) as exc:
        yield Finding(PART, Grade.WRONG, f"It does not answer ({type(exc).__name__}): make up starts it.")
        return
    if answer != METHOD:
        yield Finding(PART, Grade.WRONG, "It runs, but the broker does not answer: make up starts both.")
    yield _of_end((parsedate_to_datetime(ends) - real_now()).total_seconds() / 86_400, host)


def verifying(ca_file: str) -> ssl.SSLContext:
    """Return a context with the subscribers' authority; without the file, or an empty one, public ones."""
    has_own = bool(ca_file) and Path(ca_file).stat().st_size > 0
    return ssl.create_default_context(cafile=ca_file if has_own else None)


def _answer(encrypted: ssl.SSLSocket) -> bytes:
    """Return the first byte of the broker's answer; empty when the connection is closed."""
    try:
        encrypted.sendall(HEADER)
        return encrypted.recv(1)
    except OSError:
        return b""


def _of_end(days_left: float, host: str) -> Finding:
    if days_left < SOON:
        says = f"The certificate of {host} ends in {days_left:.0f} days: make up renews the hub's own."
        return Finding(PART, Grade.NOTE, says)
    return Finding(PART, Grade.WELL, f"Answers as {host}; its certificate is valid for {days_left:.0f} days.")
