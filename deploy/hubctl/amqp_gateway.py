"""Connects to the AMQP gateway as a subscriber would, for `hubctl doctor`."""

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
METHOD: Final = b"\x01"  # the broker answers that header with a method frame, whose first byte this is
SOON: Final = 60  # days; `make up` renews certificates of the hub's own a year before their end


def look(environment: Mapping[str, str], port: int = PORT) -> Iterator[Finding]:
    """Verify the certificate and ask for the broker; no finding where this gateway does not exist.

    Args:
        environment: HUB_SUBSCRIBERS_GATEWAY is its name inside, HUB_SUBSCRIBERS_HOST the one that subscribers
            use, HUB_SUBSCRIBERS_CA_FILE what they verify its certificate with.
        port: where it listens inside.
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
        return  # the profile `subscribers` is not on
    except ssl.SSLCertVerificationError as exc:
        why = f"Subscribers refuse its certificate: {exc.verify_message}. make check-settings says more."
        yield Finding(PART, Grade.WRONG, why)
        return
    except (OSError, ValueError) as exc:
        yield Finding(PART, Grade.WRONG, f"It does not answer ({type(exc).__name__}): make up starts it.")
        return
    if answer != METHOD:
        yield Finding(PART, Grade.WRONG, "The broker does not answer behind it: make up starts both.")
    yield _of_end((parsedate_to_datetime(ends) - real_now()).total_seconds() / 86_400, host)


def verifying(ca_file: str) -> ssl.SSLContext:
    """What subscribers are told to verify with; a file that is missing or empty means public authorities."""
    has_own = bool(ca_file) and Path(ca_file).stat().st_size > 0
    return ssl.create_default_context(cafile=ca_file if has_own else None)


def _answer(encrypted: ssl.SSLSocket) -> bytes:
    """The first byte of the broker's answer; empty when the connection is closed instead."""
    try:
        encrypted.sendall(HEADER)
        return encrypted.recv(1)
    except OSError:
        return b""


def _of_end(days_left: float, host: str) -> Finding:
    if days_left < SOON:
        says = f"The certificate of {host} ends in {days_left:.0f} days: make up renews one of the hub's own."
        return Finding(PART, Grade.NOTE, says)
    return Finding(PART, Grade.WELL, f"Answers as {host}; its certificate is valid for {days_left:.0f} days.")
