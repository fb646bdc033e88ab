"""Counts that are kept: they are what counting the rows would give, whatever happens to a delivery."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from alembic.migration import MigrationContext
from alembic.operations import Operations
from parcels.events import ParcelSorted, ParcelWeighed
from tests.messaging.counted import NOW, SORTED, WEIGHED, counted, kept, key
from tests.messaging.operating import ADA, Poisoned, edit, heavier
from tests.messaging.received import QUEUE, SOURCE, Database, delivery, fail, message, receive

from hub_messaging import counting, migrations, operator_actions, outbox
from hub_messaging.counting import Loss
from hub_messaging.marks import Mark
from hub_messaging.tables import outbox_counts


def record(database: Database, *events: Any) -> None:
    with database.begin() as session:
        outbox.record_all(session, events, occurred_at=NOW)


def publish(database: Database, limit: int = 100) -> None:
    with database.begin() as session:
        positions = [position for position, _ in outbox.unpublished(session, SOURCE, limit)]
        outbox.mark_published(session, positions)
        outbox.mark_published(session, positions)  # marked already: counted once


def published(database: Database) -> dict[str, int]:
    with database() as session:
        return counting.published(session)


def parcels(*numbers: int) -> list[ParcelSorted]:
    return [ParcelSorted(number=number, weight=1) for number in numbers]


def test_what_the_broker_confirms_is_counted_by_routing_key(database: Database) -> None:
    class Heavier(ParcelSorted):
        version = 2

    record(database, *parcels(1, 2), ParcelWeighed(number=1, weight=2), Heavier(number=3, weight=9))
    assert published(database) == {}
    publish(database, 3)
    assert published(database) == {SORTED: 2, WEIGHED: 1}
    publish(database)
    assert published(database) == {SORTED: 2, WEIGHED: 1, "ParcelSorted.v2": 1}


def test_what_is_sent_again_is_not_counted_twice(database: Database) -> None:
    record(database, *parcels(1, 2, 3))
    publish(database, 2)
    with database.begin() as session:
        assert outbox.publish_again(session, NOW - timedelta(days=1)) == 3
    assert published(database) == {SORTED: 0}
    publish(database)
    assert published(database) == {SORTED: 3}


def test_what_is_forgotten_stays_counted(database: Database) -> None:
    record(database, *parcels(1, 2))
    publish(database)
    with database.begin() as session:
        session.execute(sa.text("DELETE FROM outbox"))
        assert outbox.counts(session) == (2, 0)
    assert published(database) == {SORTED: 2}


@pytest.mark.parametrize("together", [True, False])
def test_received_and_done_are_counted_whatever_becomes_of_a_delivery(
    database: Database, *, together: bool
) -> None:
    listed = [delivery(1), delivery(1), delivery(2, 2, after=1), delivery(3, source="/hubs/other/sorting")]
    for some in [listed] if together else [[one] for one in listed]:
        receive(database, *some)
    fail(database, delivery(4), RuntimeError("no"))
    fail(database, delivery(4), RuntimeError("known already"))
    assert kept(database) == {(SOURCE, SORTED): (3, 1), ("/hubs/other/sorting", SORTED): (1, 1)}
    assert kept(database) == counted(database)


def test_what_was_received_in_a_failed_transaction_is_not_counted(database: Database) -> None:
    with pytest.raises(RuntimeError), database.begin() as session:
        counting.add(session, counting.Kind(QUEUE, SOURCE, SORTED), received=1)
        raise RuntimeError
    assert kept(database) == {}


def test_what_cannot_be_read_is_counted_when_its_type_is_known(broken: Poisoned, database: Database) -> None:
    spoilt = delivery(1).body.replace(b'"weight":1', b'"weight":"x"')
    broken.dispatcher.take([message(spoilt), message(spoilt), message(b"?")])
    assert kept(database) == {(SOURCE, SORTED): (1, 0)} == counted(database)
    assert spoilt
    edit(database, key(1), delivery(1).body)
    with database.begin() as session:
        operator_actions.replay(session, [key(1)], ADA, NOW)
    assert broken.dispatcher.retry_stored() == 1
    assert kept(database) == {(SOURCE, SORTED): (1, 1)} == counted(database)


def test_an_edit_that_renames_a_delivery_hides_no_loss(broken: Poisoned, database: Database) -> None:
    broken.error = RuntimeError("no")
    broken.take(delivery(1))
    other = delivery(9).envelope
    edit(
        database, key(1), heavier(delivery(1), id=str(other.id), type=WEIGHED, dataschema="x/ParcelWeighed/1")
    )
    assert kept(database) == {(SOURCE, SORTED): (1, 0), (SOURCE, WEIGHED): (1, 0)} == counted(database)
    assert compare(database, {SORTED: 1, WEIGHED: 1}) == [Loss(SOURCE, WEIGHED, 1, None)]


def test_types_that_are_read_again_are_counted_again(database: Database) -> None:
    receive(database, delivery(1), delivery(2, 2, after=1))
    with database.begin() as session, Operations.context(MigrationContext.configure(session.connection())):
        migrations.read_again([SORTED])
    assert kept(database) == {(SOURCE, SORTED): (1, 0)} == counted(database)
    receive(database, delivery(1))
    assert kept(database) == {(SOURCE, SORTED): (2, 1)} == counted(database)


def compare(database: Database, told: dict[str, int], marked_at: datetime = NOW) -> list[Loss]:
    with database.begin() as session:
        mark = Mark(UUID(int=1), SOURCE, frozenset({SORTED, WEIGHED}), told, marked_at)
        return counting.compare(session, QUEUE, mark)


def missing(database: Database) -> dict[str, int]:
    with database() as session:
        return {loss.routing_key: loss.missing for loss in counting.losses(session, QUEUE)}


def test_what_was_published_and_not_received_is_missing(database: Database) -> None:
    receive(database, delivery(1))
    assert compare(database, {SORTED: 1, "NotHeard": 9}) == []
    later = NOW + timedelta(minutes=1)
    lost = compare(database, {SORTED: 4, WEIGHED: 2}, later)
    assert lost == [Loss(SOURCE, SORTED, 3, NOW), Loss(SOURCE, WEIGHED, 2, NOW)]
    assert compare(database, {SORTED: 4, WEIGHED: 2}, later + timedelta(minutes=1)) == lost
    assert missing(database) == {SORTED: 3, WEIGHED: 2}


def test_only_what_comes_from_the_log_makes_good_what_is_missing(database: Database) -> None:
    compare(database, {SORTED: 2})
    receive(database, delivery(1), delivery(2))  # they came after the mark
    assert missing(database) == {SORTED: 2}
    logged = [delivery(number) for number in (3, 4)]
    for one in logged:
        object.__setattr__(one, "from_log", True)
    receive(database, *logged)
    assert missing(database) == {}
    compare(database, {SORTED: 6})
    receive(database, *logged[:1])  # a repeat makes nothing good
    assert missing(database) == {SORTED: 2}
    object.__setattr__(one := delivery(5), "from_log", True)
    receive(database, one)
    assert missing(database) == {SORTED: 1}


def test_events_of_an_unsubscribed_type_are_not_missing(database: Database) -> None:
    compare(database, {SORTED: 2, WEIGHED: 1})
    with database.begin() as session:
        counting.clear_unsubscribed(session, QUEUE, [WEIGHED])
    assert missing(database) == {WEIGHED: 1}


def test_the_tables_are_empty_at_first(database: Database) -> None:
    with database() as session:
        assert not session.execute(sa.select(outbox_counts)).all()
        assert counting.compared(session) == []
