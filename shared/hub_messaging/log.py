"""The edge that reads the event log, the stream `hub.log`: from an instant on, up to now."""

import time
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from uuid_utils.compat import uuid7

from hub_messaging.envelope import Envelope
from hub_messaging.messages import Message
from hub_messaging.provenance import MARK, MARK_SOURCE
from hub_messaging.publisher import ConfirmedPublisher
from hub_messaging.topology import LOG_QUEUE, exchange_of
from hub_messaging.wall_clock import utc_now
from hub_messaging.wire import drain, message_of, require_exchange, require_log, tick

BATCH: Final = 500
PREFETCH: Final = 2 * BATCH
SILENCE_SECONDS: Final = 20.0  # a log that falls silent before its end is broken


class LogSilent(OSError):
    """The log stopped sending before its end; to be tried again like any fault of the broker's."""


def read_log(connection: Any, service: str, since: datetime | None) -> Iterator[list[Message]]:
    """Everything in the log from an instant on (None: its beginning) to its end as of now, in batches.

    The end is found by writing a mark there, through the service's own exchange: a stream does not tell its
    length. What the broker sends meanwhile on the connection's other channels reaches their callbacks.

    Raises:
        wire.BROKER_ERRORS: the broker goes away, or the log falls silent.
    """
    mark = write_mark(connection, service, {})
    channel = connection.channel()
    arrived: list[Any] = []
    channel.basic_qos(0, PREFETCH, False)  # noqa: FBT003 - amqp's signature
    offset: Any = "first" if since is None else since.astimezone(UTC).replace(tzinfo=None)
    channel.basic_consume(LOG_QUEUE, callback=arrived.append, arguments={"x-stream-offset": offset})
    heard = time.monotonic()
    try:
        while True:
            while drain(connection, 0.01 if arrived else 1.0) and len(arrived) < BATCH:
                pass
            tick(connection)
            messages, arrived[:] = arrived[:BATCH], arrived[BATCH:]
            if messages:
                heard = time.monotonic()
                ended = [message.properties.get("message_id") for message in messages]
                end = ended.index(mark) if mark in ended else None
                yield [message_of(one, from_log=True) for one in messages[:end]]
                channel.basic_ack(messages[-1].delivery_tag, multiple=True)
                if end is not None:
                    return
            elif time.monotonic() - heard > SILENCE_SECONDS:
                raise LogSilent("the event log sends nothing")
    finally:
        channel.close()


def write_mark(connection: Any, service: str, counts: Mapping[str, int]) -> str:
    """Write a mark into the log, through the service's own exchange, and give its id.

    Args:
        connection: to the broker.
        service: who writes it.
        counts: routing key → how many events of that kind the service has published, ever.

    Raises:
        wire.Missing: the exchange or the log is not there.
        Unconfirmed: the log is not bound to the exchange, or does not confirm.
        wire.BROKER_ERRORS: the broker goes away.
    """
    envelope = Envelope(
        id=uuid7(),
        source=f"{MARK_SOURCE}{service}",
        type=MARK,
        version=1,
        subject=f"log/{service}",
        revision=1,
        time=utc_now(),
        data={"published": dict(counts)} if counts else {},
    )
    require_exchange(connection, exchange_of(service))
    require_log(connection)
    publisher = ConfirmedPublisher(connection, exchange_of(service))
    try:
        publisher.publish([envelope.posted()])
    finally:
        publisher.close()
    return str(envelope.id)
