"""The statements of docs/subscribing.md about the subscriber's queues, tried on a real broker."""

import contextlib
import re
from typing import Any

import amqp
import pytest
from tests.subscribing import page
from tests.subscribing.feeding import NAME, Feed, visit
from tests.support.amqp import connected
from tests.support.waiting import wait_until

from hub_messaging.subscribers.lifecycle import put_limits, rotate
from hub_messaging.subscribers.limits import CONNECTIONS, Limits
from hub_messaging.subscribers.naming import dead_queue_of, queue_of
from hub_platform.clocks import real_now


class Reader:
    """One consumer of the subscriber's queue, on a connection of its own."""

    def __init__(self, feed: Feed) -> None:
        self.connection = connected(feed.settings["HUB_EVENTS_URI"], confirm_publish=False)
        self.connection.connect()
        self.channel = self.connection.channel()
        self.channel.basic_qos(0, 1, a_global=False)
        self.messages: list[Any] = []
        self.channel.basic_consume(queue_of(NAME), callback=self.messages.append)

    def has_one(self) -> bool:
        """Whether a message has come, which is looked for during a moment."""
        with contextlib.suppress(TimeoutError):
            self.connection.drain_events(timeout=0.2)
        return bool(self.messages)


@pytest.fixture(name="subscribed")
def _subscribed(feed: Feed) -> Feed:
    feed.add()
    return feed


def reasons(feed: Feed) -> set[str]:
    """Why each dead letter came there, as its header says."""
    found = set()
    with connected(feed.settings["HUB_EVENTS_URI"], confirm_publish=False) as connection:
        channel = connection.channel()
        while (message := channel.basic_get(dead_queue_of(NAME), no_ack=True)) is not None:
            found |= {death["reason"] for death in message.headers["x-death"]}
    return found


def test_a_second_consumer_waits_until_the_first_has_gone(subscribed: Feed) -> None:
    first, second = Reader(subscribed), Reader(subscribed)
    subscribed.publish(*visit())
    wait_until(first.has_one)
    assert not second.has_one()
    with pytest.raises(amqp.exceptions.ResourceLocked):
        second.connection.channel().basic_get(queue_of(NAME))
    first.connection.close()
    wait_until(second.has_one)
    second.connection.close()
    assert "`RESOURCE_LOCKED` (405)" in page.sections()["Errors"]


def test_a_dead_letter_says_why_it_is_one(subscribed: Feed) -> None:
    named = re.search(r"contains reason and time: (.*?) \|", page.sections()["Errors"])
    assert named is not None
    reader = Reader(subscribed)
    subscribed.publish(visit()[0])
    wait_until(reader.has_one)
    reader.channel.basic_reject(reader.messages.pop().delivery_tag, requeue=False)
    subscribed.publish(visit()[0])
    for _ in range(21):
        wait_until(reader.has_one)
        reader.channel.basic_reject(reader.messages.pop().delivery_tag, requeue=True)
    wait_until(lambda: subscribed.dead == 2)
    reader.connection.close()
    put_limits(subscribed.management, NAME, Limits(messages=1))
    subscribed.publish(visit()[0], visit()[0])
    wait_until(lambda: subscribed.dead == 3)
    with connected(subscribed.uri) as connection:
        connection.channel().queue_purge(queue_of(NAME))  # only the oldest message expires
    subscribed.send("visits", ("VisitPlanned", b"{}"), expiration="1")  # as if it had waited for 14 days
    wait_until(lambda: subscribed.dead == 4)
    assert reasons(subscribed) == set(re.findall(r"`(\w+)`", named[1]))


def test_a_connection_too_many_is_refused(subscribed: Feed) -> None:
    uri = subscribed.settings["HUB_EVENTS_URI"]
    opened = [connected(uri, confirm_publish=False) for _ in range(CONNECTIONS)]
    for connection in opened:
        connection.connect()
    with pytest.raises(amqp.exceptions.NotAllowed):
        connected(uri, confirm_publish=False).connect()
    for connection in opened:
        connection.close()


def test_a_password_of_before_is_refused(subscribed: Feed) -> None:
    rotate(subscribed.uri, subscribed.management, NAME, by="ada", now=real_now())
    with pytest.raises(amqp.exceptions.AccessRefused):
        connected(subscribed.settings["HUB_EVENTS_URI"], confirm_publish=False).connect()
