"""Retention in a database: old finished rows are deleted in batches, others are not."""

# Long: each kind of wrong clock is tried on both tables.

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted
from tests.messaging.aging import DAY, DAY_SECONDS, Process, receive_at, received_subjects
from tests.messaging.received import QUEUE, SOURCE, Database, delivery, fail

from hub_messaging import inbox, outbox, retention
from hub_messaging import retention_worker as module
from hub_messaging.retention_worker import NOTE_SECONDS, inbox_rows, outbox_rows
from hub_messaging.tables import inbox as received
from hub_messaging.tables import inbox_forgotten, outbox_forgotten
from hub_messaging.tables import outbox as recorded

NOW = datetime.now(UTC)
OUTBOX, INBOX = retention.OUTBOX_DAYS * DAY, retention.INBOX_DAYS * DAY


@pytest.fixture(name="relay")
def _relay(database: Database) -> Process:
    return Process(database, outbox_rows)


@pytest.fixture(name="reader")
def _reader(database: Database) -> Process:
    return Process(database, inbox_rows(QUEUE))


def record(database: Database, *published: datetime | None) -> None:
    """Record one event for each of these instants at which the broker confirmed it; None: not yet."""
    with database.begin() as session:
        for number, at in enumerate(published, start=1):
            id_ = outbox.record(session, ParcelSorted(number=number, weight=1), occurred_at=NOW)
            session.execute(sa.update(recorded).where(recorded.c.id == id_).values(published_at=at))


def ripen(database: Database, lines: sa.Table, days: int, place: int, before: datetime | None) -> None:
    """Let the table have run for long, with a line; the first rows up to a place are old by running time."""
    key = {} if lines is outbox_forgotten else {"subscription": QUEUE, "source": SOURCE}
    with database.begin() as session:
        session.execute(sa.delete(lines))
        row = {"marks": [place] * (days + 1), "before": before}
        session.execute(sa.insert(lines).values(**key, **row))


def recorded_subjects(database: Database) -> list[str]:
    with database() as session:
        return list(session.scalars(sa.select(recorded.c.subject).order_by(recorded.c.position)))


def line_of(database: Database, lines: sa.Table) -> Any:
    with database() as session:
        return session.execute(sa.select(lines)).one()


def test_what_was_published_longer_ago_than_it_is_kept_goes_after_a_day(
    database: Database, relay: Process
) -> None:
    record(database, NOW - OUTBOX - DAY, NOW - OUTBOX + DAY, None, NOW)
    ripen(database, outbox_forgotten, retention.OUTBOX_DAYS, 3, NOW - OUTBOX - DAY)
    relay.run(0.9)
    assert len(recorded_subjects(database)) == 4
    relay.run(1)
    assert recorded_subjects(database) == ["parcels/2", "parcels/3", "parcels/4"]


def test_what_took_effect_longer_ago_than_it_is_kept_goes_and_what_is_stuck_stays(
    database: Database, reader: Process
) -> None:
    fail(database, delivery(9), RuntimeError("no"))
    receive_at(database, NOW - INBOX - DAY, NOW - INBOX + DAY, NOW)
    ripen(database, inbox_forgotten, retention.INBOX_DAYS, 3, NOW - INBOX - DAY)
    reader.run(1)
    assert received_subjects(database) == ["parcels/9", "parcels/2", "parcels/3"]


def test_each_source_is_forgotten_by_its_own_newest_row(database: Database, reader: Process) -> None:
    silent = "/hubs/other/sorting"
    receive_at(database, NOW - INBOX - 2 * DAY, NOW - INBOX - DAY, source=silent)
    receive_at(database, NOW - INBOX - DAY, NOW)
    ripen(database, inbox_forgotten, retention.INBOX_DAYS, 3, NOW - INBOX - DAY)
    with database.begin() as session:
        row = {"subscription": QUEUE, "source": silent, "before": NOW - 2 * INBOX}
        session.execute(sa.insert(inbox_forgotten).values(row | {"marks": [9] * (retention.INBOX_DAYS + 1)}))
    reader.run(1)
    with database() as session:
        left = session.execute(sa.select(received.c.source, received.c.subject).order_by(received.c.arrival))
    assert [tuple(row) for row in left] == [
        (silent, "parcels/1"),
        (silent, "parcels/2"),
        (SOURCE, "parcels/2"),
    ]


@pytest.mark.parametrize("error", [401 * DAY, -401 * DAY, 4000 * DAY])
@pytest.mark.parametrize("starts", [1, 3])
def test_no_clock_of_a_service_empties_a_table(database: Database, error: timedelta, starts: int) -> None:
    receive_at(database, *(NOW - n * DAY for n in range(20, 0, -1)))
    record(database, *(NOW - n * DAY for n in range(20, 0, -1)))
    for _ in range(starts):
        for process in (Process(database, inbox_rows(QUEUE)), Process(database, outbox_rows)):
            process.error = error
            process.run(3)
    assert len(received_subjects(database)) == len(recorded_subjects(database)) == 20


