"""The second copy of history: the publishers' outboxes, read like the event log."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_messaging import outbox
from hub_messaging.envelope import SCHEMAS, Envelope
from hub_messaging.messages import Message
from hub_messaging.tables import outbox as table
from hub_messaging.topology import exchange_of

BATCH: Final = 1000


def read_outboxes(
    publishers: Mapping[str, sa.Engine], since: datetime | None, schemas: str = SCHEMAS
) -> Iterator[list[Message]]:
    """Read the events published from an instant on (None: all stored ones), one publisher after the other.

    Args:
        publishers: source of events → its database.
        since: aware.
        schemas: absolute URI under which schemas are found.
    """
    for source, engine in publishers.items():
        with Session(engine) as session:
            position = _before(session, since)
            while events := outbox.history(session, source, after=position, limit=BATCH):
                position = events[-1][0]
                exchange = exchange_of(source.rpartition("/")[2])
                yield [_message(envelope, exchange, schemas) for _, envelope in events]
                session.rollback()  # the next query includes events published meanwhile


def _message(envelope: Envelope, exchange: str, schemas: str) -> Message:
    """Return an event as the log would hold it; the database that it was read from proves its publisher."""
    return Message(envelope.to_bytes(schemas), exchange, envelope.routing_key, from_log=True)


def _before(session: Session, since: datetime | None) -> int:
    """Return the position before the first event published from an instant on."""
    if since is None:
        return 0
    first = session.scalar(sa.select(sa.func.min(table.c.position)).where(table.c.published_at >= since))
    last = session.scalar(sa.select(sa.func.max(table.c.position)))
    return (last or 0) if first is None else first - 1
