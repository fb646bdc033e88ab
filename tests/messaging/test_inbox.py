"""The inbox: a repeat changes nothing, a failure waits and holds up its own subject only."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from parcels.events import ParcelSorted
from sqlalchemy.orm import Session, sessionmaker

from hub_messaging import inbox
from hub_messaging.envelope import Envelope
from hub_messaging.inbox import RETRY_AFTER, Batch, Delivery, Permanent
from hub_messaging.tables import inbox as table

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
QUEUE = "counting.in"
LATER = datetime(2100, 1, 1, tzinfo=UTC)  # every wait is over
Database = sessionmaker[Session]


def delivery(number: int, revision: int = 1, source: str = "/hubs/test/sorting") -> Delivery:
    event = ParcelSorted(number=number, weight=1)
    envelope = Envelope(
        id=UUID(int=number * 1_000 + revision),
        source=source,
        type=event.type,
        version=1,
        subject=event.subject,
        revision=revision,
        time=NOW,
        correlation_id=f"request-{number}",
        data=event.to_data(),
    )
    return Delivery(event, envelope, envelope.to_bytes())


def receive(database: Database, *deliveries: Delivery) -> list[Delivery]:
    with database.begin() as session:
        return inbox.unseen(session, QUEUE, deliveries)


def fail(database: Database, failed: Delivery, error: Exception) -> str:
    with database.begin() as session:
        return inbox.keep_failed(session, QUEUE, failed, error)


def states(database: Database) -> dict[str, str]:
    with database() as session:
        return {row.event_id: row.state for row in session.execute(sa.select(table))}


def test_a_repeat_is_not_seen_again(database: Database) -> None:
    first = delivery(1)
    assert receive(database, first, first) == [first]
    assert receive(database, first) == []


def test_the_same_id_of_another_source_is_another_event(database: Database) -> None:
    ours, theirs = delivery(1), delivery(1, source="/hubs/other/sorting")
    assert receive(database, ours, theirs) == [ours, theirs]


def test_what_was_received_in_a_failed_transaction_comes_again(database: Database) -> None:
    with pytest.raises(RuntimeError), database.begin() as session:
        assert inbox.unseen(session, QUEUE, [delivery(1)])
        raise RuntimeError
    assert receive(database, delivery(1)) == [delivery(1)]


def test_a_failure_holds_up_its_own_subject_and_no_other(database: Database) -> None:
    fail(database, delivery(1, 1), RuntimeError("no"))
    assert receive(database, delivery(1, 2), delivery(2, 1), delivery(1, 3)) == [delivery(2, 1)]
    assert sorted(states(database).values()) == ["done", "held", "held", "waiting"]


def test_the_same_subject_of_another_hub_is_not_held_up(database: Database) -> None:
    fail(database, delivery(1, 1), RuntimeError("no"))
    other = delivery(1, 2, source="/hubs/other/sorting")
    assert receive(database, other) == [other]


def test_held_deliveries_follow_in_order_when_the_failure_is_over(database: Database) -> None:
    fail(database, delivery(1, 1), RuntimeError("no"))
    receive(database, delivery(1, 2), delivery(1, 3))
    done = []
    for _ in range(3):
        with database.begin() as session:
            (row,) = inbox.due(session, QUEUE, LATER)
            done.append(Envelope.from_bytes(row.body).revision)
            inbox.finish(session, row)
    assert done == [1, 2, 3]
    with database() as session:
        assert inbox.counts(session) == {"waiting": 0, "held": 0, "parked": 0}
        assert inbox.received(session) == 3


def test_a_delivery_is_not_due_before_its_wait_is_over(database: Database) -> None:
    fail(database, delivery(1), RuntimeError("no"))
    with database() as session:
        assert inbox.due(session, QUEUE, datetime.now(UTC)) == []
        assert len(inbox.due(session, QUEUE, LATER)) == 1


def test_after_the_last_retry_it_is_parked_with_its_first_and_last_error(database: Database) -> None:
    fail(database, delivery(1), RuntimeError("first"))
    for attempt in range(2, len(RETRY_AFTER) + 2):
        with database.begin() as session:
            (row,) = inbox.due(session, QUEUE, LATER)
            state = inbox.fail_again(session, row, ValueError(f"attempt {attempt}"))
        assert state == ("waiting" if attempt <= len(RETRY_AFTER) else "parked")
    with database() as session:
        row = session.execute(sa.select(table)).one()
        assert (row.attempts, row.first_error) == (len(RETRY_AFTER) + 1, "RuntimeError: first")
        assert row.last_error == f"ValueError: attempt {len(RETRY_AFTER) + 1}"
        assert bytes(row.body) == delivery(1).body
        assert inbox.due(session, QUEUE, LATER) == []


def test_waits_grow_with_a_little_jitter(database: Database) -> None:
    started = datetime.now(UTC)
    fail(database, delivery(1), RuntimeError("no"))
    for wait in RETRY_AFTER:
        with database.begin() as session:
            (row,) = inbox.due(session, QUEUE, LATER)
            assert wait <= row.next_attempt_at - started <= wait * 1.2 + timedelta(seconds=10)
            inbox.fail_again(session, row, RuntimeError("no"))


def test_what_can_never_succeed_is_parked_at_once(database: Database) -> None:
    assert fail(database, delivery(1), Permanent("never")) == "parked"
    assert receive(database, delivery(1, 2)) == []
    with database() as session:
        assert inbox.due(session, QUEUE, LATER) == []


def test_bytes_that_are_no_event_are_parked_as_they_came_and_hold_up_nothing(database: Database) -> None:
    with database.begin() as session:
        inbox.park_unreadable(session, QUEUE, b"\xff", ValueError("no"))
        inbox.park_unreadable(session, QUEUE, b"\xff", ValueError("no"))
    with database() as session:
        row = session.execute(sa.select(table)).one()
        assert (bytes(row.body), row.state) == (b"\xff", "parked")
    assert receive(database, delivery(1)) == [delivery(1)]


def test_events_recorded_while_a_delivery_is_looked_at_name_it(database: Database) -> None:
    deliveries = [delivery(1), delivery(2)]
    with database() as session:
        batch = Batch(session, deliveries)
        seen = [(session.info["causation_id"], session.info["correlation_id"]) for _ in batch]
    assert seen == [(str(d.envelope.id), d.envelope.correlation_id) for d in deliveries]
    assert (len(batch), batch[1]) == (2, deliveries[1])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(st.lists(st.tuples(st.integers(1, 3), st.integers(1, 4)), min_size=1, max_size=8), max_size=6)
)
def test_however_often_and_in_whatever_batches_each_event_is_seen_once(
    database: Database, batches: Sequence[Sequence[tuple[int, int]]]
) -> None:
    with database.begin() as session:
        session.execute(sa.delete(table))
    seen = [
        found
        for batch in batches
        for found in receive(database, *(delivery(n, revision) for n, revision in batch))
    ]
    ids = [found.envelope.id for found in seen]
    assert len(ids) == len(set(ids))
    assert set(ids) == {delivery(n, revision).envelope.id for batch in batches for n, revision in batch}
