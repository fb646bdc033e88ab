"""History as publishers keep it: from an instant on, and nothing of before."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted
from tests.messaging.received import SOURCE, Database

from hub_messaging import outbox, outbox_log
from hub_messaging.envelope import Envelope
from hub_messaging.outbox_log import read_outboxes
from hub_messaging.tables import outbox as table

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
INSTANT = timedelta(microseconds=1)


def published(database: Database, *instants: datetime) -> None:
    """Publish one event at each of these instants."""
    with database.begin() as session:
        for number, at in enumerate(instants, start=1):
            event = ParcelSorted(number=number, weight=1)
            id_ = outbox.record(session, event, occurred_at=NOW)
            session.execute(sa.update(table).where(table.c.id == id_).values(published_at=at))


def read(database: Database, since: datetime | None) -> list[str]:
    """The subjects that are read."""
    publishers = {SOURCE: database.kw["bind"]}
    return [
        Envelope.from_bytes(message.body).subject
        for messages in read_outboxes(publishers, since)
        for message in messages
    ]


@pytest.mark.parametrize(
    ("since", "subjects"),
    [
        (None, ["parcels/1", "parcels/2", "parcels/3"]),
        (NOW - INSTANT, ["parcels/2", "parcels/3"]),
        (NOW, ["parcels/2", "parcels/3"]),
        (NOW + INSTANT, ["parcels/3"]),
        (NOW + timedelta(days=2), []),
    ],
)
def test_what_was_published_from_an_instant_on_is_read(
    database: Database, since: datetime | None, subjects: list[str]
) -> None:
    published(database, NOW - timedelta(days=1), NOW, NOW + timedelta(days=1))
    assert read(database, since) == subjects


def test_history_is_read_in_parts_without_gap_or_repeat(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox_log, "BATCH", 2)
    published(database, *[NOW] * 5)
    assert read(database, None) == [f"parcels/{number}" for number in range(1, 6)]
