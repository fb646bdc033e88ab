"""A subscriber's queue filled with history while publishers go on: each event once, each subject in order."""

import json
import random
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.messaging.office import PUBLISHERS, SCHEMAS
from tests.messaging.subscribing import NAME, Outside, ids_of, revisions
from tests.messaging.traffic import Traffic, record
from tests.support.announcing import set_up_publishers
from tests.support.waiting import wait_until

from hub_messaging import gate
from hub_messaging.subscribers import history_fill, queue_filling
from hub_messaging.subscribers.naming import queue_of
from hub_messaging.tables import outbox as rows


def replayed(message: Any) -> bool:
    headers: dict[str, Any] = message.properties.get("application_headers", {})
    return headers.get("replayed") is True


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("from_outboxes", [False, True], ids=["log", "outboxes"])
def test_each_event_comes_once_and_in_order_while_publishers_go_on(
    outside: Outside, monkeypatch: pytest.MonkeyPatch, seed: int, from_outboxes: bool
) -> None:
    """Batches of random size come at random moments in every step, and the size of steps is random too."""
    rng = random.Random(seed)
    monkeypatch.setattr(queue_filling, "BATCH", rng.choice([20, 500]))
    monkeypatch.setattr(queue_filling, "WINDOW", rng.choice([25, 2000]))
    monkeypatch.setattr(queue_filling, "PREFETCH", rng.choice([40, 1000]))
    monkeypatch.setattr(history_fill, "HOLD_SECONDS", 60)  # a busy machine is no failure
    monkeypatch.setattr(gate, "IDLE_SECONDS", 60)
    monkeypatch.setattr(history_fill, "FEW", rng.choice([20, 200]))
    office = outside.office
    for publisher in PUBLISHERS:
        office.publish(publisher, rng.randint(0, 60))
    traffic = Traffic(office, seed, pause=rng.choice([0.1, 0.3]))
    with traffic.flowing():
        wait_until(lambda: traffic.sent > rng.randint(1, 300), deadline=30)
        filled = outside.add(from_outboxes=from_outboxes)
        after = traffic.sent
        wait_until(lambda: traffic.sent > after + 100, deadline=30)
    messages = outside.read()
    assert ids_of(messages) == office.expected()
    assert all(found == list(range(1, len(found) + 1)) for found in revisions(messages).values())
    marks = [replayed(one) for one in messages]
    assert marks == sorted(marks, reverse=True)  # history first
    assert sum(marks) == filled.events > 0
    assert (filled.gaps(), filled.forged) == ([], 0)
    assert filled.events + filled.live < len(messages)  # the rest came by its own bindings
    assert outside.things_left() == outside.things_of_one


def test_history_and_live_events_arrive_under_the_same_labels(outside: Outside) -> None:
    outside.office.publish("sorting", 1)
    outside.add()
    outside.office.publish("sorting", 1)
    old, new = outside.read()
    assert (replayed(old), replayed(new)) == (True, False)
    assert old.delivery_info["routing_key"] == "ParcelWeighed"
    assert new.delivery_info["routing_key"] == "ParcelSorted"
    for message in (old, new):
        event = json.loads(message.body)
        told = {name: message.properties[name] for name in ("message_id", "type", "app_id")}
        assert told == {"message_id": event["id"], "type": event["type"], "app_id": event["source"]}
        assert message.properties["content_type"] == "application/cloudevents+json"
        assert message.properties["delivery_mode"] == 2
        assert event["dataschema"].startswith(SCHEMAS)


def test_progress_is_reported_as_a_share_of_published_events(outside: Outside) -> None:
    outside.office.publish("sorting", 7)
    outside.events = {"sorting": ("ParcelSorted",)}
    assert outside.add().events == 3
    assert outside.told[-1] == (3, 3)


def test_only_what_was_asked_for_is_filled_in_and_bound(outside: Outside) -> None:
    outside.events = {"counting": ("ParcelWeighed",)}
    for publisher in PUBLISHERS:
        outside.office.publish(publisher, 4)
    outside.add()
    for publisher in PUBLISHERS:
        outside.office.publish(publisher, 4)
    found = Counter((one.properties["app_id"], one.properties["type"]) for one in outside.read())
    assert found == {("/hubs/test/counting", "ParcelWeighed"): 4}


