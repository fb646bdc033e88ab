"""The counts of an inbox compared with the numbers of its rows."""

from collections import Counter
from datetime import UTC, datetime

import sqlalchemy as sa
from parcels.events import ParcelSorted, ParcelWeighed
from tests.messaging.received import QUEUE, SOURCE, Database, delivery

from hub_messaging.stored_deliveries import Key
from hub_messaging.tables import inbox, inbox_counts

NOW = datetime.now(UTC)
SORTED, WEIGHED = ParcelSorted.type, ParcelWeighed.type


def key(number: int, revision: int = 1) -> Key:
    one = delivery(number, revision).envelope
    return Key(QUEUE, SOURCE, str(one.id))


def kept(database: Database) -> dict[tuple[str, str], tuple[int, int]]:
    """Source and routing key → received, done; without those that are nothing."""
    with database() as session:
        rows = session.execute(sa.select(inbox_counts))
        return {(r.source, r.routing_key): (r.received, r.done) for r in rows if r.received or r.done}


def counted(database: Database) -> dict[tuple[str, str], tuple[int, int]]:
    """The same, by counting rows."""
    with database() as session:
        rows = list(session.execute(sa.select(inbox).where(inbox.c.subject.is_not(None))))
    received = Counter((row.source, row.type) for row in rows)
    done = Counter((row.source, row.type) for row in rows if row.state == "done")
    return {name: (number, done[name]) for name, number in received.items()}
