"""Replays: by one operator at a time, written down, with a count that rises."""

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from tests.messaging.operating import ADA, Poisoned, act, audit, edit, heavier, listed, park, replay
from tests.messaging.received import QUEUE, SOURCE, Database, delivery, fail, states

from hub_messaging import operator_actions
from hub_messaging.delivery_states import DeliveryState
from hub_messaging.operator_actions import Operator
from hub_messaging.retries import RetryPolicy
from hub_messaging.stored_deliveries import Key, Refused
from hub_messaging.tables import inbox


def test_a_replayed_delivery_takes_effect_and_its_subject_goes_on(
    database: Database, broken: Poisoned
) -> None:
    (key,) = park(broken, delivery(1))
    broken.take(delivery(1, 2, after=1))
    assert replay(database, key) == [key]
    while broken.dispatcher.retry_stored():
        pass
    assert broken.taken == [("parcels/1", 1, 1), ("parcels/1", 2, 1)]
    assert set(states(database).values()) == {"done"}


def test_a_replay_that_still_fails_parks_again_with_a_higher_count(
    database: Database, broken: Poisoned
) -> None:
    (key,) = park(broken, delivery(1), error=RuntimeError("first"))
    for attempts in (2, 3):
        replay(database, key)
        broken.error = RuntimeError(f"attempt {attempts}")
        broken.dispatcher.retry_stored()
        (found,) = listed(database)
        assert (found.attempts, found.first_error) == (attempts, "RuntimeError: first")
        assert found.last_error == f"RuntimeError: attempt {attempts}"


def test_a_replay_after_the_last_wait_of_the_schedule_parks_at_once(
    database: Database, broken: Poisoned
) -> None:
    broken.dispatcher.policy = schedule = RetryPolicy()
    (key,) = park(broken, delivery(1))
    last = next(n for n in range(1, 100) if schedule.after(n) is None)
    act(database, lambda session: session.execute(sa.update(inbox).values(attempts=last)))
    replay(database, key)
    broken.error = RuntimeError("still")
    broken.dispatcher.retry_stored()
    (found,) = listed(database)
    assert (found.state, found.attempts) == (DeliveryState.PARKED, last + 1)


def test_a_second_replay_changes_nothing(database: Database, broken: Poisoned) -> None:
    (key,) = park(broken, delivery(1))
    assert replay(database, key) == [key]
    assert replay(database, key) == []
    broken.dispatcher.retry_stored()
    assert replay(database, key) == []
    assert broken.taken == [("parcels/1", 1, 1)]
    assert [row[2] for row in audit(database)] == ["replay"]


def test_many_are_replayed_together_and_no_other(database: Database, broken: Poisoned) -> None:
    keys = park(broken, *(delivery(n) for n in range(1, 6)))
    assert replay(database, *keys[:3]) == keys[:3]
    assert replay(database) == []
    assert sorted(states(database).values()) == [DeliveryState.PARKED] * 2 + [DeliveryState.WAITING] * 3


def test_two_operators_at_once_do_not_wait_and_only_one_acts(database: Database, broken: Poisoned) -> None:
    keys = park(broken, delivery(1), delivery(2))
    with database.begin() as first, database.begin() as second:
        assert operator_actions.replay(first, keys[:1], ADA, datetime.now(UTC)) == keys[:1]
        assert operator_actions.replay(second, keys, ADA, datetime.now(UTC)) == keys[1:]
        assert operator_actions.drop(second, keys[:1], ADA) == []
        with pytest.raises(Refused, match="has locked it"):
            operator_actions.edit(second, keys[0], heavier(delivery(1)), ADA)
    assert [row[3] for row in audit(database)] == [key.event_id for key in keys]


def test_what_the_reader_is_trying_is_left_alone(database: Database, broken: Poisoned) -> None:
    fail(database, delivery(1), RuntimeError("no"))
    key = Key(QUEUE, SOURCE, str(delivery(1).envelope.id))
    with database.begin() as reader:
        reader.execute(sa.select(inbox).where(inbox.c.event_id == key.event_id).with_for_update())
        assert act(database, lambda session: operator_actions.drop(session, [key], ADA)) == []


def test_every_action_says_who_and_why_and_what_was_wrong(database: Database, broken: Poisoned) -> None:
    (key,) = park(broken, delivery(1))
    edit(database, key, heavier(delivery(1)))
    replay(database, key)
    act(database, lambda session: operator_actions.drop(session, [key], ADA))
    said = ("ada", "the scales were repaired")
    assert audit(database) == [
        (*said, action, key.event_id, 1, "Permanent: too heavy") for action in ("edit", "replay", "drop")
    ]


def test_an_action_that_is_rolled_back_was_never_written_down(database: Database, broken: Poisoned) -> None:
    (key,) = park(broken, delivery(1))
    with pytest.raises(RuntimeError), database.begin() as session:
        operator_actions.drop(session, [key], ADA)
        raise RuntimeError
    assert audit(database) == []
    assert list(states(database).values()) == [DeliveryState.PARKED]


@pytest.mark.parametrize("who", [("", "because"), ("ada", ""), ("ada", "  ")])
def test_an_action_needs_a_name_and_a_reason(who: tuple[str, str]) -> None:
    with pytest.raises(Refused, match="the reason"):
        Operator(*who)
