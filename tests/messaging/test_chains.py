"""Stored deliveries take effect together, in order; a failed, locked or invalid one blocks its subject."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from parcels.events import ParcelWeighed
from sqlalchemy.orm import Session
from tests.messaging.dispatching import Office, failing_on
from tests.messaging.received import QUEUE, SOURCE, Database, delivery, message, states

from hub_messaging import dispatch, retries, retry_order, retry_runner
from hub_messaging.delivery import Delivery
from hub_messaging.tables import inbox as table

LONG = 300


NO_EVENT: Any = None


def chain(number: int, length: int) -> list[Delivery[Any]]:
    """The events of one parcel, each of which waits for the one before it."""
    return [delivery(number, revision, after=revision - 1) for revision in range(1, length + 1)]


def id_of(number: int, revision: int) -> str:
    return str(delivery(number, revision).envelope.id)


def noting_transactions(office: Office) -> set[int]:
    seen: set[int] = set()
    act = office.act

    def note(session: Session, told: Delivery[Any]) -> None:
        seen.add(session.scalar(sa.text("SELECT txid_current()")) or 0)
        act(session, told)

    office.act = note
    return seen


def hold(office: Office, *chains: Sequence[Delivery[Any]]) -> None:
    """Let everything arrive but the first of each, then the first ones."""
    for one in chains:
        office.take(*one[1:])
    office.take(*(one[0] for one in chains))


def work_off(office: Office) -> None:
    while office.dispatcher.retry_stored():
        pass


@pytest.mark.parametrize("batch", [True, False])
def test_a_long_chain_takes_effect_in_order_and_in_few_transactions(database: Database, batch: bool) -> None:
    office = Office(database, batch=batch)
    hold(office, chain(1, LONG))
    transactions = noting_transactions(office)
    work_off(office)
    assert office.seen == [("parcels/1", revision) for revision in range(1, LONG + 1)]
    assert set(states(database).values()) == {"done"}
    assert len(transactions) <= LONG / 5


def test_events_of_two_handlers_alternate_in_one_transaction(database: Database) -> None:
    office = Office(database)
    several = chain(1, 8)
    for place in range(1, 8, 2):
        envelope = several[place].envelope._replace(type=ParcelWeighed.type)
        several[place] = Delivery(NO_EVENT, envelope, envelope.to_bytes(), place)
    for place in range(2, 8, 2):
        envelope = several[place].envelope._replace(after=f"{ParcelWeighed.type}={place}")
        several[place] = Delivery(NO_EVENT, envelope, envelope.to_bytes(), place)
    hold(office, several)
    transactions = noting_transactions(office)
    work_off(office)
    assert [revision for _, revision in office.seen] == list(range(1, 9))
    assert len(transactions) == 1


def test_a_failure_in_a_chain_holds_up_what_follows_it_and_no_other_chain(database: Database) -> None:
    office = Office(database)
    hold(office, chain(1, 20), chain(2, 20), chain(3, 20))

    def fail(_session: Session, told: Delivery[Any]) -> None:
        if (told.event.number, told.envelope.revision) == (2, 9):
            raise RuntimeError("poison")

    office.act = fail
    work_off(office)
    found = states(database)
    assert [found[id_of(2, n)] for n in (8, 9, 10, 20)] == ["done", "waiting", "held", "held"]
    assert {found[id_of(number, n)] for number in (1, 3) for n in range(1, 21)} == {"done"}


def test_what_follows_a_delivery_that_another_has_in_hand_is_left_alone(database: Database) -> None:
    office = Office(database)
    hold(office, chain(1, 9))
    with database.begin() as session:
        assert retries.lock(session, QUEUE, SOURCE, id_of(1, 4))
        work_off(office)
        assert [revision for _, revision in office.seen] == [1, 2, 3]
    work_off(office)
    assert [revision for _, revision in office.seen] == list(range(1, 10))


def test_halves_do_not_go_past_what_another_has_in_hand(database: Database) -> None:
    office = Office(database)
    hold(office, chain(1, 8), chain(2, 2))
    office.act = failing_on(2)
    with database.begin() as session:
        assert retries.lock(session, QUEUE, SOURCE, id_of(1, 3))
        work_off(office)
    done = {event_id for event_id, state in states(database).items() if state == "done"}
    assert done == {id_of(1, 1), id_of(1, 2), id_of(2, 1)}


def test_what_follows_a_body_that_cannot_be_read_any_more_is_left_alone(database: Database) -> None:
    office = Office(database)
    hold(office, chain(1, 6))
    with database.begin() as session:
        broken = sa.update(table).where(table.c.event_id == id_of(1, 3)).values(body=b"?")
        session.execute(broken)
    work_off(office)
    found = states(database)
    assert [found[id_of(1, n)] for n in range(1, 7)] == ["done", "done", "parked", "held", "held", "held"]
    assert not office.dispatcher.degraded


def test_a_reader_that_must_go_on_tries_no_more(database: Database) -> None:
    office = Office(database)
    hold(office, *(chain(number, 2) for number in range(40)))
    asked = iter([True, False])
    assert 0 < office.dispatcher.retry_stored(lambda: next(asked)) < 40
    assert next(asked, None) is None


def test_slow_deliveries_are_tried_a_few_at_a_time(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry_runner, "SLOW_SECONDS", 0.0)
    office = Office(database)
    hold(office, chain(1, 40))
    work_off(office)
    assert office.calls[1:5] == [8, 4, 2, 1]
    assert set(states(database).values()) == {"done"}


def test_of_very_many_subjects_each_has_its_turn(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(retry_order, "SUBJECTS_AT_ONCE", 3)
    office = Office(database)
    for number in range(7):  # waits for what never comes
        office.take(delivery(number, 3, after=2))
    hold(office, chain(9, 2))
    tried = [office.dispatcher.retry_stored() for _ in range(6)]
    assert sorted(tried) == [0, 0, 0, 0, 0, 1]
    hold(office, chain(99, 2))
    assert office.dispatcher.retry_all_stored() == 1


def test_messages_that_cannot_be_read_are_parked_together_before_anything_takes_effect(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dispatch, "PARKED_BYTES", 1_000)
    office = Office(database)
    broken = json.dumps(json.loads(delivery(1, 2, after=1).body) | {"data": {"number": "many"}}).encode()
    poison = [message(b"%d" % n * 100) for n in range(100)]
    office.dispatcher.take(
        [message(delivery(1, 1)), message(delivery(1, 3, after=2)), *poison, message(broken), *poison[:5]]
    )
    assert office.seen == [("parcels/1", 1)]
    found = states(database)
    assert (found[id_of(1, 2)], found[id_of(1, 3)]) == ("parked", "held")
    assert list(found.values()).count("parked") == 101
    with database() as session:
        writers = session.scalar(sa.text("SELECT count(DISTINCT xmin::text) FROM inbox"))
    assert writers < 40, "not one transaction for each"


def test_deliveries_that_still_cannot_be_read_are_no_failures_of_a_handler(database: Database) -> None:
    office = Office(database)
    office.dispatcher.take([message(b"%d" % n) for n in range(50)])
    with database.begin() as session:
        session.execute(sa.update(table).values(state="waiting", next_attempt_at=datetime.now(UTC)))
    work_off(office)
    assert set(states(database).values()) == {"parked"}
    assert not office.dispatcher.degraded
