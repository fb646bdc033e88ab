"""Stored deliveries are listed: one by one, by error, with those held behind them."""

import pytest
from tests.messaging.operating import UNREADABLE, Poisoned, act, listed, park
from tests.messaging.received import QUEUE, SOURCE, Database, delivery, fail, message, receive

from hub_messaging import stored_deliveries
from hub_messaging.delivery_states import DeliveryState
from hub_messaging.retries import Permanent
from hub_messaging.stored_deliveries import Key, Refused


def test_what_is_parked_is_shown_with_its_errors_and_what_waits_behind_it(
    database: Database, broken: Poisoned
) -> None:
    (key,) = park(broken, delivery(1))
    broken.take(delivery(1, 2, after=1))
    broken.take(delivery(1, 3, after=2))
    (found,) = listed(database)
    assert (found.key, found.type, found.subject, found.revision) == (key, "ParcelSorted", "parcels/1", 1)
    assert (found.attempts, found.behind, found.edited) == (1, 2, False)
    assert found.first_error == found.last_error == "Permanent: too heavy"
    shown = act(database, lambda session: stored_deliveries.show(session, key))
    assert (shown.kept, shown.body, shown.original, shown.history) == (found, delivery(1).body, None, [])


def test_waiting_and_held_deliveries_are_listed_when_asked_for(database: Database, broken: Poisoned) -> None:
    fail(database, delivery(1), RuntimeError("no"))
    broken.take(delivery(1, 2, after=1))
    assert listed(database) == []
    assert [one.state for one in listed(database, DeliveryState.WAITING, DeliveryState.HELD)] == [
        DeliveryState.WAITING,
        DeliveryState.HELD,
    ]


def test_failures_are_grouped_by_class_of_error_and_type_the_largest_first(
    database: Database, broken: Poisoned
) -> None:
    park(broken, delivery(1), delivery(2), error=Permanent("1 of 2"))
    park(broken, delivery(3), error=KeyError("weight"))
    broken.take(delivery(2, 2, after=1))
    broken.dispatcher.take([message(UNREADABLE)])
    groups = act(database, stored_deliveries.groups)
    assert [(g.error, g.type, g.count, g.behind) for g in groups] == [
        ("Permanent", "ParcelSorted", 2, 1),
        ("KeyError", "ParcelSorted", 1, 0),
        ("Undecodable", None, 1, 0),
    ]
    assert groups[0].first_at < groups[0].last_at
    with database() as session:
        assert stored_deliveries.count(session, error="Permanent") == 2
        assert [k.subject for k in stored_deliveries.stored(session, error="Permanent", limit=1)] == [
            "parcels/1"
        ]
        assert [
            k.subject for k in stored_deliveries.stored(session, error="KeyError", type_="ParcelSorted")
        ] == ["parcels/3"]


def test_a_delivery_is_found_by_the_beginning_or_the_end_of_its_id(
    database: Database, broken: Poisoned
) -> None:
    one, two = park(broken, delivery(1), delivery(2))
    with database() as session:
        assert [k.key for k in stored_deliveries.find(session, one.event_id)] == [one]
        assert [k.key for k in stored_deliveries.find(session, two.event_id[-6:].upper())] == [two]
        assert [k.key for k in stored_deliveries.find(session, "00000000-0000")] == [one, two]
        assert stored_deliveries.find(session, "%") == stored_deliveries.find(session, "_" * 36) == []


def test_what_has_taken_effect_cannot_be_shown(database: Database) -> None:
    receive(database, delivery(1))
    key = Key(QUEUE, SOURCE, str(delivery(1).envelope.id))
    with pytest.raises(Refused), database() as session:
        stored_deliveries.show(session, key)
