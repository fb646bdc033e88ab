"""Deliveries of the example's events, received and failed as the dispatcher would."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from parcels.events import ParcelSorted
from sqlalchemy.orm import Session, sessionmaker

from hub_messaging import inbox, retries
from hub_messaging.delivery import Delivery
from hub_messaging.envelope import Envelope
from hub_messaging.messages import Message
from hub_messaging.provenance import Origins
from hub_messaging.retries import RetryPolicy
from hub_messaging.retry_order import RetryOrder
from hub_messaging.tables import inbox as table

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
QUEUE = "counting.in"
SOURCE = "/hubs/test/sorting"
LATER = datetime(2100, 1, 1, tzinfo=UTC)  # all waits have ended
POLICY = RetryPolicy()
EXCHANGE = "sorting.events"
ORIGINS = Origins("test", {"/hubs/other/sorting": "other.sorting.events"})
Database = sessionmaker[Session]


def delivery(
    number: int, revision: int = 1, *, source: str = "/hubs/test/sorting", after: int = 0
) -> Delivery[Any]:
    """The event about a parcel that makes its revision; `after` is the revision that must come first."""
    event = ParcelSorted(number=number, weight=1)
    envelope = Envelope(
        id=UUID(int=number * 1_000 + revision),
        source=source,
        type=event.type,
        version=1,
        subject=event.subject,
        revision=revision,
        time=NOW,
        correlation_id=f"request-{number}",
        after=f"{event.type}={after}" if after else None,
        data=event.to_data(),
    )
    return Delivery(event, envelope, envelope.to_bytes(), after)


def message(said: bytes | Delivery[Any], **others: Any) -> Message:
    """Return an event of this publisher as the broker delivers it."""
    body = said if isinstance(said, bytes) else said.body
    return Message(body, **({"exchange": EXCHANGE} | others))


def logged(said: bytes | Delivery[Any], key: str = "ParcelSorted", **others: Any) -> Message:
    """Return an event as the log delivers it."""
    key = key if isinstance(said, bytes) else said.envelope.routing_key
    return message(said, routing_key=key, from_log=True, **others)


def receive(database: Database, *deliveries: Delivery[Any]) -> list[Delivery[Any]]:
    """Let deliveries arrive in one transaction; those whose turn it is."""
    with database.begin() as session:
        return inbox.unseen(session, QUEUE, deliveries)


def fail(database: Database, failed: Delivery[Any], error: Exception) -> str:
    """Keep a delivery whose first attempt failed; its state."""
    with database.begin() as session:
        return retries.keep_failed(session, QUEUE, failed, error, POLICY)


def due_now(database: Database, now: datetime = LATER) -> list[str]:
    """Ids of what may be tried now."""
    with database() as session:
        return [turn.event_id for turn in RetryOrder(QUEUE).due(session, now)]


def lock_next(session: Session) -> Any:
    """The row that is tried next, locked."""
    (first, *_) = RetryOrder(QUEUE).due(session, LATER)
    return retries.lock(session, QUEUE, first.source, first.event_id)


def finish_next(database: Database) -> int:
    """Let the next stored delivery take effect; return its revision."""
    with database.begin() as session:
        row = lock_next(session)
        retries.finish(session, row)
        return int(row.revision)


def states(database: Database) -> dict[str, str]:
    """Event id → state."""
    with database() as session:
        return {row.event_id: row.state for row in session.execute(sa.select(table))}
