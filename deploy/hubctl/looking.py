"""Looks at the parts of a hub for `hubctl doctor`; what does not answer is a thing seen, not an error."""

import json
import socket
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from importlib import import_module
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from cryptography import x509
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session, sessionmaker

from hub_messaging import inbox, outbox
from hub_messaging.tables import inbox_forgotten, inbox_types, outbox_forgotten
from hub_messaging.topology import queue_of
from hub_messaging.wire import BROKER_ERRORS, connected
from hub_platform.clocks import real_now
from hub_platform.database import at_head, reaching
from hubctl.diagnosis import CertificateSeen, DatabaseSeen, QueueSeen, ServiceSeen

SECONDS: Final = 5  # how long one part may take to answer


def database(service: str, url: str) -> DatabaseSeen:
    """Look into one service's database."""
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
    """The tables from which nothing is deleted at present."""
    for table in (outbox_forgotten, inbox_forgotten):
        if session.scalar(sa.select(sa.exists().where(table.c.stopped))):
            yield table.name.removesuffix("_forgotten")


def _server(session: Session) -> tuple[int, float]:
    """PostgreSQL's version, and how far its clock is ahead of ours."""
    version = int(session.scalar(sa.text("SHOW server_version_num")) or 0)
    before = real_now().timestamp()
    there = session.scalar(sa.text("SELECT extract(epoch FROM clock_timestamp())"))
    return version, float(there or 0) - (before + real_now().timestamp()) / 2


def _migrations_of(service: str) -> Path:
    return Path(next(iter(import_module(f"hub_{service}").__path__))) / "migrations"


def queue(service: str, uri: str) -> QueueSeen:
    """Ask the broker about one service's queue, as that service."""
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
    """Ask a service how it is and which release it is."""
    try:
        ready, _ = _get(f"{address}/{name}/health/ready", token)
        said, ahead = _get(f"{address}/{name}/version", token)
        version = said["version"]
    except urllib.error.HTTPError as exc:  # a token is no good where the clock is wrong
        return ServiceSeen(service=name, away=type(exc).__name__, clock_ahead=_ahead(exc.headers.get("Date")))
    except (OSError, ValueError, KeyError) as exc:
        return ServiceSeen(service=name, away=type(exc).__name__)
    return ServiceSeen(
        service=name,
        version=version,
        missing=ready.get("missing", {}),
        details=ready.get("details", {}),
        clock_ahead=ahead,
    )


def _get(url: str, token: str) -> tuple[dict[str, Any], float]:
    """What is answered, and how far the clock there is ahead of ours."""
    request = urllib.request.Request(url, headers={"Authorization": f"Bearer {token}"})  # noqa: S310 - ours
    try:
        with urllib.request.urlopen(request, timeout=SECONDS) as answer:  # noqa: S310 - ours
            body, date = json.load(answer), answer.headers.get("Date")
    except urllib.error.HTTPError as exc:
        if exc.code != 503:
            raise
        body, date = json.load(exc), exc.headers.get("Date")  # "not ready" is an answer
    return body if isinstance(body, dict) else {}, _ahead(date)


def _ahead(date: str | None) -> float:
    """How many seconds an answer's date is ahead of ours, which tells whole seconds."""
    if date is None:
        return 0.0
    return (parsedate_to_datetime(date) - real_now()).total_seconds() + 0.5


def certificate(gateway: str, host: str, port: int) -> CertificateSeen:
    """Look at the certificate that `gateway` shows for `host`; who signed it is not looked at."""
    anybody = ssl.create_default_context()
    anybody.check_hostname, anybody.verify_mode = False, ssl.CERT_NONE
    try:
        with (
            socket.create_connection((gateway, port), SECONDS) as plain,
            anybody.wrap_socket(plain, server_hostname=host) as shown,
        ):
            encoded = shown.getpeercert(binary_form=True) or b""
        ends = x509.load_der_x509_certificate(encoded).not_valid_after_utc
    except (OSError, ValueError) as exc:
        return CertificateSeen(host=host, away=type(exc).__name__)
    return CertificateSeen(host=host, days_left=(ends - real_now()).total_seconds() / 86_400)
