"""What the harness itself puts into the broker, or takes out of it, behind the services' backs."""

from collections.abc import Sequence
from typing import Any

import amqp
from tests.faults.stage import Stage
from tests.faults.systems.catalogue import EXCHANGE
from tests.support.amqp import connected
from tests.support.waiting import wait_until

TAP = "tap"


def post(stage: Stage, messages: Sequence[amqp.Message]) -> None:
    """Put messages straight into the consumer's queue, each confirmed."""
    with connected(stage.direct_uri) as connection:
        channel = connection.channel()
        for message in messages:
            channel.basic_publish(message, exchange="", routing_key=stage.system.queue)


def listen(stage: Stage) -> None:
    """Have a queue of our own that hears all that is published from now on."""
    with connected(stage.direct_uri) as connection:
        channel = connection.channel()
        channel.queue_declare(TAP, durable=True, auto_delete=False)
        channel.queue_bind(TAP, EXCHANGE, routing_key="#")


def listened(stage: Stage, *, at_most: int) -> list[amqp.Message]:
    """What was published since we last asked, the oldest first, as it was."""
    heard: list[amqp.Message] = []
    with connected(stage.direct_uri) as connection:
        channel = connection.channel()
        while len(heard) < at_most and (message := channel.basic_get(TAP, no_ack=True)) is not None:
            heard.append(amqp.Message(message.body, **message.properties))
    return heard


def take_all(stage: Stage, expected: int) -> list[amqp.Message]:
    """Take every message out of the consumer's queue, which nobody reads; in the order of the queue."""
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
    return [amqp.Message(message.body, **message.properties) for message in taken]
