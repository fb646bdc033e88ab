"""The kit for subscribers' tests: events of every kind, and a bus with the hub's guarantees."""

import dataclasses
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub_contracts import EVENTS, MARKS, BrokenEvent, Event, UnknownEvent, parse
from hub_contracts.testing import DELIVERY_LIMIT, Bus, Message, Queue, body_of, make
from hub_contracts.visits import VisitLogged, VisitPlanned, VisitReassigned
from hub_messaging.envelope import Envelope
from hub_messaging.subscribers import limits, naming
from hub_messaging.subscribers.queue_filling import REPLAYED

ONE, OTHER = UUID(int=1), UUID(int=2)


def read(queue: Queue) -> list[tuple[str, int]]:
    """Take the ready messages; return subject and revision of each."""
    found: list[tuple[str, int]] = []

    def note(message: Message) -> None:
        received = parse(message.body)
        found.append((received.subject, received.revision))

    queue.deliver(note)
    return found


@pytest.mark.parametrize("event", (EVENTS | MARKS).values(), ids=EVENTS | MARKS)
def test_every_event_can_be_made_and_read(event: type[Event]) -> None:
    made = make(event)
    assert made == make(event.key)
    assert parse(body_of(made)).event == made
    Envelope.from_bytes(body_of(made, correlationid="c"))
    fields = [field.name for field in dataclasses.fields(event)]
    assert all(getattr(made, name) is not None for name in fields if event.schema.fields[name].required)


def test_a_made_event_has_the_facts_that_were_named() -> None:
    made = make(VisitLogged, urn="110623", half_days=4)
    assert (made.urn, made.half_days) == ("110623", 4)
    assert dataclasses.replace(made, urn="136217", half_days=2) == make(VisitLogged)


@pytest.mark.parametrize(
    ("kind", "facts", "error", "said"),
    [
        ("VisitLoged", {}, LookupError, "closest are VisitLogged"),
        ("nothing like it", {}, LookupError, "There is no event 'nothing like it'."),
        ("VisitLogged", {"half_day": 1}, TypeError, "no field 'half_day'; the closest are half_days"),
        ("VisitLogged", {"urn": "1"}, BrokenEvent, "urn"),
        ("VisitLogged", {"urn": None}, BrokenEvent, "urn"),
        ("MessageSent", {"recipient_ref": "a@b.example"}, BrokenEvent, "recipient_ref"),
    ],
)
def test_what_no_hub_could_send_is_not_made(
    kind: str, facts: dict[str, Any], error: type[Exception], said: str
) -> None:
    with pytest.raises(error, match=said):
        make(kind, **facts)


def test_the_bus_counts_revisions_and_names_what_came_before() -> None:
    bus = Bus(begins=datetime(2026, 1, 1, tzinfo=UTC))
    planned = bus.publish(make(VisitPlanned, visit_id=ONE))
    bus.publish(make(VisitPlanned, visit_id=OTHER))
    bus.publish(make(VisitReassigned, visit_id=ONE))
    logged = bus.publish(make(VisitLogged, visit_id=ONE), correlationid="c")
    assert (planned.revision, planned.after, logged.revision) == (1, {}, 3)
    assert logged.after == {"VisitPlanned": 1, "VisitReassigned": 2}
    assert (logged.correlation_id, logged.source) == ("c", "/hubs/test/visits")
    assert planned.time < logged.time
    times = [parse(message.body).time for message in bus.log]
    assert times == sorted(set(times))
    at = datetime(2026, 3, 4, tzinfo=UTC)
    assert bus.publish(make(VisitPlanned), at=at).time == at


def test_a_queue_holds_what_it_is_bound_to() -> None:
    bus = Bus()
    some, every = bus.subscribe(VisitLogged, "MessageSent"), bus.subscribe()
    marks = bus.subscribe("LogMark")
    for kind in ("VisitLogged", "VisitPlanned", "MessageSent", "LogMark"):
        bus.publish(make(kind))
    bus.publish_unknown()
    bus.publish_unknown("VisitLogged", 2)
    assert [one.routing_key for one in some.ready] == ["VisitLogged", "MessageSent"]
    assert [one.routing_key for one in marks.ready] == ["LogMark"]
    keys = [one.routing_key for one in every.ready]
    assert keys == ["VisitLogged", "VisitPlanned", "MessageSent", "SomethingNew", "VisitLogged.v2"]
    with pytest.raises(UnknownEvent):
        parse(every.ready[-1].body)
    with pytest.raises(LookupError):
        bus.subscribe("VisitLoged")


