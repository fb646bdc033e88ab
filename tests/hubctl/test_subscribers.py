"""`hubctl subscribers` on a real broker: add, list, change, rotate and remove."""

from collections.abc import Iterator
from typing import Any

import amqp
import pytest
from tests.hubctl.conftest import hubctl
from tests.hubctl.subscribing import added, hub_with_publishers, left, publish, reading, received
from tests.support.broker import BrokerServer
from tests.support.waiting import wait_until

from hub_contracts import EVENTS
from hub_messaging.subscribers import lifecycle
from hub_messaging.subscribers.broker import Management


@pytest.fixture(name="hub")
def _hub(
    amqp_uri: str, broker: BrokerServer, no_hub: None, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Management]:
    yield from hub_with_publishers(amqp_uri, broker, monkeypatch)


def test_a_subscriber_reads_what_is_published_from_now_on_and_nothing_else(
    hub: Management, amqp_uri: str
) -> None:
    publish(amqp_uri, "visits", "VisitLogged", "before")
    connection = added("VisitLogged", "notifications")
    publish(amqp_uri, "visits", "VisitLogged", "first")
    publish(amqp_uri, "visits", "VisitPlanned", "not asked for")
    publish(amqp_uri, "notifications", "MessageSent", "second")
    publish(amqp_uri, "notifications", "LogMark", "not asked for")
    assert received(connection) == ["first", "second"]


def test_a_new_password_ends_the_connections_of_the_old_one(hub: Management, amqp_uri: str) -> None:
    old = added("VisitLogged")
    with reading(old) as connection:
        connection.channel()
        new = hubctl("subscribers", "rotate", "warehouse", "--by", "eve", "--json").json
        with pytest.raises((amqp.ConnectionForced, OSError)):
            while True:
                connection.drain_events(timeout=30)
    with pytest.raises(amqp.AccessRefused):
        reading(old).connect()
    publish(amqp_uri, "visits", "VisitLogged", "one")
    assert received(new) == ["one"]
    assert hubctl("subscribers", "show", "warehouse", "--json").json["changed_by"] == "eve"


def test_events_and_limits_are_changed_while_messages_wait(hub: Management, amqp_uri: str) -> None:
    connection = added("VisitLogged", "VisitPlanned")
    publish(amqp_uri, "visits", "VisitPlanned", "kept")
    change = ("--events", "VisitLogged", "--max-messages", "1000", "--max-days", "3", "--json")
    changed = hubctl("subscribers", "change", "warehouse", *change)
    assert changed.json["events"] == {"visits": ["VisitLogged"]}
    assert changed.json["limits"]["messages"] == 1000
    publish(amqp_uri, "visits", "VisitPlanned", "removed type")
    publish(amqp_uri, "visits", "VisitLogged", "added type")
    assert received(connection) == ["kept", "added type"]


def test_a_removed_subscriber_leaves_no_object_on_the_broker(hub: Management) -> None:
    connection = added("all")
    assert left(hub)
    assert hubctl("subscribers", "remove", "warehouse", "--yes", "--json").json == {"removed": "warehouse"}
    assert left(hub) == []
    with pytest.raises(amqp.AccessRefused):
        reading(connection).connect()


def test_the_list_shows_waiting_messages_and_the_last_read(hub: Management, amqp_uri: str) -> None:
    connection = added("VisitLogged")
    for number in range(4):
        publish(amqp_uri, "visits", "VisitLogged", str(number))
    with reading(connection) as opened:
        channel = opened.channel()
        channel.basic_qos(0, 2, False)
        read: list[Any] = []
        tag = channel.basic_consume(connection["queue"], callback=read.append)
        wait_until(lambda: opened.drain_events(timeout=10) or len(read) == 2)
        channel.basic_cancel(tag)  # nothing more is sent
        channel.basic_ack(read[0].delivery_tag)
        channel.basic_reject(read[1].delivery_tag, requeue=False)

        def seen() -> bool:
            (one,) = hubctl("subscribers", "list", "--json").json["subscribers"]
            return (one["messages"], one["dead"]) == (2, 1) and bool(one["last_read"] and one["oldest"])

        wait_until(seen, deadline=60)
    (one,) = hubctl("subscribers", "list", "--json").json["subscribers"]
    assert one["last_read"]["seconds"] < 60 > one["oldest"]["seconds"]
    assert 0 < one["share"] < 0.01
    assert "warehouse" in hubctl("subscribers", "list").out
    assert received(connection, connection["dead_letter_queue"]) == ["1"]


def test_events_of_every_publisher_are_listed(no_hub: None) -> None:
    listed = hubctl("subscribers", "events", "--json").json["publishers"]
    assert sorted(key for keys in listed.values() for key in keys) == sorted(EVENTS)
    assert "VisitLogged" in hubctl("subscribers", "events").out


def test_exported_definitions_restore_a_subscriber_completely(
    hub: Management, amqp_uri: str, broker: BrokerServer
) -> None:
    """User with its password and limits, permissions, queues, policies, bindings, and what is remembered."""
    connection = added("VisitLogged")
    before = hubctl("subscribers", "show", "warehouse", "--json").json
    definitions = hub.get("definitions")
    user = hub.get("users", "subscriber.warehouse")
    lifecycle.clear(hub, "warehouse")
    assert left(hub) == []
    broker.manage("POST", "definitions", definitions)
    assert hub.get("users", "subscriber.warehouse") == user
    after = hubctl("subscribers", "show", "warehouse", "--json").json
    assert {**after, "last_read": None} == {**before, "last_read": None}
    assert after["may_read"]
    publish(amqp_uri, "visits", "VisitLogged", "one")
    assert received(connection) == ["one"]
