"""The history of one event: its row in the publisher's outbox and in each subscriber's inbox."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_messaging.envelope import Envelope
from hub_messaging.outbox import envelope_of
from hub_messaging.tables import inbox, inbox_types, outbox
from hub_messaging.topology import queue_of

LISTED_AT_MOST = 4  # events that match a shortened id


@dataclass(frozen=True)
class Recorded:
    """An event in its publisher's outbox."""

    envelope: Envelope
    recorded_at: datetime
    published_at: datetime | None  # None: the broker has not confirmed it yet


@dataclass(frozen=True)
class Receipt:
    """An event in a subscriber's inbox."""

    service: str
    state: str  # done, waiting, held, parked or dropped
    received_at: datetime
    attempts: int
    last_error: str | None


def recorded(session: Session, source: str, name: str) -> list[Recorded]:
    """Return the events of an outbox by id, or by its last characters.

    Args:
        session: of the publisher's database.
        source: of the publisher's events.
        name: a UUID, or the end of one; the whole outbox is read for that.
    """
    rows = sa.select(outbox).order_by(outbox.c.position).limit(LISTED_AT_MOST)
    try:
        rows = rows.where(outbox.c.id == UUID(name))
    except ValueError:
        rows = rows.where(sa.cast(outbox.c.id, sa.Text).endswith(name.lower(), autoescape=True))
    return [
        Recorded(envelope_of(row, source), row.recorded_at, row.published_at) for row in session.execute(rows)
    ]


def received(session: Session, service: str, source: str, event_id: str) -> Receipt | None:
    """Return a service's receipt of an event; None when it never arrived, or its row has been deleted."""
    columns = inbox.c
    row = session.execute(
        sa.select(columns.state, columns.received_at, columns.attempts, columns.last_error).where(
            columns.subscription == queue_of(service),
            columns.source == source,
            columns.event_id == event_id,
        )
    ).first()
    return None if row is None else Receipt(service, *row)


def subscribes_to(session: Session, service: str, routing_key: str) -> bool:
    """Whether the release that runs subscribes to a kind of event."""
    rows = sa.select(inbox_types.c.heard).where(
        inbox_types.c.subscription == queue_of(service), inbox_types.c.type == routing_key
    )
    return bool(session.scalar(rows))