def test_a_message_says_what_the_relay_says() -> None:
    bus = Bus()
    queue = bus.subscribe()
    told = bus.publish(make(VisitLogged))
    (message,) = queue.ready
    posted = Envelope.from_bytes(message.body).posted()
    assert (message.exchange, message.routing_key) == ("visits.events", posted.routing_key)
    assert message.properties == {
        "content_type": "application/cloudevents+json",
        "delivery_mode": 2,
        "message_id": posted.id,
        "type": posted.type,
        "app_id": posted.source,
    }
    assert posted.id == str(told.id)


def test_history_comes_first_and_is_marked() -> None:
    bus = Bus()
    bus.publish(make(VisitPlanned, visit_id=ONE))
    queue = bus.subscribe(VisitPlanned, VisitLogged, history=True)
    bus.publish(make(VisitLogged, visit_id=ONE))
    assert [one.headers for one in queue.ready] == [{REPLAYED: True}, {}]
    exchanges = [naming.filling_exchange_of("test"), "visits.events"]
    assert [one.exchange for one in queue.ready] == exchanges
    assert read(queue) == [(f"visits/{ONE}", 1), (f"visits/{ONE}", 2)]


def test_a_message_whose_handler_raised_comes_again_and_then_is_dead_lettered() -> None:
    bus = Bus()
    queue = bus.subscribe()
    bus.publish(make(VisitPlanned, visit_id=ONE))
    bus.publish(make(VisitLogged, visit_id=ONE))
    seen: list[bool] = []

    def fail(message: Message) -> None:
        seen.append(message.redelivered)
        raise ConnectionError

    while not queue.dead:
        with pytest.raises(ConnectionError):
            queue.deliver(fail)
    assert limits.DELIVERIES == DELIVERY_LIMIT
    assert seen == [False] + [True] * DELIVERY_LIMIT
    assert [one.routing_key for one in queue.dead] == ["VisitPlanned"]
    assert read(queue) == [(f"visits/{ONE}", 2)]


def test_a_lost_connection_returns_what_was_in_hand_in_order() -> None:
    bus = Bus()
    queue = bus.subscribe()
    for kind in (VisitPlanned, VisitReassigned, VisitLogged):
        bus.publish(make(kind, visit_id=ONE))
    first = queue.get()
    assert first is not None
    queue.get()
    queue.disconnect()
    assert [one.redelivered for one in queue.ready] == [True, True, False]
    assert [revision for _, revision in read(queue)] == [1, 2, 3]
    with pytest.raises(ValueError, match="not in hand"):
        queue.ack(first)
    assert queue.get() is None


def test_a_rejected_message_is_dead_lettered() -> None:
    bus = Bus()
    queue = bus.subscribe()
    bus.send(b"no event", "visits.events", "VisitLogged")
    message = queue.get()
    assert message is not None
    queue.reject(message, requeue=False)
    assert (queue.dead, list(queue.ready)) == ([message], [])


@given(
    visits=st.lists(st.sampled_from([ONE, OTHER, UUID(int=3)]), min_size=1, max_size=8),
    seed=st.integers(0, 2**32),
)
def test_shuffled_or_repeated_events_of_one_subject_stay_in_order(visits: list[UUID], seed: int) -> None:
    bus = Bus()
    queue = bus.subscribe()
    published = [bus.publish(make(VisitPlanned, visit_id=visit)) for visit in visits]
    queue.shuffle(seed)
    found = read(queue)
    queue.repeat()
    again = read(queue)
    assert found == again
    assert sorted(found) == sorted((one.subject, one.revision) for one in published)
    for subject in {one.subject for one in published}:
        revisions = [revision for one, revision in found if one == subject]
        assert revisions == sorted(revisions)


def test_a_shuffle_mixes_subjects() -> None:
    bus = Bus()
    queue = bus.subscribe()
    before = [bus.publish(make(VisitPlanned, visit_id=uuid4())).subject for _ in range(20)]
    queue.shuffle(1)
    assert [subject for subject, _ in read(queue)] != before


def test_two_buses_tell_the_same() -> None:
    logs = []
    for bus in (Bus(), Bus()):
        bus.publish(make(VisitPlanned))
        bus.publish_unknown()
        logs.append(bus.log)
    assert logs[0] == logs[1]
