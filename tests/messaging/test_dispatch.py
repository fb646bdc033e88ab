"""From bytes to an effect: halved on failure, stored when it fails alone, dispatched again in doubt."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.messaging.dispatching import Office, failing_on
from tests.messaging.received import Database, delivery, message, states

from hub_messaging import inbox, retries
from hub_messaging.delivery import Delivery
from hub_messaging.dispatch import RUN_OF_FAILURES, TOGETHER, Degraded
from hub_messaging.retries import Permanent, RetryPolicy
from hub_messaging.tables import inbox as table


def id_of(number: int, revision: int = 1) -> str:
    return str(delivery(number, revision).envelope.id)


def make_due(database: Database) -> None:
    with database.begin() as session:
        session.execute(
            sa.update(table).where(table.c.state == "waiting").values(next_attempt_at=datetime.now(UTC))
        )


def test_a_batch_takes_effect_together(database: Database) -> None:
    office = Office(database)
    office.take(*(delivery(n) for n in range(5)))
    assert office.calls == [5]
    assert set(states(database).values()) == {"done"}


def test_events_handled_one_by_one_share_transactions_of_a_bounded_size(database: Database) -> None:
    office = Office(database, batch=False)
    transactions: list[int] = []

    def act(session: Session, _delivery: Delivery[Any]) -> None:
        transactions.append(session.scalar(sa.text("SELECT txid_current()")) or 0)

    office.act = act
    office.take(*(delivery(n) for n in range(TOGETHER + 1)))
    assert office.calls == [1] * (TOGETHER + 1)
    assert len(set(transactions)) == 2
    assert len(set(transactions[:TOGETHER])) == 1


@pytest.mark.parametrize("batch", [True, False])
def test_only_the_poison_of_a_batch_is_kept(database: Database, batch: bool) -> None:
    office = Office(database, batch=batch, act=failing_on(3, 11))
    office.take(*(delivery(n) for n in range(16)))
    kept = {event_id for event_id, state in states(database).items() if state == "waiting"}
    assert kept == {id_of(3), id_of(11)}
    assert list(states(database).values()).count("done") == 14
    assert office.metric("hub_inbox_kept_total", state="waiting") == 2


def test_what_a_failed_batch_changed_is_undone(database: Database) -> None:
    with database.begin() as session:
        session.execute(sa.text("CREATE TABLE notes (number integer)"))

    def act(session: Session, told: Delivery[Any]) -> None:
        session.execute(sa.text("INSERT INTO notes VALUES (:n)"), {"n": told.event.number})
        if told.event.number == 2:
            raise RuntimeError("poison")

    Office(database, act=act).take(*(delivery(n) for n in range(4)))
    with database() as session:
        assert sorted(session.scalars(sa.text("SELECT number FROM notes"))) == [0, 1, 3]


def test_a_permanent_refusal_is_parked_at_once(database: Database) -> None:
    Office(database, act=failing_on(1, error=Permanent("never"))).take(delivery(1))
    assert states(database) == {id_of(1): "parked"}


def test_a_repeat_changes_nothing_and_is_counted(database: Database) -> None:
    office = Office(database)
    office.take(delivery(1))
    office.take(delivery(1), delivery(1))
    assert office.seen == [("parcels/1", 1)]
    assert office.metric("hub_inbox_repeated_total") == 2


def test_bytes_and_broken_data_are_parked_and_the_rest_goes_on(database: Database) -> None:
    office = Office(database)
    broken = json.loads(delivery(2).body) | {"data": {"number": "many"}}
    office.dispatcher.take([message(b"\xff"), message(delivery(1)), message(json.dumps(broken).encode())])
    assert office.seen == [("parcels/1", 1)]
    assert sorted(states(database).values()) == ["done", "parked", "parked"]
    assert office.metric("hub_inbox_kept_total", state="parked") == 2


def test_an_unsubscribed_type_is_counted_and_skipped(database: Database) -> None:
    office = Office(database)
    stranger = json.loads(delivery(1).body) | {"type": "ParcelBurnt", "dataschema": "/schemas/ParcelBurnt/1"}
    office.dispatcher.take([message(json.dumps(stranger).encode())])
    assert states(database) == {}
    assert office.metric("hub_inbox_unknown_total") == 1


def test_what_failed_takes_effect_later_with_all_that_waited_behind_it(database: Database) -> None:
    office = Office(database, act=failing_on(1))
    office.take(delivery(1, 1), delivery(1, 2), delivery(1, 3))
    assert office.dispatcher.retry_stored() == 0  # not due yet
    office.act = failing_on()
    make_due(database)
    while office.dispatcher.retry_stored():
        pass
    assert office.seen == [("parcels/1", n) for n in (1, 2, 3)]
    assert set(states(database).values()) == {"done"}


def test_an_attempt_that_fails_again_counts_up_and_is_parked_in_the_end(database: Database) -> None:
    office = Office(database, act=failing_on(1), policy=RetryPolicy(waits=RetryPolicy().waits[:1]))
    office.take(delivery(1))
    make_due(database)
    assert office.dispatcher.retry_stored() == 0
    with database() as session:
        row = session.execute(sa.select(table)).one()
    assert (row.state, row.attempts) == ("parked", 2)


def test_an_attempt_that_breaks_its_transaction_is_undone_and_counted(
    database: Database,
) -> None:
    office = Office(database, act=failing_on(1))
    office.take(delivery(1))
    make_due(database)

    def act(session: Session, _told: Delivery[Any]) -> None:
        session.execute(sa.text("SELECT nothing FROM nowhere"))

    office.act = act
    assert office.dispatcher.retry_stored() == 0
    with database() as session:
        row = session.execute(sa.select(table)).one()
    assert row.attempts == 2
    assert row.last_error == "ProgrammingError: SQLSTATE 42P01"  # its text could quote an event


def test_a_replay_of_bytes_that_still_cannot_be_read_counts_up(database: Database) -> None:
    office = Office(database)
    office.dispatcher.take([message(b"\xff")])
    with database.begin() as session:
        session.execute(sa.update(table).values(state="waiting", next_attempt_at=datetime.now(UTC)))
    assert office.dispatcher.retry_stored() == 0
    with database() as session:
        row = session.execute(sa.select(table)).one()
    assert (row.state, row.attempts) == ("parked", 2)


def test_a_row_that_another_has_locked_is_not_tried(database: Database) -> None:
    office = Office(database, act=failing_on(1))
    office.take(delivery(1))
    office.act = failing_on()
    make_due(database)
    with database.begin() as session:
        assert retries.lock(session, office.dispatcher.subscription, "/hubs/test/sorting", id_of(1))
        assert office.dispatcher.retry_stored() == 0
    assert office.dispatcher.retry_stored() == 1


@pytest.mark.parametrize("batch", [True, False])
def test_after_a_run_of_failures_it_asks_for_one_message_at_a_time(database: Database, batch: bool) -> None:
    office = Office(database, batch=batch, act=failing_on(*range(200)))
    with pytest.raises(Degraded):
        office.take(*(delivery(n) for n in range(200)))
    kept = len(states(database))
    assert RUN_OF_FAILURES <= kept < RUN_OF_FAILURES * 2
    assert office.dispatcher.degraded
    office.take(delivery(199))  # alone it is tried, and kept
    assert len(states(database)) == kept + 1
    office.act = failing_on()
    office.take(delivery(500))
    assert not office.dispatcher.degraded


def test_while_degraded_one_stored_delivery_is_retried(database: Database) -> None:
    office = Office(database, act=failing_on(*range(200)))
    with pytest.raises(Degraded):
        office.take(*(delivery(n) for n in range(200)))
    make_due(database)
    office.dispatcher.retry_stored()
    with database() as session:
        attempts = list(session.scalars(sa.select(table.c.attempts)))
    assert attempts.count(2) == 1


def test_an_event_recorded_by_a_handler_is_saved_with_its_inbox_row_or_not_at_all(database: Database) -> None:
    office = Office(database, act=failing_on(2))
    office.take(delivery(1), delivery(2))
    with database() as session:
        assert inbox.received(session) == 1
