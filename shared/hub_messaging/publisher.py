"""The edge that publishes events and waits until the broker has confirmed every one."""

import time
from collections.abc import Callable, Sequence
from typing import Final

from hub_messaging.amqp_buffering import corked
from hub_messaging.amqp_types import Connection
from hub_messaging.amqp_types import Message as AmqpMessage
from hub_messaging.envelope import CONTENT_TYPE, Posted
from hub_messaging.topology import exchange_of
from hub_messaging.wire import drain, tick, user_of

CONFIRM_SECONDS: Final = (
    30.0  # without a confirm; the time stands still while the broker is blocked by a resource alarm
)
PERSISTENT: Final = 2


class Unconfirmed(Exception):
    """The broker refused or did not confirm; the events stay in the outbox."""


class Unroutable(Unconfirmed):
    """A message matches no queue: bindings are missing."""


class ConfirmedPublisher:
    """Publishes many messages and returns when the broker has confirmed every one."""

    def __init__(
        self, connection: Connection, exchange: str, *, giving_up: Callable[[], bool] = lambda: False
    ) -> None:
        """`giving_up` is called while waiting; True ends the wait."""
        self._connection = connection
        self._exchange = exchange
        # RabbitMQ refuses any user_id but the connection's own, so only a service's own user is set.
        user = user_of(connection)
        self._signed = {"user_id": user} if user and exchange_of(user) == exchange else {}
        self._giving_up = giving_up
        self._blocked = False
        connection.on_blocked = self._on_blocked
        connection.on_unblocked = self._on_unblocked
        self._channel = connection.channel()
        self._channel.confirm_select()
        self._channel.events["basic_ack"].add(self._on_ack)
        self._channel.events["basic_nack"].add(self._on_nack)
        self._channel.events["basic_return"].add(self._on_return)
        self._sent = 0
        self._confirmed = 0  # every number up to this one
        self._early: set[int] = set()  # confirmed before an earlier one
        self._refused: list[str] = []
        self._unroutable = False

    @property
    def blocked(self) -> bool:
        """Whether the broker has blocked the connection (RabbitMQ, "Memory and Disk Alarms")."""
        return self._blocked

    def publish(self, events: Sequence[Posted]) -> None:
        """Send messages and wait for their confirms.

        Raises:
            Unconfirmed: one was refused, returned, or not confirmed in time; none may count as sent.
        """
        self._refused, self._unroutable = [], False
        self.send(events)
        self.wait()

    def send(self, events: Sequence[Posted]) -> None:
        """Send messages without waiting; `wait` raises unless all are confirmed."""
        with corked(self._connection):
            for event in events:
                self._sent += 1
                self._channel.basic_publish(
                    self._message(event),
                    exchange=self._exchange,
                    routing_key=event.routing_key,
                    mandatory=True,
                )

    def wait(self, at_most: int = 0) -> None:
        """Wait until no more than so many messages are unconfirmed.

        Raises:
            Unconfirmed: as `publish`, for the messages since the last `publish`.
        """
        self._wait(at_most)
        if self._refused:
            raise (Unroutable if self._unroutable else Unconfirmed)(self._refused[0])

    def close(self) -> None:
        """Close the channel."""
        self._channel.close()

    def _wait(self, at_most: int) -> None:
        deadline = time.monotonic() + CONFIRM_SECONDS
        while self._sent - self._confirmed > at_most:
            if self._blocked:
                deadline = time.monotonic() + CONFIRM_SECONDS
            if time.monotonic() > deadline or self._giving_up():
                raise Unconfirmed(f"{self._sent - self._confirmed} not confirmed")
            if not drain(self._connection, 0.5):
                tick(self._connection)

    def _message(self, event: Posted) -> AmqpMessage:
        return self._channel.prepare_message(
            event.body,
            content_type=CONTENT_TYPE,
            content_encoding="utf-8",
            properties={
                "delivery_mode": PERSISTENT,
                "message_id": event.id,
                "type": event.type,
                "app_id": event.source,
                **self._signed,
            },
        )

    def _on_ack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001 - amqp's signature
        if multiple:
            self._confirmed = max(self._confirmed, tag)
        else:
            self._early.add(tag)
        while self._confirmed + 1 in self._early:
            self._confirmed += 1
            self._early.discard(self._confirmed)

    def _on_nack(self, tag: int, multiple: bool) -> None:  # noqa: FBT001 - amqp's signature
        self._refused.append("the broker refused a message")
        self._on_ack(tag, multiple)

    def _on_return(self, _exc: object, _exchange: str, routing_key: str, _message: AmqpMessage) -> None:
        self._refused.append(f"no queue takes {routing_key}")
        self._unroutable = True

    def _on_blocked(self, _reason: str) -> None:
        self._blocked = True

    def _on_unblocked(self) -> None:
        self._blocked = False
