"""Taking all that a queue holds now, also one that serves a single consumer and allows no basic.get."""

import contextlib
from typing import Any

import amqp
from tests.support.waiting import wait_until

SECONDS = 60.0  # for all of it


def take_all(channel: amqp.Channel, queue: str) -> list[Any]:
    """Read and acknowledge, in order, as many messages as the queue holds when this is called."""
    number: int = channel.queue_declare(queue, passive=True).message_count
    found: list[Any] = []
    if not number:
        return found
    tag = channel.basic_consume(queue, callback=found.append)

    def has_come() -> bool:
        with contextlib.suppress(TimeoutError):
            channel.connection.drain_events(timeout=1)
        return len(found) >= number

    wait_until(has_come, deadline=SECONDS, interval=0)
    channel.basic_ack(found[number - 1].delivery_tag, multiple=True)
    channel.basic_cancel(tag)
    return found[:number]
