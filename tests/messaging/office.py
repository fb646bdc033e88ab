"""Two publishers with their outboxes on real databases, a relay by hand, and the log of a real broker."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from parcels.events import ParcelSorted, ParcelWeighed
from sqlalchemy.orm import Session

from hub_messaging import log_restore, outbox
from hub_messaging.event_log import read_log
from hub_messaging.log_restore import Outboxes
from hub_messaging.messages import Message
from hub_messaging.publisher import ConfirmedPublisher
from hub_messaging.tables import outbox as rows
from hub_messaging.topology import MARK, exchange_of, source_of
from hub_messaging.wire import connected

PUBLISHERS = ("sorting", "counting")
SCHEMAS = "https://hub.test/schemas"


def bind_subscriber(channel: Any) -> None:
    """A subscriber, so that events have a queue besides the log."""
    channel.queue_declare("subscribed", durable=True, auto_delete=False)
    for publisher in PUBLISHERS:
        for kind in ("ParcelSorted", "ParcelWeighed"):
            channel.queue_bind("subscribed", exchange_of(publisher), kind)


class Office:
    """Two publishers with their outboxes, and a log."""

    def __init__(self, uri: str, urls: dict[str, str]) -> None:
        self.uri = uri
        self.engines = {name: sa.create_engine(url, poolclass=sa.NullPool) for name, url in urls.items()}
        self.outboxes = Outboxes("test", SCHEMAS, self.engines)
        self.number = 0

    def record(self, publisher: str, events: int) -> None:
        """Let things happen, two about each subject."""
        with Session(self.engines[publisher]) as session, session.begin():
            for _ in range(events):
                self.number += 1
                kind = ParcelWeighed if self.number % 2 else ParcelSorted
                event = kind(number=self.number // 2, weight=1)
                outbox.record(session, event, occurred_at=datetime(2026, 1, 2, tzinfo=UTC))

    def send(self, publisher: str) -> list[int]:
        """The first half of what a relay does; gives what is to be noted."""
        with Session(self.engines[publisher]) as session, connected(self.uri) as connection:
            waiting = outbox.unpublished(session, source_of("test", publisher), 500, SCHEMAS)
            ConfirmedPublisher(connection, exchange_of(publisher)).publish([event for _, event in waiting])
            return [position for position, _ in waiting]

    def note(self, publisher: str, positions: list[int]) -> None:
        """The second half."""
        with Session(self.engines[publisher]) as session, session.begin():
            outbox.mark_published(session, positions)

    def publish(self, publisher: str, events: int) -> None:
        """Record and send."""
        self.record(publisher, events)
        self.note(publisher, self.send(publisher))

    def administrate(self, act: Any) -> None:
        """Do something to the broker."""
        with connected(self.uri) as connection:
            act(connection.channel())

    def delete_log(self) -> None:
        """As an intruder or a new broker."""
        self.administrate(lambda channel: channel.queue_delete("hub.log"))

    def restore(self) -> int:
        """How many were missing."""
        with connected(self.uri) as connection:
            return log_restore.restore(connection, self.outboxes, lambda *_: None).missing

    def logged(self) -> list[Message]:
        """Every event in the log."""
        with connected(self.uri) as connection:
            read = [one for batch in read_log(connection, "sorting", None) for one in batch]
        return [one for one in read if one.routing_key != MARK]

    def expected(self) -> Counter[str]:
        """The ids of all that was published."""
        ids: Counter[str] = Counter()
        for engine in self.engines.values():
            with Session(engine) as session:
                ids.update(
                    map(str, session.scalars(sa.select(rows.c.id).where(rows.c.published_at.is_not(None))))
                )
        return ids
