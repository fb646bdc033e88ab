"""Messages that tests publish by hand, and reads of queues and tables."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import amqp
import sqlalchemy as sa
from tests.support.amqp import connected

from hub_messaging.envelope import CONTENT_TYPE, Envelope

JSON = "application/json"


def publish(
    uri: str,
    exchange: str,
    key: str,
    body: bytes,
    *,
    content_type: str = JSON,
    headers: dict[str, Any] | None = None,
    **properties: Any,
) -> None:
    """Publish one message and wait until the broker has it."""
    with connected(uri) as connection:
        message = amqp.Message(
            body,
            content_type=content_type,
            content_encoding="utf-8",
            application_headers=headers or {},
            **properties,
        )
        connection.channel().basic_publish(message, exchange, key)


def parcel(number: int, weight: int) -> bytes:
    """The first event about a parcel, as its publisher would write it."""
    return Envelope(
        id=uuid4(),
        source="/hubs/test/sorting",
        type="ParcelSorted",
        version=1,
        subject=f"parcels/{number}",
        revision=1,
        time=datetime.now(UTC),
        data={"number": number, "weight": weight},
    ).to_bytes()


def send_parcel(uri: str, number: int, weight: int = 1) -> None:
    """Publish that event."""
    publish(uri, "sorting.events", "ParcelSorted", parcel(number, weight), content_type=CONTENT_TYPE)


def queue(uri: str, name: str) -> tuple[int, int]:
    """How many messages wait in a queue, and how many consumers it has; (-1, 0) when there is none."""
    with connected(uri) as connection:
        try:
            _, messages, consumers = connection.channel().queue_declare(name, passive=True)
        except amqp.NotFound:
            return -1, 0
    return messages, consumers


def rows(url: str, statement: str, **parameters: Any) -> list[Any]:
    """Return the result of a query."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        found = list(connection.execute(sa.text(statement), parameters))
    engine.dispose()
    return found


def effects(url: str, subject: str) -> list[Any]:
    """Each time that an event about this subject took effect in the example service."""
    return rows(url, "SELECT * FROM effects WHERE subject = :subject", subject=subject)


def kept(url: str, subject: str | None) -> list[Any]:
    """Every delivery about this subject that has not taken effect; None: what could not be read."""
    statement = "SELECT * FROM inbox WHERE state <> 'done' AND subject IS NOT DISTINCT FROM :subject"
    return rows(url, statement, subject=subject)
