"""What operators do about parked deliveries: once, written down, and never in the reader's way."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from parcels.events import ParcelSorted
from prometheus_client import CollectorRegistry
from sqlalchemy.orm import Session
from tests.messaging.received import QUEUE, SOURCE, Database, delivery, due_now, fail, receive, states

from hub_messaging import kept, parking
from hub_messaging.dispatch import Dispatcher, Handler
from hub_messaging.inbox import Delivery
from hub_messaging.kept import Kept, Key, Refused
from hub_messaging.metrics import ReadingMetrics
from hub_messaging.parking import Operator
from hub_messaging.retries import Permanent, RetryPolicy
from hub_messaging.tables import DROPPED, HELD, PARKED, WAITING, inbox, inbox_audit

ADA = Operator(by="ada", why="the scales were repaired")
UNREADABLE = b"\xff\xfe not JSON"


class Scales:
    """A handler that fails for as long as a parcel weighs too much, or while it is told to."""

    def __init__(self, database: Database) -> None:
        self.taken: list[tuple[str, int, int]] = []  # subject, revision, weight
        self.error: Exception | None = None
        self.dispatcher = Dispatcher(
            QUEUE,
            database,
            [Handler({ParcelSorted.type: ParcelSorted}, batch=True, call=self.weigh)],
            ReadingMetrics(CollectorRegistry()),
            RetryPolicy(()),
        )

    def weigh(self, _session: Session, deliveries: Sequence[Delivery]) -> None:
        if self.error is not None:
            raise self.error
        self.taken += [(d.envelope.subject, d.envelope.revision, d.event.weight) for d in deliveries]

    def take(self, *deliveries: Delivery) -> None:
        self.dispatcher.take([d.body for d in deliveries])


@pytest.fixture(name="scales")
def _scales(database: Database) -> Scales:
    return Scales(database)


def act(database: Database, action: Callable[[Session], Any]) -> Any:
    with database.begin() as session:
        return action(session)


def listed(database: Database, *wanted: str) -> list[Kept]:
    return act(database, lambda session: kept.kept(session, wanted or (PARKED,)))  # type: ignore[no-any-return]


def replay(database: Database, *keys: Key) -> list[Key]:
    return act(  # type: ignore[no-any-return]
        database, lambda session: parking.replay(session, keys, ADA, datetime.now(UTC))
    )


def edit(database: Database, key: Key, body: bytes) -> Key:
    return act(database, lambda session: parking.edit(session, key, body, ADA))  # type: ignore[no-any-return]


def audit(database: Database) -> list[tuple[Any, ...]]:
    columns = inbox_audit.c
    wanted = sa.select(
        columns.by, columns.why, columns.action, columns.event_id, columns.attempts, columns.last_error
    )
    with database() as session:
        return [tuple(row) for row in session.execute(wanted.order_by(columns.id))]


def park(scales: Scales, *deliveries: Delivery, error: Exception | None = None) -> list[Key]:
    """Let deliveries fail for good."""
    scales.error = error or Permanent("too heavy")
    for one in deliveries:
        scales.take(one)
    scales.error = None
    return [Key(QUEUE, d.envelope.source, str(d.envelope.id)) for d in deliveries]


def heavier(one: Delivery, **changes: Any) -> bytes:
    """The body of a delivery with another weight, or with other fields."""
    fields = json.loads(one.body)
    fields["data"]["weight"] = 7
    return json.dumps(fields | changes).encode()


def test_what_is_parked_is_shown_with_its_errors_and_what_waits_behind_it(
    database: Database, scales: Scales
) -> None:
    (key,) = park(scales, delivery(1))
    scales.take(delivery(1, 2, after=1))
    scales.take(delivery(1, 3, after=2))
    (found,) = listed(database)
    assert (found.key, found.type, found.subject, found.revision) == (key, "ParcelSorted", "parcels/1", 1)
    assert (found.attempts, found.behind, found.edited) == (1, 2, False)
    assert found.first_error == found.last_error == "Permanent: too heavy"
    shown = act(database, lambda session: kept.show(session, key))
    assert (shown.kept, shown.body, shown.original, shown.history) == (found, delivery(1).body, None, [])


def test_waiting_and_held_deliveries_are_listed_when_asked_for(database: Database, scales: Scales) -> None:
    fail(database, delivery(1), RuntimeError("no"))
    scales.take(delivery(1, 2, after=1))
    assert listed(database) == []
    assert [one.state for one in listed(database, WAITING, HELD)] == [WAITING, HELD]


def test_failures_are_grouped_by_class_of_error_and_type_the_largest_first(
    database: Database, scales: Scales
) -> None:
    park(scales, delivery(1), delivery(2), error=Permanent("1 of 2"))
    park(scales, delivery(3), error=KeyError("weight"))
    scales.take(delivery(2, 2, after=1))
    scales.dispatcher.take([UNREADABLE])
    groups = act(database, kept.groups)
    assert [(g.error, g.type, g.count, g.behind) for g in groups] == [
        ("Permanent", "ParcelSorted", 2, 1),
        ("KeyError", "ParcelSorted", 1, 0),
        ("Undecodable", None, 1, 0),
    ]
    assert groups[0].first_at < groups[0].last_at
    with database() as session:
        assert kept.count(session, error="Permanent") == 2
        assert [k.subject for k in kept.kept(session, error="Permanent", limit=1)] == ["parcels/1"]
        assert [k.subject for k in kept.kept(session, error="KeyError", type_="ParcelSorted")] == [
            "parcels/3"
        ]


def test_a_delivery_is_found_by_the_beginning_or_the_end_of_its_id(
    database: Database, scales: Scales
) -> None:
    one, two = park(scales, delivery(1), delivery(2))
    with database() as session:
        assert [k.key for k in kept.find(session, one.event_id)] == [one]
        assert [k.key for k in kept.find(session, two.event_id[-6:].upper())] == [two]
        assert [k.key for k in kept.find(session, "00000000-0000")] == [one, two]
        assert kept.find(session, "%") == kept.find(session, "_" * 36) == []


def test_what_has_taken_effect_cannot_be_shown(database: Database) -> None:
    receive(database, delivery(1))
    key = Key(QUEUE, SOURCE, str(delivery(1).envelope.id))
    with pytest.raises(Refused), database() as session:
        kept.show(session, key)


def test_a_replayed_delivery_takes_effect_and_its_subject_goes_on(database: Database, scales: Scales) -> None:
    (key,) = park(scales, delivery(1))
    scales.take(delivery(1, 2, after=1))
    assert replay(database, key) == [key]
    while scales.dispatcher.try_kept():
        pass
    assert scales.taken == [("parcels/1", 1, 1), ("parcels/1", 2, 1)]
    assert set(states(database).values()) == {"done"}


def test_a_replay_that_still_fails_parks_again_with_a_higher_count(
    database: Database, scales: Scales
) -> None:
    (key,) = park(scales, delivery(1), error=RuntimeError("first"))
    for attempts in (2, 3):
        replay(database, key)
        scales.error = RuntimeError(f"attempt {attempts}")
        scales.dispatcher.try_kept()
        (found,) = listed(database)
        assert (found.attempts, found.first_error) == (attempts, "RuntimeError: first")
        assert found.last_error == f"RuntimeError: attempt {attempts}"


def test_a_replay_after_the_last_wait_of_the_schedule_parks_at_once(
    database: Database, scales: Scales
) -> None:
    scales.dispatcher.policy = schedule = RetryPolicy()
    (key,) = park(scales, delivery(1))
    last = next(n for n in range(1, 100) if schedule.after(n) is None)
    act(database, lambda session: session.execute(sa.update(inbox).values(attempts=last)))
    replay(database, key)
    scales.error = RuntimeError("still")
    scales.dispatcher.try_kept()
    (found,) = listed(database)
    assert (found.state, found.attempts) == (PARKED, last + 1)


def test_a_second_replay_changes_nothing(database: Database, scales: Scales) -> None:
    (key,) = park(scales, delivery(1))
    assert replay(database, key) == [key]
    assert replay(database, key) == []
    scales.dispatcher.try_kept()
    assert replay(database, key) == []
    assert scales.taken == [("parcels/1", 1, 1)]
    assert [row[2] for row in audit(database)] == ["replay"]


def test_many_are_replayed_together_and_no_other(database: Database, scales: Scales) -> None:
    keys = park(scales, *(delivery(n) for n in range(1, 6)))
    assert replay(database, *keys[:3]) == keys[:3]
    assert replay(database) == []
    assert sorted(states(database).values()) == [PARKED] * 2 + [WAITING] * 3


def test_two_operators_at_once_do_not_wait_and_only_one_acts(database: Database, scales: Scales) -> None:
    keys = park(scales, delivery(1), delivery(2))
    with database.begin() as first, database.begin() as second:
        assert parking.replay(first, keys[:1], ADA, datetime.now(UTC)) == keys[:1]
        assert parking.replay(second, keys, ADA, datetime.now(UTC)) == keys[1:]
        assert parking.drop(second, keys[:1], ADA) == []
        with pytest.raises(Refused, match="in hand"):
            parking.edit(second, keys[0], heavier(delivery(1)), ADA)
    assert [row[3] for row in audit(database)] == [key.event_id for key in keys]


def test_what_the_reader_is_trying_is_left_alone(database: Database, scales: Scales) -> None:
    fail(database, delivery(1), RuntimeError("no"))
    key = Key(QUEUE, SOURCE, str(delivery(1).envelope.id))
    with database.begin() as reader:
        reader.execute(sa.select(inbox).where(inbox.c.event_id == key.event_id).with_for_update())
        assert act(database, lambda session: parking.drop(session, [key], ADA)) == []


def test_an_edited_delivery_keeps_its_original_takes_effect_and_its_subject_goes_on(
    database: Database, scales: Scales
) -> None:
    (key,) = park(scales, delivery(1))
    scales.take(delivery(1, 2, after=1))
    bodies = heavier(delivery(1)), heavier(delivery(1), data={"number": 1, "weight": 8})
    for body in bodies:
        assert edit(database, key, body) == key
    shown = act(database, lambda session: kept.show(session, key))
    assert (shown.original, shown.body, shown.kept.state) == (delivery(1).body, bodies[1], PARKED)
    assert [action.action for action in shown.history] == ["edit", "edit"]
    replay(database, key)
    while scales.dispatcher.try_kept():
        pass
    assert scales.taken == [("parcels/1", 1, 8), ("parcels/1", 2, 1)]


def test_a_message_that_could_not_be_read_gets_the_name_of_its_new_body_and_is_not_taken_twice(
    database: Database, scales: Scales
) -> None:
    scales.dispatcher.take([UNREADABLE])
    (found,) = listed(database)
    key = edit(database, found.key, delivery(1).body)
    assert key == Key(QUEUE, SOURCE, str(delivery(1).envelope.id))
    scales.dispatcher.take([UNREADABLE, delivery(1).body])
    assert states(database) == {found.key.event_id: DROPPED, key.event_id: PARKED}
    replay(database, key)
    scales.dispatcher.try_kept()
    assert scales.taken == [("parcels/1", 1, 1)]
    assert [(row[2], row[3]) for row in audit(database)] == [
        ("edit", found.key.event_id),
        ("edit", key.event_id),
        ("replay", key.event_id),
    ]
    assert kept.name_of(UNREADABLE) == ("", found.key.event_id)
    assert kept.name_of(delivery(1).body) == (SOURCE, key.event_id)


def test_a_delivery_that_is_moved_to_another_subject_holds_up_its_old_one_no_more(
    database: Database, scales: Scales
) -> None:
    (key,) = park(scales, delivery(1))
    scales.take(delivery(1, 2, after=1))
    body = heavier(delivery(1), subject="parcels/9")
    assert edit(database, key, body) == key
    scales.dispatcher.try_kept()
    assert scales.taken == [("parcels/1", 2, 1)]


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
    database: Database, scales: Scales, body: bytes, said: str
) -> None:
    scales.take(delivery(2))
    (key,) = park(scales, delivery(1))
    with pytest.raises(Refused, match=said):
        edit(database, key, body)
    assert act(database, lambda session: kept.show(session, key)).body == delivery(1).body
    assert audit(database) == []


def test_what_has_taken_effect_cannot_be_edited(database: Database) -> None:
    receive(database, delivery(1))
    key = Key(QUEUE, SOURCE, str(delivery(1).envelope.id))
    with pytest.raises(Refused, match="neither parked nor waiting"):
        edit(database, key, heavier(delivery(1)))


def test_a_dropped_delivery_keeps_its_body_and_lets_the_next_go_on(
    database: Database, scales: Scales
) -> None:
    (key,) = park(scales, delivery(1))
    scales.take(delivery(1, 2, after=1))
    assert act(database, lambda session: parking.drop(session, [key], ADA)) == [key]
    scales.dispatcher.try_kept()
    scales.take(delivery(1), delivery(1, 3, after=2))
    assert scales.taken == [("parcels/1", 2, 1), ("parcels/1", 3, 1)]
    shown = act(database, lambda session: kept.show(session, key))
    assert (shown.kept.state, shown.body) == (DROPPED, delivery(1).body)
    assert replay(database, key) == []


def test_every_action_says_who_and_why_and_what_was_wrong(database: Database, scales: Scales) -> None:
    (key,) = park(scales, delivery(1))
    edit(database, key, heavier(delivery(1)))
    replay(database, key)
    act(database, lambda session: parking.drop(session, [key], ADA))
    said = ("ada", "the scales were repaired")
    assert audit(database) == [
        (*said, action, key.event_id, 1, "Permanent: too heavy") for action in ("edit", "replay", "drop")
    ]


def test_an_action_that_is_rolled_back_was_never_written_down(database: Database, scales: Scales) -> None:
    (key,) = park(scales, delivery(1))
    with pytest.raises(RuntimeError), database.begin() as session:
        parking.drop(session, [key], ADA)
        raise RuntimeError
    assert audit(database) == []
    assert list(states(database).values()) == [PARKED]


@pytest.mark.parametrize("who", [("", "because"), ("ada", ""), ("ada", "  ")])
def test_nobody_acts_without_a_name_and_a_reason(who: tuple[str, str]) -> None:
    with pytest.raises(Refused, match="why"):
        Operator(*who)
