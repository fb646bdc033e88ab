"""The inbox: a repeat changes nothing, and a subject stays in order however its events arrive."""

import random
from collections.abc import Sequence

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.messaging.received import (
    QUEUE,
    Database,
    delivery,
    due_now,
    fail,
    finish_next,
    receive,
    states,
)

from hub_messaging import inbox
from hub_messaging.delivery import Batch
from hub_messaging.tables import inbox as table
from hub_messaging.tables import inbox_subjects


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


def test_held_deliveries_follow_in_order_after_the_failure(database: Database) -> None:
    fail(database, delivery(1, 1), RuntimeError("no"))
    receive(database, delivery(1, 2), delivery(1, 3))
    assert [finish_next(database) for _ in range(3)] == [1, 2, 3]
    with database() as session:
        assert inbox.counts(session) == {"waiting": 0, "held": 0, "parked": 0}
        assert inbox.received(session) == 3


def test_an_event_that_comes_too_early_is_held_until_the_one_before_it_has_taken_effect(
    database: Database,
) -> None:
    first, second, third = delivery(1, 1), delivery(1, 2, after=1), delivery(1, 3, after=2)
    assert receive(database, third, second) == []
    assert due_now(database) == []
    assert receive(database, first) == [first]
    assert [finish_next(database) for _ in range(2)] == [2, 3]


def test_a_gap_of_unsubscribed_types_blocks_nothing(database: Database) -> None:
    fourth = delivery(1, 4, after=1)  # 2 and 3 were of unsubscribed types
    assert receive(database, delivery(1, 1), fourth) == [delivery(1, 1), fourth]


def test_a_repeat_of_an_early_event_stays_one_row(database: Database) -> None:
    assert receive(database, delivery(1, 2, after=1)) == []
    assert receive(database, delivery(1, 2, after=1), delivery(1, 2, after=1)) == []
    assert list(states(database).values()) == ["held"]


def test_progress_counts_what_took_effect_only(database: Database) -> None:
    receive(database, delivery(1, 1), delivery(1, 2, after=1), delivery(2, 2, after=1))
    fail(database, delivery(3, 1), RuntimeError("no"))
    with database() as session:
        reached = {row.subject: row.revision for row in session.execute(sa.select(inbox_subjects))}
    assert reached == {"parcels/1": 2}


def test_the_last_arrival_is_known(database: Database) -> None:
    with database() as session:
        assert inbox.last_arrival(session, QUEUE) is None
    receive(database, delivery(1), delivery(2))
    with database() as session:
        last = inbox.last_arrival(session, QUEUE)
    assert last is not None
    assert last[0] == str(delivery(2).envelope.id)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(0, 2**32), st.integers(1, 4), st.integers(1, 6))
def test_in_whatever_order_and_batches_events_arrive_each_subject_is_in_order(
    database: Database, seed: int, subjects: int, length: int
) -> None:
    with database.begin() as session:
        session.execute(sa.delete(table))
        session.execute(sa.delete(inbox_subjects))
    drawn = random.Random(seed)
    sent = [delivery(s, r, after=r - 1) for s in range(subjects) for r in range(1, length + 1)] * 2
    drawn.shuffle(sent)
    effects: dict[str, list[int]] = {}
    while sent:
        size = drawn.randint(1, 5)
        batch, sent = sent[:size], sent[size:]
        for found in receive(database, *batch):
            effects.setdefault(found.envelope.subject, []).append(found.envelope.revision)
        while due_now(database):
            with database() as session:
                subject = session.scalar(
                    sa.select(table.c.subject).where(table.c.event_id == due_now(database)[0])
                )
            effects.setdefault(str(subject), []).append(finish_next(database))
    assert effects == {f"parcels/{s}": list(range(1, length + 1)) for s in range(subjects)}


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
        session.execute(sa.delete(inbox_subjects))
    seen = [
        found
        for batch in batches
        for found in receive(database, *(delivery(n, revision) for n, revision in batch))
    ]
    ids = [found.envelope.id for found in seen]
    assert len(ids) == len(set(ids))
    assert set(ids) == {delivery(n, revision).envelope.id for batch in batches for n, revision in batch}
