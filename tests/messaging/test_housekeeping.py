"""What is forgotten and what is kept: only what was published, or took effect, longer ago than that."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted
from tests.messaging.received import Database, delivery, receive

from hub_messaging import inbox, outbox
from hub_messaging import reader as reading
from hub_messaging import relay as sending
from hub_messaging.reader import QueueReader
from hub_messaging.relay import OutboxRelay
from hub_messaging.tables import inbox as received
from hub_messaging.tables import outbox as recorded

NOW = datetime.now(UTC)
DAY = timedelta(days=1)


def record(database: Database, *published: datetime | None) -> None:
    """Record one event for each of these instants at which the broker confirmed it; None: not yet."""
    with database.begin() as session:
        for number, at in enumerate(published, start=1):
            id_ = outbox.record(session, ParcelSorted(number=number, weight=1), occurred_at=NOW)
            session.execute(sa.update(recorded).where(recorded.c.id == id_).values(published_at=at))


def recorded_subjects(database: Database) -> list[str]:
    with database() as session:
        return list(session.scalars(sa.select(recorded.c.subject).order_by(recorded.c.position)))


def receive_at(database: Database, *instants: datetime) -> None:
    """Receive one delivery at each of these instants."""
    for number, at in enumerate(instants, start=1):
        receive(database, delivery(number))
        subject = delivery(number).envelope.subject
        with database.begin() as session:
            session.execute(sa.update(received).where(received.c.subject == subject).values(received_at=at))


def received_subjects(database: Database) -> list[str]:
    with database() as session:
        return list(session.scalars(sa.select(received.c.subject).order_by(received.c.arrival)))


def test_only_what_was_published_before_an_instant_is_forgotten(database: Database) -> None:
    record(database, NOW - DAY, NOW, NOW + DAY, None)
    with database.begin() as session:
        assert outbox.forget(session, NOW) == 1
    assert recorded_subjects(database) == ["parcels/2", "parcels/3", "parcels/4"]


def test_only_what_was_received_before_an_instant_is_forgotten(database: Database) -> None:
    receive_at(database, NOW - DAY, NOW, NOW + DAY)
    with database.begin() as session:
        assert inbox.forget(session, NOW) == 1
    assert received_subjects(database) == ["parcels/2", "parcels/3"]


@pytest.fixture(name="relay")
def _relay(database: Database, monkeypatch: pytest.MonkeyPatch) -> OutboxRelay:
    """A relay that sends nothing and has done no housekeeping yet."""
    monkeypatch.setattr(sending, "drain", lambda _connection, _seconds: False)
    monkeypatch.setattr(sending, "tick", lambda _connection: None)
    relay = OutboxRelay()
    relay._sessions = database
    relay._forgot_at = float("-inf")
    return relay


def wait_once(relay: OutboxRelay) -> None:
    """Let the relay wait for a commit that has happened already."""
    woken: Any = SimpleNamespace(poll=lambda: None, notifies=["a commit"])
    relay._wait(woken, None, SimpleNamespace(blocked=False))  # type: ignore[arg-type]


def test_the_relay_forgets_what_was_published_longer_ago_than_it_is_kept(
    database: Database, relay: OutboxRelay
) -> None:
    record(database, NOW - sending.KEPT_FOR - DAY, NOW - sending.KEPT_FOR + DAY, NOW, None)
    wait_once(relay)
    assert recorded_subjects(database) == ["parcels/2", "parcels/3", "parcels/4"]


def test_the_relay_looks_for_what_is_old_once_an_hour(
    database: Database, relay: OutboxRelay, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 10_000.0
    monkeypatch.setattr(sending, "time", SimpleNamespace(monotonic=lambda: seconds))
    wait_once(relay)
    record(database, NOW - sending.KEPT_FOR - DAY)
    seconds += sending.FORGET_SECONDS - 1
    wait_once(relay)
    assert recorded_subjects(database) == ["parcels/1"]
    seconds += 1
    wait_once(relay)
    assert recorded_subjects(database) == []


@pytest.fixture(name="reader")
def _reader(database: Database) -> QueueReader:
    """A reader with nothing to try again that has done no housekeeping yet."""
    reader = QueueReader()
    reader._sessions = database
    reader._dispatcher = SimpleNamespace(try_kept=lambda: 0)  # type: ignore[assignment]
    reader._catch_up = SimpleNamespace(repair=lambda _read, _now: None)  # type: ignore[assignment]
    reader._looked_at = reader._forgot_at = float("-inf")
    return reader


def test_the_reader_forgets_what_took_effect_longer_ago_than_it_is_kept(
    database: Database, reader: QueueReader
) -> None:
    receive_at(database, NOW - reading.KEPT_FOR - DAY, NOW - reading.KEPT_FOR + DAY, NOW)
    reader._look_after_kept()
    assert received_subjects(database) == ["parcels/2", "parcels/3"]


def test_the_reader_looks_for_what_is_old_once_an_hour(
    database: Database, reader: QueueReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    seconds = 10_000.0
    monkeypatch.setattr(reading, "time", SimpleNamespace(monotonic=lambda: seconds))
    reader._look_after_kept()
    receive_at(database, NOW - reading.KEPT_FOR - DAY)
    seconds += reading.FORGET_SECONDS - 1
    reader._look_after_kept()
    assert received_subjects(database) == ["parcels/1"]
    seconds += 1
    reader._look_after_kept()
    assert received_subjects(database) == []


def test_a_subscriber_remembers_for_as_long_as_publishers_could_send_again() -> None:
    assert reading.KEPT_FOR >= sending.KEPT_FOR