def test_a_subscriber_can_begin_at_an_instant(outside: Outside) -> None:
    outside.office.publish("sorting", 4)
    filled = outside.add(since=datetime.now(UTC) + timedelta(hours=1), from_outboxes=True)
    assert (filled.events, filled.gaps()) == (0, [])
    outside.office.publish("sorting", 2)
    assert len(outside.read()) == 2


def test_an_instant_in_the_log_leaves_out_what_lies_long_before_it(outside: Outside) -> None:
    outside.office.publish("sorting", 4)
    instant = datetime.now(UTC)
    outside.office.publish("sorting", 6)
    filled = outside.add(since=instant)
    # A stream is read from a whole chunk on, so a little more may come and never less.
    assert 6 <= filled.events <= 10
    assert filled.missing == {}


def test_a_log_that_was_refilled_behind_newer_events_is_put_in_order(outside: Outside) -> None:
    office = outside.office
    rng = random.Random(7)
    for _ in range(5):
        record(office.engines["sorting"], rng)
        office.note("sorting", office.send("sorting"))
    office.delete_log()
    set_up_publishers(office.uri, *PUBLISHERS)
    for _ in range(3):
        record(office.engines["sorting"], rng)
        office.note("sorting", office.send("sorting"))
    assert office.restore() > 0
    outside.add()
    messages = outside.read()
    assert ids_of(messages) == office.expected()
    assert all(found == list(range(1, len(found) + 1)) for found in revisions(messages).values())


def test_a_truncated_log_is_reported_and_the_outboxes_may_hold_the_rest(outside: Outside) -> None:
    office = outside.office
    office.publish("sorting", 9)
    office.delete_log()
    set_up_publishers(office.uri, *PUBLISHERS)
    office.publish("sorting", 4)  # 10th to 13th: the first is of a parcel that is known already
    filled = outside.add()
    assert filled.missing == {"ParcelSorted": 4, "ParcelWeighed": 5}
    assert filled.gaps()[0] == "History lacks 9 published events: 4 ParcelSorted, 5 ParcelWeighed."
    outside.forget()
    assert outside.add(from_outboxes=True).gaps() == []
    with Session(office.engines["sorting"]) as session, session.begin():
        session.execute(sa.delete(rows).where(rows.c.position <= 2))
    outside.forget()
    assert outside.add(from_outboxes=True).missing == {"ParcelSorted": 1, "ParcelWeighed": 1}


def test_what_a_relay_sent_twice_comes_once(outside: Outside) -> None:
    office = outside.office
    office.record("sorting", 5)
    office.send("sorting")  # and was killed before it noted that
    office.note("sorting", office.send("sorting"))
    filled = outside.add()
    assert (filled.events, filled.repeats) == (5, 5)
    assert ids_of(outside.read()) == office.expected()


def test_a_log_that_is_bound_to_one_publisher_only_is_reported(outside: Outside) -> None:
    outside.office.administrate(lambda channel: channel.queue_unbind("hub.log", "sorting.events", "#"))
    for publisher in PUBLISHERS:
        outside.office.administrate(lambda channel: channel.queue_declare("any"))
        for key in ("ParcelSorted", "ParcelWeighed"):
            bind = f"{publisher}.events", key
            outside.office.administrate(lambda channel, bind=bind: channel.queue_bind("any", *bind))
        outside.office.publish(publisher, 4)
    assert sum(outside.add().missing.values()) == 4


def test_what_came_without_a_relay_in_the_moment_of_the_switch_is_not_lost(
    outside: Outside, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A command's mark, for one, is written whenever it likes; twice is better than never."""
    office, binds = outside.office, history_fill.bind

    def publish_and_bind(connection: Any, queue: str, bindings: Any) -> None:
        if queue == queue_of(NAME):
            office.publish("sorting", 2)
        binds(connection, queue, bindings)
        if queue == queue_of(NAME):
            office.publish("counting", 2)

    monkeypatch.setattr(history_fill, "bind", publish_and_bind)
    outside.add()
    found = ids_of(outside.read())
    assert set(found) == set(office.expected())
    assert sorted(found.values()) == [1, 1, 2, 2]
