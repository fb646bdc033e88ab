"""A process that forgets, with clocks that a test sets, and rows of any age."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from tests.messaging.received import QUEUE, SOURCE, Database, delivery, receive

from hub_messaging.retention_worker import NOTE_SECONDS, RetentionWorker
from hub_messaging.tables import inbox as received

DAY = timedelta(days=1)
DAY_SECONDS = DAY.total_seconds()


class Process:
    """One process of a service, with clocks of its own."""

    def __init__(self, database: Database, rows: Callable[..., Any]) -> None:
        self.seconds = 1000.0
        self.error = timedelta(0)
        self.forgetting = RetentionWorker(
            database, rows, now=lambda: datetime.now(UTC) + self.error, monotonic=lambda: self.seconds
        )

    def run(self, days: float) -> None:
        """Let time pass, and look now and then."""
        for _ in range(2):
            self.forgetting.turn()
            self.seconds += NOTE_SECONDS  # the second look takes over from a process that has ended
        self.seconds += days * DAY_SECONDS
        self.forgetting.turn()


def receive_at(database: Database, *instants: datetime, source: str = SOURCE) -> None:
    """Receive one delivery at each of these instants."""
    for number, at in enumerate(instants, start=1):
        one = delivery(number, source=source)
        receive(database, one)
        wanted = (received.c.source == source, received.c.event_id == str(one.envelope.id))
        with database.begin() as session:
            session.execute(sa.update(received).where(*wanted).values(received_at=at))


def received_subjects(database: Database) -> list[str]:
    """Return the rows of the inbox in the order of arrival."""
    with database() as session:
        return list(session.scalars(sa.select(received.c.subject).order_by(received.c.arrival)))


_MANY = sa.text(
    """
    INSERT INTO inbox (subscription, source, event_id, type, subject, revision, state, received_at)
    SELECT :queue, :source, 'known-' || n, 'ParcelSorted', 'known/' || n, 1, 'done',
           clock_timestamp() - INTERVAL '300 days' + n * INTERVAL '5 minutes'
    FROM generate_series(1, :number) AS n
    """
)


def know(database: Database, number: int) -> None:
    """Let so many events have taken effect, five minutes apart, since 300 days ago."""
    with database.begin() as session:
        session.execute(_MANY, {"queue": QUEUE, "source": SOURCE, "number": number})
