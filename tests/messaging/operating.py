"""Operators' actions on a service whose scales refuse parcels on request."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from parcels.events import ParcelSorted
from prometheus_client import CollectorRegistry
from sqlalchemy.orm import Session
from tests.messaging.received import ORIGINS, QUEUE, Database, message

from hub_messaging import operator_actions, stored_deliveries
from hub_messaging.delivery import Delivery
from hub_messaging.delivery_states import DeliveryState
from hub_messaging.dispatch import Dispatcher, Handler
from hub_messaging.metrics import ReadingMetrics
from hub_messaging.operator_actions import Operator
from hub_messaging.retries import Permanent, RetryPolicy
from hub_messaging.stored_deliveries import Key, StoredDelivery
from hub_messaging.tables import inbox_audit

ADA = Operator(by="ada", why="the scales were repaired")
UNREADABLE = b"\xff\xfe not JSON"


class Poisoned:
    """A handler that fails for as long as a parcel weighs too much, or while a test asks for it."""

    def __init__(self, database: Database) -> None:
        self.taken: list[tuple[str, int, int]] = []  # subject, revision, weight
        self.error: Exception | None = None
        self.dispatcher = Dispatcher(
            QUEUE,
            database,
            [Handler({ParcelSorted.type: ParcelSorted}, batch=True, call=self.weigh)],
            ReadingMetrics(CollectorRegistry()),
            ORIGINS,
            RetryPolicy(()),
        )

    def weigh(self, _session: Session, deliveries: Sequence[Delivery[Any]]) -> None:
        if self.error is not None:
            raise self.error
        self.taken += [(d.envelope.subject, d.envelope.revision, d.event.weight) for d in deliveries]

    def take(self, *deliveries: Delivery[Any]) -> None:
        self.dispatcher.take([message(d) for d in deliveries])


def act(database: Database, action: Callable[[Session], Any]) -> Any:
    with database.begin() as session:
        return action(session)


def listed(database: Database, *wanted: str) -> list[StoredDelivery]:
    return act(database, lambda session: stored_deliveries.stored(session, wanted or (DeliveryState.PARKED,)))  # type: ignore[no-any-return]


def replay(database: Database, *keys: Key) -> list[Key]:
    return act(  # type: ignore[no-any-return]
        database, lambda session: operator_actions.replay(session, keys, ADA, datetime.now(UTC))
    )


def edit(database: Database, key: Key, body: bytes) -> Key:
    return act(database, lambda session: operator_actions.edit(session, key, body, ADA))  # type: ignore[no-any-return]


def audit(database: Database) -> list[tuple[Any, ...]]:
    columns = inbox_audit.c
    wanted = sa.select(
        columns.by, columns.why, columns.action, columns.event_id, columns.attempts, columns.last_error
    )
    with database() as session:
        return [tuple(row) for row in session.execute(wanted.order_by(columns.id))]


def park(broken: Poisoned, *deliveries: Delivery[Any], error: Exception | None = None) -> list[Key]:
    """Let deliveries fail for good."""
    broken.error = error or Permanent("too heavy")
    for one in deliveries:
        broken.take(one)
    broken.error = None
    return [Key(QUEUE, d.envelope.source, str(d.envelope.id)) for d in deliveries]


def heavier(one: Delivery[Any], **changes: Any) -> bytes:
    """The body of a delivery with another weight, or with other fields."""
    fields = json.loads(one.body)
    fields["data"]["weight"] = 7
    return json.dumps(fields | changes).encode()
