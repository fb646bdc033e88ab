"""The edge that shows operators the event log: its messages, and new ones as they arrive."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from hub_messaging.amqp_types import Connection
from hub_messaging.amqp_types import Message as AmqpMessage
from hub_messaging.event_log import LogSilent, place_of_new_mark
from hub_messaging.messages import Message
from hub_messaging.topology import LOG_QUEUE
from hub_messaging.wire import drain, message_of, require_log, tick

PREFETCH: Final = 1000
WAIT_SECONDS: Final = 0.5
END_SECONDS: Final = 20.0  # for a mark to arrive; also without a message before the log's end


@dataclass(frozen=True, slots=True)
class Logged:
    """One message of the log and its offset."""

    offset: int  # 0 for the first message ever written
    message: Message


def end_of_log(connection: Connection, service: str) -> int:
    """Return the offset behind the last message, found by writing a mark through a service's exchange.

    Raises:
        log.LogSilent: the mark does not arrive.
        log.Unbound, wire.Missing, publisher.Unconfirmed, wire.BROKER_ERRORS: as log.write_mark
    """
    end = place_of_new_mark(connection, service, {}, END_SECONDS, lambda: False)
    if end is None:
        raise LogSilent
    return end


def between(connection: Connection, first: int | datetime | None, end: int) -> Iterator[Logged]:
    """Return the messages from an offset or an instant (None: the first stored one) to before an offset.

    The broker resolves an instant to a block of messages, so some earlier ones come first.

    Raises:
        event_log.LogSilent: the end does not arrive.
        wire.BROKER_ERRORS: the broker becomes unavailable.
    """
    if isinstance(first, int) and first >= end:
        return
    last_message_at = time.monotonic()
    with _consuming(connection, first) as arriving:
        for one in arriving:
            if one is None:
                if time.monotonic() - last_message_at > END_SECONDS:
                    raise LogSilent
                continue
            last_message_at = time.monotonic()
            if one.offset < end:
                yield one
            if one.offset >= end - 1:
                return


def from_now_on(connection: Connection, first: int) -> Iterator[Logged | None]:
    """Return every message from an offset, without end; None when none has arrived for a moment.

    Raises:
        wire.BROKER_ERRORS: the broker goes away.
    """
    with _consuming(connection, first) as arriving:
        yield from arriving


@contextmanager
def _consuming(connection: Connection, first: int | datetime | None) -> Iterator[Iterator[Logged | None]]:
    require_log(connection)
    offset: object = "first" if first is None else first
    if isinstance(first, datetime):
        offset = first.astimezone(UTC).replace(tzinfo=None)
    channel = connection.channel()
    channel.basic_qos(0, PREFETCH, False)  # noqa: FBT003 - amqp's signature
    arrived: deque[AmqpMessage] = deque()
    channel.basic_consume(LOG_QUEUE, callback=arrived.append, arguments={"x-stream-offset": offset})

    def arriving() -> Iterator[Logged | None]:
        while True:
            if not arrived:
                drain(connection, WAIT_SECONDS)
                tick(connection)
            if not arrived:
                yield None
            while arrived:
                one = arrived.popleft()
                offset = int(one.properties["application_headers"]["x-stream-offset"])
                yield Logged(offset, message_of(one, from_log=True))
                channel.basic_ack(one.delivery_tag)

    try:
        yield arriving()
    finally:
        channel.close()