@pytest.mark.parametrize("error", [401 * DAY, -401 * DAY, -4000 * DAY])
def test_no_clock_of_a_database_empties_a_table(
    database: Database, reader: Process, relay: Process, error: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader.error = relay.error = error  # the service goes by the same clock
    monkeypatch.setattr(module, "_CLOCK", sa.select(sa.func.clock_timestamp() + error))
    times = [NOW - 2 * DAY, NOW - DAY, *(NOW + error + n * DAY / 100 for n in range(10))]
    receive_at(database, *times)
    record(database, *times)
    ripen(database, outbox_forgotten, retention.OUTBOX_DAYS, 0, NOW - OUTBOX)
    ripen(database, inbox_forgotten, retention.INBOX_DAYS, 0, NOW - INBOX)
    for _ in range(3):
        reader.run(1)
        relay.run(1)
    assert len(received_subjects(database)) == len(recorded_subjects(database)) == 12


def test_while_the_newest_row_lies_ahead_nothing_goes_and_that_is_written_down(
    database: Database, relay: Process
) -> None:
    record(database, NOW - OUTBOX - DAY, NOW + 401 * DAY)
    ripen(database, outbox_forgotten, retention.OUTBOX_DAYS, 2, NOW - OUTBOX - DAY)
    relay.run(1)
    assert line_of(database, outbox_forgotten).stopped
    record(database, NOW)
    with database.begin() as session:
        session.execute(sa.update(recorded).where(recorded.c.position == 3).values(published_at=NOW))
    relay.run(1)
    assert not line_of(database, outbox_forgotten).stopped
    assert len(recorded_subjects(database)) == 2


def test_two_processes_do_not_count_the_same_time_twice(database: Database) -> None:
    record(database, NOW)
    pair = Process(database, outbox_rows), Process(database, outbox_rows)
    for _ in range(20):
        for process in pair:
            process.forgetting.turn()
            process.seconds += NOTE_SECONDS
    assert line_of(database, outbox_forgotten).waited_seconds == 19 * NOTE_SECONDS


def test_what_a_process_has_measured_outlives_it_and_the_time_between_does_not_count(
    database: Database, relay: Process
) -> None:
    record(database, NOW)
    relay.run(0.5)
    waited = line_of(database, outbox_forgotten).waited_seconds
    Process(database, outbox_rows).run(0.25)
    gained = line_of(database, outbox_forgotten).waited_seconds - waited
    assert gained == pytest.approx(0.25 * DAY_SECONDS, abs=2 * NOTE_SECONDS)


def test_marks_of_a_table_that_a_rebuild_has_replaced_say_nothing_of_the_new_one(
    database: Database, reader: Process
) -> None:
    receive_at(database, NOW - INBOX - DAY, NOW)
    ripen(database, inbox_forgotten, retention.INBOX_DAYS, 2, NOW - INBOX - DAY)
    with database.begin() as session:
        session.execute(sa.update(inbox_forgotten).values(table_oid=1))
    reader.run(1)
    assert len(received_subjects(database)) == 2
    assert list(line_of(database, inbox_forgotten).marks) == [2]


def test_many_rows_go_in_batches_within_a_limit_of_time(
    database: Database, relay: Process, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", 10)
    record(database, *[NOW - OUTBOX - DAY] * 95, NOW)
    ripen(database, outbox_forgotten, retention.OUTBOX_DAYS, 95, NOW - OUTBOX - DAY / 2)
    ticks = iter(range(10_000))
    forgetting = relay.forgetting
    forgetting.monotonic = lambda: relay.seconds + next(ticks) * module.TURN_SECONDS / 9
    forgetting.turn()
    assert 0 < len(recorded_subjects(database)) - 1 < 95
    for _ in range(20):
        forgetting.turn()
    assert recorded_subjects(database) == ["parcels/96"]


def test_an_inbox_that_is_being_forgotten_keeps_no_delivery_waiting(
    database: Database, reader: Process
) -> None:
    receive_at(database, NOW - INBOX - DAY, NOW)
    ripen(database, inbox_forgotten, retention.INBOX_DAYS, 2, NOW - INBOX - DAY / 2)
    (rows,) = inbox_rows(QUEUE)(database())
    with database.begin() as deleting:
        line = module._line(rows.line(deleting))
        assert rows.delete(deleting, line, 0)[0] == 1
        with database.begin() as session:
            session.execute(sa.text("SET LOCAL lock_timeout = '2s'"))
            assert len(inbox.unseen(session, QUEUE, [delivery(7)])) == 1
