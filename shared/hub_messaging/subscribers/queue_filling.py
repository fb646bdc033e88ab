"""The edge that writes into the queue of a new subscriber, and drains the queue of live events.

The queue is filled through an exchange of its own, so that what was published earlier arrives with the same
routing key as what is published later.
"""

import contextlib
import math
import time
from collections.abc import Callable, Sequence
from typing import Final
from uuid import uuid4

from hub_messaging.amqp_types import Connection
from hub_messaging.amqp_types import Message as AmqpMessage
from hub_messaging.envelope import Posted
from hub_messaging.publisher import ConfirmedPublisher
from hub_messaging.subscribers.naming import filling_exchange_of
from hub_messaging.subscribers.new_subscriber import NewSubscriber
from hub_messaging.wire import BROKER_ERRORS, Missing, drain, message_of, tick

REPLAYED: Final = "replayed"  # header of an event that was published before its subscriber was added
WINDOW: Final = 2000  # messages that may be unconfirmed while more are read
BATCH: Final = 500
PREFETCH: Final = 2 * BATCH
WAIT_SECONDS: Final = 0.05
KEEP_SECONDS: Final = 0.001


class TooMuch(Exception):
    """More events than the subscriber's queue may hold: the oldest would be dropped unread."""


class TooFast(Exception):
    """Events are published faster than they can be written into the subscriber's queue."""


class QueueFiller(ConfirmedPublisher):
    """Writes events into a subscriber's queue, with at most WINDOW unconfirmed."""

    def __init__(self, connection: Connection, place: NewSubscriber) -> None:
        self._exchange_of_place = filling_exchange_of(place.name)
        super().__init__(connection, self._exchange_of_place)
        self._limits = place.limits
        self._headers: dict[str, object] = {}
        self._messages = self._bytes = 0
        # Neither durable nor kept without a queue, so that no trace of it can remain.
        self._channel.exchange_declare(self._exchange_of_place, "fanout", durable=False, auto_delete=True)
        self._channel.queue_bind(place.queue, self._exchange_of_place)

    def write(self, events: Sequence[Posted], *, replayed: bool) -> None:
        """Write events in order; `wait` returns when they are confirmed.

        Raises:
            TooMuch: the queue's limits are too low.
            Unconfirmed, BROKER_ERRORS: the broker refuses, or becomes unavailable.
        """
        self._headers = {REPLAYED: True} if replayed else {}
        for at in range(0, len(events), BATCH):
            batch = events[at : at + BATCH]
            self._count(batch)
            self.send(batch)
            self.wait(WINDOW)

    def keep(self) -> None:
        """Keep the connection alive while idle."""
        drain(self._connection, KEEP_SECONDS)
        tick(self._connection)

    def begin_again(self) -> None:
        """Reset the counts: the queue has been purged."""
        self._messages = self._bytes = 0

    def remove(self) -> None:
        """Remove the exchange; the queue and what it holds stay."""
        self._channel.exchange_delete(self._exchange_of_place)
        self.close()

    def _count(self, events: Sequence[Posted]) -> None:
        self._messages += len(events)
        self._bytes += sum(len(one.body) for one in events)
        if self._messages > self._limits.messages or self._bytes > self._limits.size:
            raise TooMuch

    def _message(self, event: Posted) -> AmqpMessage:
        message = super()._message(event)
        if self._headers:
            message.properties["application_headers"] = self._headers
        return message


class LiveEvents:
    """The queue of events published while another is filled; drained up to a mark in it."""

    def __init__(self, connection: Connection, queue: str, idle: Callable[[], None]) -> None:
        """`idle` is called between reads, to keep the caller's other connection alive."""
        self._connection, self._queue, self._idle = connection, queue, idle
        self._arrived: list[AmqpMessage] = []
        self._marker = ConfirmedPublisher(connection, "")
        self._channel = connection.channel()
        self._channel.basic_qos(0, PREFETCH, False)  # noqa: FBT003 - amqp's signature
        callback = self._arrived.append
        self._channel.basic_consume(queue, queue, callback=callback, on_cancel=self._cancelled)

    def empty(self, take: Callable[[list[Posted]], None], *, until: float = math.inf) -> int:
        """Pass on, in order, the events in the queue at the time of the call; return their number.

        Raises:
            TooFast: not finished by `until`, of the monotonic clock.
            BROKER_ERRORS: the broker becomes unavailable; Missing: the queue was deleted.
        """
        end = str(uuid4())
        self._marker.publish([Posted(end, "", self._queue, "", b"")])
        number = 0
        while True:
            messages, self._arrived[:] = self._arrived[:BATCH], self._arrived[BATCH:]
            ids = [one.properties.get("message_id") for one in messages]
            events = messages[: ids.index(end)] if end in ids else messages
            take([_posted(one) for one in events])
            number += len(events)
            if messages:
                self._channel.basic_ack(messages[len(events) - (end not in ids)].delivery_tag, multiple=True)
            if end in ids:
                self._arrived[:0] = messages[len(events) + 1 :]
                return number
            if time.monotonic() > until:
                raise TooFast
            self._wait()

    def close(self) -> None:
        """Delete the queue with its bindings."""
        with contextlib.suppress(*BROKER_ERRORS):
            self._channel.basic_cancel(self._queue)  # otherwise the broker would report our own deletion
            self._channel.queue_delete(self._queue)
            self._channel.close()
            self._marker.close()

    def _wait(self) -> None:
        if not self._arrived:
            drain(self._connection, WAIT_SECONDS)
        tick(self._connection)
        self._idle()

    def _cancelled(self, _tag: str) -> None:
        raise Missing(f"the queue {self._queue} was deleted while it was read")


def _posted(received: AmqpMessage) -> Posted:
    """Convert a message of the queue of live events, to be published unchanged."""
    told = received.properties
    message = message_of(received)
    return Posted(
        str(told.get("message_id") or ""),
        str(told.get("type") or ""),
        str(message.routing_key),
        str(told.get("app_id") or ""),
        message.body,
    )
