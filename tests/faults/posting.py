"""Messages that the harness itself publishes to the broker, or removes from it, unknown to the services."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import amqp
from tests.faults.broker_users import PUBLISHER
from tests.faults.counting import Change
from tests.faults.stage import Stage
from tests.faults.systems.catalogue import EXCHANGE
from tests.support.amqp import connected
from tests.support.broker import USER
from tests.support.waiting import wait_until

TAP = "tap"
ADMINISTRATOR = USER
CONFIRMS_WITHIN = 60.0  # seconds from one confirm to the next
OURS = "faults-posted"  # a header of what the harness posts, by which the tap leaves it out


@dataclass(frozen=True)
class Post:
    """A message, and the key by which an exchange routes it."""

    message: amqp.Message
    routing_key: str


def post_of(stage: Stage, change: Change, message: amqp.Message | None = None) -> Post:
    """An event as its publisher would send it, or other bytes in its place."""
    system = stage.system
    return Post(system.message_of(change) if message is None else message, system.routing_key_of(change))


def post(stage: Stage, posts: Sequence[Post], *, exchange: str = EXCHANGE, user: str = PUBLISHER) -> None:
    """Publish through an exchange as a service does, each confirmed."""
    with connected(stage.uri_of(user)) as connection:
        channel = connection.channel()
        for one in posts:
            channel.basic_publish(_marked(one.message), exchange=exchange, routing_key=one.routing_key)


def post_many(
    stage: Stage, posts: Iterator[Post], *, exchange: str = EXCHANGE, user: str = PUBLISHER
) -> None:
    """Publish without waiting for each confirm; when this returns the broker has all of them."""
    with connected(stage.uri_of(user), confirm_publish=False) as connection:
        channel = connection.channel()
        channel.confirm_select()
        unconfirmed: set[int] = set()

        def confirm(tag: int, multiple: bool) -> None:
            unconfirmed.difference_update([one for one in unconfirmed if one <= tag] if multiple else [tag])

        # A channel that is closed before may take the newest of them along: 32 were lost so, once.
        channel.events["basic_ack"].add(confirm)
        for tag, one in enumerate(posts, start=1):
            unconfirmed.add(tag)
            channel.basic_publish(_marked(one.message), exchange=exchange, routing_key=one.routing_key)
        while unconfirmed:
            connection.drain_events(timeout=CONFIRMS_WITHIN)


def is_refused(stage: Stage, one: Post, *, exchange: str, user: str) -> bool:
    """Whether the broker lets a service's user publish nothing through an exchange."""
    with contextlib.suppress(amqp.AccessRefused):
        post(stage, [one], exchange=exchange, user=user)
        return False
    return True


def _marked(message: amqp.Message) -> amqp.Message:
    headers = message.properties.get("application_headers") or {}
    message.properties["application_headers"] = {**headers, OURS: True}
    return message


def listen(stage: Stage) -> None:
    """Declare a queue of our own that receives everything published from now on."""
    with connected(stage.direct_uri) as connection:
        channel = connection.channel()
        channel.queue_declare(TAP, durable=True, auto_delete=False)
        channel.queue_bind(TAP, EXCHANGE, routing_key="#")


def listened(stage: Stage, *, at_most: int) -> list[Post]:
    """Return what the publisher has published since the last call, the oldest first, unchanged."""
    received: list[Post] = []
    with connected(stage.direct_uri) as connection:
        channel = connection.channel()
        while len(received) < at_most and (message := channel.basic_get(TAP, no_ack=True)) is not None:
            if OURS not in (message.properties.get("application_headers") or {}):
                received.append(_again(message))
    return received


def _again(received: Any) -> Post:
    return Post(amqp.Message(received.body, **received.properties), received.delivery_info["routing_key"])


def take_all(stage: Stage, expected: int) -> list[Post]:
    """Take every message out of the consumer's queue, which has no consumer; in the order of the queue."""
    taken: list[Any] = []
    with connected(stage.direct_uri) as connection:
        channel = connection.channel()
        tag = channel.basic_consume(stage.system.queue, callback=taken.append)

        def all_there() -> bool:
            if len(taken) < expected:
                connection.drain_events(timeout=30)
            return len(taken) >= expected

        wait_until(all_there, deadline=60)
        channel.basic_cancel(tag)
        channel.basic_ack(taken[-1].delivery_tag, multiple=True)
        # A round trip, so that the acknowledgement has arrived before we hang up.
        channel.queue_declare(stage.system.queue, passive=True)
    return [_again(message) for message in taken]
