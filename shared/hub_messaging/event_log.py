"""The edge that reads the event log, the stream `hub.log`, from an instant up to now."""

import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from hub_messaging.amqp_types import Connection
from hub_messaging.amqp_types import Message as AmqpMessage
from hub_messaging.marks import mark_of
from hub_messaging.messages import Message
from hub_messaging.provenance import MARK_SOURCE
from hub_messaging.publisher import ConfirmedPublisher, Unroutable
from hub_messaging.topology import LOG_QUEUE, MARK, exchange_of
from hub_messaging.wire import Missing, drain, message_of, require_exchange, require_log, tick

BATCH: Final = 500
PREFETCH: Final = 2 * BATCH
WAIT_SECONDS: Final = 0.05  # for messages at a time, so that a caller can read its queue in between
SILENCE_SECONDS: Final = 20.0  # without a message before the end, after which the log is broken


class Unbound(Missing):
    """The event log is not bound to a service's exchange."""


class LogSilent(Missing):
    """The log stopped sending before its end; to be retried like any fault of the broker."""

    def __init__(self) -> None:
        super().__init__("the event log does not deliver new messages: it is stalled, or not bound")


def read_log(connection: Connection, service: str, since: datetime | None) -> Iterator[list[Message]]:
    """Read the log from an instant (None: its beginning) to its end as of now, in batches.

    A batch is empty when no message has arrived for a moment.

    The end is found by writing a mark there, through the service's own exchange: a stream does not report its
    length. Messages on the connection's other channels reach their callbacks meanwhile.

    Raises:
        wire.BROKER_ERRORS: the broker becomes unavailable, or the log stops sending.
    """
    yield from read_up_to(connection, write_mark(connection, service, {}), since)


def read_up_to(connection: Connection, mark: str, since: datetime | None) -> Iterator[list[Message]]:
    """Read the log from an instant to a mark that has been written; otherwise as `read_log`."""
    channel = connection.channel()
    arrived: list[AmqpMessage] = []
    channel.basic_qos(0, PREFETCH, False)  # noqa: FBT003 - amqp's signature
    offset: object = "first" if since is None else since.astimezone(UTC).replace(tzinfo=None)
    tag = channel.basic_consume(LOG_QUEUE, callback=arrived.append, arguments={"x-stream-offset": offset})
    last_message_at = time.monotonic()
    try:
        while True:
            while drain(connection, 0.01 if arrived else WAIT_SECONDS) and len(arrived) < BATCH:
                pass
            tick(connection)
            messages, arrived[:] = arrived[:BATCH], arrived[BATCH:]
            if messages:
                last_message_at = time.monotonic()
                ended = [message.properties.get("message_id") for message in messages]
                end = ended.index(mark) if mark in ended else None
                yield [message_of(one, from_log=True) for one in messages[:end]]
                channel.basic_ack(messages[-1].delivery_tag, multiple=True)
                if end is not None:
                    return
            elif time.monotonic() - last_message_at > SILENCE_SECONDS:
                raise LogSilent
            else:
                yield []
    finally:
        channel.basic_cancel(tag)  # messages behind the mark would arrive while the channel closes
        channel.close()


def write_mark(
    connection: Connection,
    service: str,
    counts: Mapping[str, int],
    giving_up: Callable[[], bool] = lambda: False,
) -> str:
    """Write a mark into the log, through the service's own exchange, and return its id.

    Args:
        connection: to the broker.
        service: its publisher.
        counts: routing key → how many events of that kind the service has published, ever.
        giving_up: ends waiting for the confirm.

    Raises:
        Unbound: no queue is bound to the exchange.
        wire.Missing: the exchange or the log does not exist.
        publisher.Unconfirmed: the broker does not confirm.
        wire.BROKER_ERRORS: the broker goes away.
    """
    envelope = mark_of(service, counts)
    require_exchange(connection, exchange_of(service))
    require_log(connection)
    publisher = ConfirmedPublisher(connection, exchange_of(service), giving_up=giving_up)
    try:
        publisher.publish([envelope.posted()])
    except Unroutable:
        raise Unbound(f"the event log is not bound to the exchange {exchange_of(service)}") from None
    finally:
        publisher.close()
    return str(envelope.id)


def tell_subscribers(
    connection: Connection, service: str, counts: Mapping[str, int], giving_up: Callable[[], bool]
) -> None:
    """Send a mark to subscribers although the log is missing, so that they notice lost events.

    Raises:
        publisher.Unconfirmed: the broker does not confirm.
        wire.BROKER_ERRORS: the broker goes away.
    """
    publisher = ConfirmedPublisher(connection, exchange_of(service), giving_up=giving_up)
    with contextlib.suppress(Unroutable):  # no subscriber
        publisher.publish([mark_of(service, counts).posted()])
    publisher.close()


def place_of_new_mark(
    connection: Connection,
    service: str,
    counts: Mapping[str, int],
    seconds: float,
    giving_up: Callable[[], bool],
) -> int | None:
    """Write a mark and return its offset in the log; None when it does not arrive within `seconds`.

    Raises:
        as write_mark
    """
    with _listening(connection, "next") as arriving:
        mark = write_mark(connection, service, counts, giving_up)
        for message in arriving(seconds, giving_up):
            if message.properties.get("message_id") == mark:
                return _offset_of(message)
    return None


def mark_stands_at(connection: Connection, service: str, offset: int, seconds: float) -> bool:
    """Whether the log has a mark of this service at an offset."""
    with _listening(connection, offset) as arriving:
        for message in arriving(seconds, lambda: False):
            told = message.properties.get("type"), message.properties.get("app_id")
            return _offset_of(message) == offset and told == (MARK, MARK_SOURCE + service)
    return False


def events_between(connection: Connection, service: str, first: int, end: int, seconds: float) -> int:
    """Count the events of a service's exchange, from one offset to before another.

    Raises:
        LogSilent: the end did not arrive within `seconds`.
    """
    number = 0
    with _listening(connection, first) as arriving:
        for message in arriving(seconds, lambda: False):
            if _offset_of(message) >= end:
                return number
            told = message.delivery_info
            number += told["exchange"] == exchange_of(service) and told["routing_key"] != MARK
    raise LogSilent


Arriving = Callable[[float, Callable[[], bool]], Iterator[AmqpMessage]]


@contextlib.contextmanager
def _listening(connection: Connection, offset: int | str) -> Iterator[Arriving]:
    """Read the log from an offset; yields a function that returns the messages of some seconds."""
    require_log(connection)
    channel = connection.channel()
    channel.basic_qos(0, PREFETCH, False)  # noqa: FBT003 - amqp's signature
    arrived: deque[AmqpMessage] = deque()
    channel.basic_consume(LOG_QUEUE, callback=arrived.append, arguments={"x-stream-offset": offset})

    def arriving(seconds: float, giving_up: Callable[[], bool]) -> Iterator[AmqpMessage]:
        until = time.monotonic() + seconds
        while time.monotonic() < until and not giving_up():
            drain(connection, 0.1)
            while arrived:
                message = arrived.popleft()
                yield message
                channel.basic_ack(message.delivery_tag)

    try:
        yield arriving
    finally:
        channel.close()


def _offset_of(message: AmqpMessage) -> int:
    return int(message.properties["application_headers"]["x-stream-offset"])
