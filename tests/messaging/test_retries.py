"""Retries: a failure waits longer each time, is parked in the end, and keeps what was said."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from tests.messaging.received import (
    LATER,
    POLICY,
    QUEUE,
    Database,
    delivery,
    due_now,
    fail,
    lock_next,
    message,
    receive,
    states,
)

from hub_messaging import retries
from hub_messaging.envelope import Envelope
from hub_messaging.retries import Permanent, RetryPolicy, Unread
from hub_messaging.tables import inbox as table


def test_a_delivery_is_not_due_before_its_wait_has_ended(database: Database) -> None:
    fail(database, delivery(1), RuntimeError("no"))
    assert due_now(database, datetime.now(UTC)) == []
    assert len(due_now(database)) == 1


def test_after_the_last_retry_it_is_parked_with_its_first_and_last_error(database: Database) -> None:
    fail(database, delivery(1), RuntimeError("first"))
    for attempt in range(2, len(POLICY.waits) + 2):
        with database.begin() as session:
            error = ValueError(f"attempt {attempt}")
            state = retries.fail_again(session, lock_next(session), error, POLICY)
        assert state == ("waiting" if attempt <= len(POLICY.waits) else "parked")
    with database() as session:
        row = session.execute(sa.select(table)).one()
    assert (row.attempts, row.first_error) == (len(POLICY.waits) + 1, "RuntimeError: first")
    assert row.last_error == f"ValueError: attempt {len(POLICY.waits) + 1}"
    assert bytes(row.body) == delivery(1).body
    assert due_now(database) == []


def test_waits_grow_with_a_little_jitter(database: Database) -> None:
    started = datetime.now(UTC)
    fail(database, delivery(1), RuntimeError("no"))
    for wait in POLICY.waits:
        with database.begin() as session:
            row = lock_next(session)
            assert wait <= row.next_attempt_at - started <= wait * 1.2 + timedelta(seconds=10)
            retries.fail_again(session, row, RuntimeError("no"), POLICY)


def test_the_schedule_is_the_operators(database: Database) -> None:
    with database.begin() as session:
        state = retries.keep_failed(session, QUEUE, delivery(1), RuntimeError("no"), RetryPolicy(waits=()))
    assert state == "parked"


def test_what_can_never_succeed_is_parked_at_once(database: Database) -> None:
    assert fail(database, delivery(1), Permanent("never")) == "parked"
    assert receive(database, delivery(1, 2)) == []
    assert due_now(database) == []


def test_an_error_is_cut_and_cleaned_so_that_it_can_be_kept(database: Database) -> None:
    fail(database, delivery(1), RuntimeError("\x00" * 3 + "x" * 5_000))
    with database() as session:
        (said,) = session.scalars(sa.select(table.c.last_error))
    assert said == "RuntimeError: " + "x" * (len(said) - 14)
    assert len(said) <= retries.ERROR_LENGTH


class Broken(Exception):
    """Fails when it is asked what is wrong."""

    def __str__(self) -> str:
        raise KeyError("nothing")


@pytest.mark.parametrize(
    ("error", "expected"),
    [(RuntimeError("Zo\ud800"), "RuntimeError: Zo?"), (Broken("no"), "Broken: ")],
)
def test_an_error_that_cannot_be_kept_in_its_own_words_does_not_cost_the_delivery(
    database: Database, error: Exception, expected: str
) -> None:
    assert fail(database, delivery(1), error) == "waiting"
    with database() as session:
        assert session.scalars(sa.select(table.c.last_error)).all() == [expected]


def test_bytes_that_are_no_event_are_parked_as_they_came_and_hold_up_nothing(database: Database) -> None:
    with database.begin() as session:
        retries.park_unreadable(session, QUEUE, Unread(message(b"\xff"), ValueError("no")))
        retries.park_unreadable(session, QUEUE, Unread(message(b"\xff"), ValueError("no")))
    with database() as session:
        row = session.execute(sa.select(table)).one()
    assert (bytes(row.body), row.state) == (b"\xff", "parked")
    assert receive(database, delivery(1)) == [delivery(1)]


def test_an_event_that_breaks_its_schema_holds_up_its_subject(database: Database) -> None:
    broken = delivery(1, 1)
    with database.begin() as session:
        retries.park_unreadable(session, QUEUE, Unread(message(broken), ValueError("no"), broken.envelope))
    assert receive(database, delivery(1, 2), delivery(2, 1)) == [delivery(2, 1)]


def test_what_could_not_be_read_takes_its_events_name_when_it_can(database: Database) -> None:
    readable = delivery(1, 1)
    with database.begin() as session:
        retries.park_unreadable(session, QUEUE, Unread(message(readable), ValueError("no")))
        session.execute(sa.update(table).values(state="waiting", next_attempt_at=datetime.now(UTC)))
    with database.begin() as session:
        row = retries.adopt(session, lock_next(session), Envelope.from_bytes(readable.body))
        retries.finish(session, row)
    assert states(database) == {str(readable.envelope.id): "done"}
    assert receive(database, readable) == []


def test_a_row_locked_by_another_process_is_skipped(database: Database) -> None:
    fail(database, delivery(1), RuntimeError("no"))
    key = ("/hubs/test/sorting", str(delivery(1).envelope.id))
    with database.begin() as one, database.begin() as other:
        assert retries.lock(one, QUEUE, *key) is not None
        assert retries.lock(other, QUEUE, *key) is None


def test_what_waits_in_vain_is_named_and_may_go_ahead(database: Database) -> None:
    receive(database, delivery(1, 3, after=2), delivery(1, 4, after=3))
    fail(database, delivery(2, 1), RuntimeError("no"))
    receive(database, delivery(2, 2, after=1))  # waits for a failure, not in vain
    with database.begin() as session:
        (gap,) = retries.missing(session, QUEUE, LATER)
        assert (gap.subject, gap.event_id) == (
            delivery(1).envelope.subject,
            str(delivery(1, 3).envelope.id),
        )
        assert retries.stop_waiting_for(session, QUEUE, gap.source, gap.event_id)
        assert not retries.stop_waiting_for(session, QUEUE, gap.source, gap.event_id)
    assert due_now(database)[0] == str(delivery(1, 3).envelope.id)


def test_a_failed_delivery_remembers_what_must_come_before_it(database: Database) -> None:
    receive(database, delivery(1, 1))
    fail(database, delivery(1, 2, after=1), RuntimeError("no"))
    fail(database, delivery(2, 1), RuntimeError("no"))
    with database() as session:
        kept = sa.select(table.c.subject, table.c.after_revision).where(table.c.state == "waiting")
        assert dict(session.execute(kept).all()) == {"parcels/1": 1, "parcels/2": None}


def test_what_is_held_is_missing_something_from_the_instant_on_that_was_asked_for(
    database: Database,
) -> None:
    receive(database, delivery(1, 2, after=1))
    with database() as session:
        at = session.scalars(sa.select(table.c.received_at)).one()
        earlier = at - timedelta(microseconds=1)
        assert [len(retries.missing(session, QUEUE, before)) for before in (earlier, at)] == [0, 1]
