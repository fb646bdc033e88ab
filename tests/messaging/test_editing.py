"""A body is mended or given up, and its subject goes on."""

import pytest
from tests.messaging.operating import (
    ADA,
    UNREADABLE,
    Poisoned,
    act,
    audit,
    edit,
    heavier,
    listed,
    park,
    replay,
)
from tests.messaging.received import (
    QUEUE,
    SOURCE,
    Database,
    delivery,
    due_now,
    fail,
    message,
    receive,
    states,
)

from hub_messaging import operator_actions, stored_deliveries
from hub_messaging.delivery_states import DeliveryState
from hub_messaging.stored_deliveries import Key, Refused


def test_an_edited_delivery_keeps_its_original_takes_effect_and_its_subject_goes_on(
    database: Database, broken: Poisoned
) -> None:
    (key,) = park(broken, delivery(1))
    broken.take(delivery(1, 2, after=1))
    bodies = heavier(delivery(1)), heavier(delivery(1), data={"number": 1, "weight": 8})
    for body in bodies:
        assert edit(database, key, body) == key
    shown = act(database, lambda session: stored_deliveries.show(session, key))
    assert (shown.original, shown.body, shown.kept.state) == (
        delivery(1).body,
        bodies[1],
        DeliveryState.PARKED,
    )
    assert [action.action for action in shown.history] == ["edit", "edit"]
    replay(database, key)
    while broken.dispatcher.retry_stored():
        pass
    assert broken.taken == [("parcels/1", 1, 8), ("parcels/1", 2, 1)]


def test_a_message_that_could_not_be_read_gets_the_name_of_its_new_body_and_is_not_taken_twice(
    database: Database, broken: Poisoned
) -> None:
    broken.dispatcher.take([message(UNREADABLE)])
    (found,) = listed(database)
    key = edit(database, found.key, delivery(1).body)
    assert key == Key(QUEUE, SOURCE, str(delivery(1).envelope.id))
    broken.dispatcher.take([message(UNREADABLE), message(delivery(1))])
    assert states(database) == {found.key.event_id: DeliveryState.DROPPED, key.event_id: DeliveryState.PARKED}
    replay(database, key)
    broken.dispatcher.retry_stored()
    assert broken.taken == [("parcels/1", 1, 1)]
    assert [(row[2], row[3]) for row in audit(database)] == [
        ("edit", found.key.event_id),
        ("edit", key.event_id),
        ("replay", key.event_id),
    ]
    assert stored_deliveries.name_of(UNREADABLE) == ("", found.key.event_id)
    assert stored_deliveries.name_of(delivery(1).body) == (SOURCE, key.event_id)


def test_a_delivery_that_is_moved_to_another_subject_holds_up_its_old_one_no_more(
    database: Database, broken: Poisoned
) -> None:
    (key,) = park(broken, delivery(1))
    broken.take(delivery(1, 2, after=1))
    body = heavier(delivery(1), subject="parcels/9")
    assert edit(database, key, body) == key
    broken.dispatcher.retry_stored()
    assert broken.taken == [("parcels/1", 2, 1)]


def test_a_waiting_delivery_can_be_edited_and_keeps_its_turn(database: Database) -> None:
    fail(database, delivery(1), RuntimeError("no"))
    key = Key(QUEUE, SOURCE, str(delivery(1).envelope.id))
    edit(database, key, heavier(delivery(1)))
    assert due_now(database) == [key.event_id]


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"{}", "not an event"),
        (b"no JSON", "not an event"),
        (delivery(1).body, "same as the old one"),
        (delivery(2).body, "known already"),
    ],
    ids=["no envelope", "no JSON", "no change", "another event"],
)
def test_a_body_that_cannot_be_is_refused_and_changes_nothing(
    database: Database, broken: Poisoned, body: bytes, said: str
) -> None:
    broken.take(delivery(2))
    (key,) = park(broken, delivery(1))
    with pytest.raises(Refused, match=said):
        edit(database, key, body)
    assert act(database, lambda session: stored_deliveries.show(session, key)).body == delivery(1).body
    assert audit(database) == []


def test_what_has_taken_effect_cannot_be_edited(database: Database) -> None:
    receive(database, delivery(1))
    key = Key(QUEUE, SOURCE, str(delivery(1).envelope.id))
    with pytest.raises(Refused, match="neither parked nor waiting"):
        edit(database, key, heavier(delivery(1)))


def test_a_dropped_delivery_keeps_its_body_and_lets_the_next_go_on(
    database: Database, broken: Poisoned
) -> None:
    (key,) = park(broken, delivery(1))
    broken.take(delivery(1, 2, after=1))
    assert act(database, lambda session: operator_actions.drop(session, [key], ADA)) == [key]
    broken.dispatcher.retry_stored()
    broken.take(delivery(1), delivery(1, 3, after=2))
    assert broken.taken == [("parcels/1", 2, 1), ("parcels/1", 3, 1)]
    shown = act(database, lambda session: stored_deliveries.show(session, key))
    assert (shown.kept.state, shown.body) == (DeliveryState.DROPPED, delivery(1).body)
    assert replay(database, key) == []
