"""Observations of a hub's parts for `hubctl doctor`; a part that does not answer is an observation too."""

import json
import socket
import ssl
from collections.abc import Iterator, Mapping
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from importlib import import_module
from pathlib import Path
from typing import Final, TypedDict, cast

import sqlalchemy as sa
from cryptography import x509
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker
from urllib3.exceptions import HTTPError

from hub_messaging import inbox, outbox
from hub_messaging.tables import inbox_forgotten, inbox_types, outbox_forgotten
from hub_messaging.topology import queue_of
from hub_messaging.wire import BROKER_ERRORS, connected
from hub_platform.clocks import real_now
from hub_platform.database import at_head, reaching
from hubctl import http_client
from hubctl.diagnosis import CertificateSeen, DatabaseSeen, QueueSeen, ServiceSeen

SECONDS: Final = 5  # time limit for an answer


def database(service: str, url: str) -> DatabaseSeen:
    """Observe a service's database."""
    engine = sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True, connect_args=reaching(url))
    sessions = sessionmaker(engine)
    try:
        with sessions() as session:
            version, ahead = _server(session)
        if not at_head(sessions, _migrations_of(service)):
            return DatabaseSeen(service=service, version=version, clock_ahead=ahead, at_head=False)
        with sessions() as session:
            oldest = outbox.oldest_unpublished(session)
            return DatabaseSeen(
                service=service,
                version=version,
                clock_ahead=ahead,
                pending=outbox.counts(session)[1],
                oldest_seconds=0.0 if oldest is None else (real_now() - oldest).total_seconds(),
                unfinished=inbox.counts(session),
                forged=inbox.forged(session),
                listens=bool(session.scalar(sa.select(sa.exists().select_from(inbox_types)))),
                not_forgotten=tuple(_not_forgotten(session)),
            )
    except SQLAlchemyError as exc:
        return DatabaseSeen(service=service, away=type(exc).__name__)


def _not_forgotten(session: Session) -> Iterator[str]:
    """Yield the tables in which the deletion of old rows is stopped."""
    for table in (outbox_forgotten, inbox_forgotten):
        if session.scalar(sa.select(sa.exists().where(table.c.stopped))):
            yield table.name.removesuffix("_forgotten")


def _server(session: Session) -> tuple[int, float]:
    """Return PostgreSQL's version, and the seconds by which its clock is ahead of ours."""
    version = int(session.scalar(sa.text("SHOW server_version_num")) or 0)
    before = real_now().timestamp()
    there = session.scalar(sa.text("SELECT extract(epoch FROM clock_timestamp())"))
    return version, float(there or 0) - (before + real_now().timestamp()) / 2


def _migrations_of(service: str) -> Path:
    return Path(next(iter(import_module(f"hub_{service}").__path__))) / "migrations"


def queue(service: str, uri: str) -> QueueSeen:
    """Observe a service's queue, as the service's broker user."""
    try:
        with connected(uri) as connection:
            found = connection.channel().queue_declare(queue_of(service), passive=True)
            version = connection.server_properties.get("version", "")
    except BROKER_ERRORS as exc:
        return QueueSeen(service=service, away=type(exc).__name__)
    return QueueSeen(
        service=service, version=str(version), messages=found.message_count, readers=found.consumer_count
    )


def service(name: str, address: str, token: str) -> ServiceSeen:
    """Observe a service's readiness and release."""
    try:
        ready, _ = _get(f"{address}/{name}/health/ready", token)
        said, ahead = _get(f"{address}/{name}/version", token)
        version = said["version"]
    except _UnexpectedStatus as exc:  # such as 401: a service whose clock is wrong refuses the token
        return ServiceSeen(service=name, away=str(exc), clock_ahead=exc.clock_ahead)
    except (HTTPError, OSError, ValueError, KeyError) as exc:
        return ServiceSeen(service=name, away=http_client.cause_of(exc))
    return ServiceSeen(
        service=name,
        version=version,
        missing=ready.get("missing", {}),
        details=ready.get("details", {}),
        clock_ahead=ahead,
    )


class _UnexpectedStatus(Exception):
    """An answer with neither 200 nor 503."""

    def __init__(self, status: int, clock_ahead: float) -> None:
        super().__init__(f"HTTP {status}")
        self.clock_ahead = clock_ahead  # seconds


class _Health(TypedDict, total=False):
    """Fields of the answers about readiness and release."""

    version: str
    missing: Mapping[str, str]  # a part that the service needs → the error
    details: Mapping[str, str]  # a part that is degraded → a sentence


def _get(url: str, token: str) -> tuple[_Health, float]:
    """Return the JSON of an answer, and how many seconds the clock there is ahead of ours.

    Raises:
        _UnexpectedStatus: the status is neither 200 nor 503, with which a service says that it is not ready.
    """
    with http_client.client(SECONDS) as client:
        answer = client.request("GET", url, headers={"Authorization": f"Bearer {token}"})
    ahead = _ahead(answer.headers.get("Date"))
    if answer.status not in (HTTPStatus.OK, HTTPStatus.SERVICE_UNAVAILABLE):
        raise _UnexpectedStatus(answer.status, ahead)
    body: object = json.loads(answer.data)
    return cast("_Health", body) if isinstance(body, dict) else {}, ahead


def _ahead(date: str | None) -> float:
    """Return the seconds by which an answer's date is ahead of our clock, within half a second."""
    if date is None:
        return 0.0
    return (parsedate_to_datetime(date) - real_now()).total_seconds() + 0.5


def certificate(gateway: str, host: str, port: int) -> CertificateSeen:
    """Observe the certificate that `gateway` shows for `host`, without verifying its authority."""
    unverified = ssl.create_default_context()
    unverified.check_hostname, unverified.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((gateway, port), SECONDS) as plain,
            unverified.wrap_socket(plain, server_hostname=host) as shown,
        ):
            encoded = shown.getpeercert(binary_form=True) or b""
        ends = x509.load_der_x509_certificate(encoded).not_valid_after_utc
    except (OSError, ValueError) as exc:
        return CertificateSeen(host=host, away=type(exc).__name__)
    return CertificateSeen(host=host, days_left=(ends - real_now()).total_seconds() / 86_400)
