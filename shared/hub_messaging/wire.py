"""The edge towards the broker: connections, and declaring what topology.py describes (kombu, AMQP 0-9-1)."""

import contextlib
import time
from collections.abc import Iterator, Mapping, Sized
from typing import Any, Final

from amqp.exceptions import AccessRefused, NotFound
from kombu.connection import Connection as KombuConnection
from kombu.exceptions import OperationalError as BrokerAway

from hub_messaging import (
    amqp_properties,  # noqa: F401 - imported for what it does
    topology,
)
from hub_messaging.addresses import in_random_order
from hub_messaging.amqp_buffering import SOCKET_SETTINGS, ReadAhead
from hub_messaging.declaring import Mismatch, declare_exchange, declare_queue
from hub_messaging.messages import Message
from hub_messaging.topology import INBOX_ARGUMENTS, LOG_QUEUE, Subscriber, exchange_of

HEARTBEAT_SECONDS: Final = 10  # a broker that has gone without a word is noticed after two of them
CONNECT_SECONDS: Final = 5
SOCKET_SECONDS: Final = 15  # no single read or write takes longer, unless drain() says so
CLOSE_SECONDS: Final = 2
FILL_UP_SECONDS: Final = 2.0  # to take in what the broker may send ahead
# Without a message, after which none is expected. On a busy machine half a second was not enough.
QUIET_SECONDS: Final = 1.0

Connection: Any = KombuConnection  # kombu's own annotations stop half-way
# What may be raised when the broker goes away; everything else is a mistake of ours.
BROKER_ERRORS: Final = (
    *Connection("memory://").connection_errors,
    *Connection("pyamqp://").connection_errors,
    *Connection("pyamqp://").channel_errors,
    BrokerAway,
    OSError,
)


class Missing(OSError):
    """An exchange or the log is not in the broker; an administrator makes them, so it is tried again."""


def connect(uri: str) -> Any:
    """Open a connection to the broker: to any node of it that lets us in, when `uri` names several.

    Gives py-amqp's connection: kombu's own would connect anew by itself when asked for anything after it has
    been lost, and leave us waiting on a connection without our consumer.

    Raises:
        BROKER_ERRORS: it is away, or refuses.
    """
    *others, last = in_random_order(uri)
    for one in others:
        with contextlib.suppress(*BROKER_ERRORS):
            return _connect(one)
    return _connect(last)


def _connect(uri: str) -> Any:
    asked = Connection(
        uri,
        heartbeat=HEARTBEAT_SECONDS,
        connect_timeout=CONNECT_SECONDS,
        transport_options={"socket_settings": SOCKET_SETTINGS},
    )
    connection = asked.transport.establish_connection()  # once: connect() would try again after two seconds
    connection.transport.sock.settimeout(SOCKET_SECONDS)
    connection.hub_user = asked.userid
    ReadAhead.of(connection)
    return connection


def user_of(connection: Any) -> str | None:
    """The broker user of a connection that `connect` has opened."""
    user = getattr(connection, "hub_user", None)
    return user if isinstance(user, str) else None


def close(connection: Any) -> None:
    """Close a connection politely, so that no acknowledgement is lost; within seconds in any case."""
    try:
        connection.transport.sock.settimeout(CLOSE_SECONDS)
        connection.close()
    except (*BROKER_ERRORS, AttributeError):  # it was broken already
        with contextlib.suppress(OSError):
            connection.collect()


@contextlib.contextmanager
def connected(uri: str) -> Iterator[Any]:
    """A connection for a `with` statement.

    Raises:
        BROKER_ERRORS: the broker is away, refuses, or goes away.
    """
    connection = connect(uri)
    try:
        yield connection
    finally:
        close(connection)


def tick(connection: Any) -> None:
    """Send a heartbeat when one is due, and notice when the broker's own have stopped.

    Call it after `drain`: what has not been read yet looks like silence.
    """
    connection.heartbeat_tick()


def beat(connection: Any) -> None:
    """Send a heartbeat while nothing can be read."""
    connection.send_heartbeat()


def drain(connection: Any, seconds: float) -> bool:
    """Take in what the broker sends; False when nothing came within so many seconds."""
    try:
        connection.drain_events(timeout=seconds)
    except TimeoutError:
        return False
    ReadAhead.of(connection).dispatch()
    return True


def fill_up(connection: Any, arrived: Sized, prefetch: int, heard_at: float) -> None:
    """Take in all that the broker may send ahead, or all there is, before the consumer is cancelled.

    RabbitMQ puts back what a quorum queue hands out while it hears of the end of a consumer: it never reaches
    us, and is delivered a second time. There is no such moment while the prefetch is used up.

    Args:
        connection: of the consumer.
        arrived: what has come and is not acknowledged; the consumer puts more into it.
        prefetch: how much the broker may send ahead.
        heard_at: when a message last came (monotonic clock).
    """
    ends = time.monotonic() + FILL_UP_SECONDS
    while len(arrived) < prefetch and (now := time.monotonic()) < min(ends, heard_at + QUIET_SECONDS):
        before = len(arrived)
        drain(connection, min(ends, heard_at + QUIET_SECONDS) - now)
        if len(arrived) > before:
            heard_at = time.monotonic()


def message_of(received: Any, *, from_log: bool = False) -> Message:
    """What py-amqp has received, as the core takes it."""
    body, told = received.body, received.delivery_info
    user_id = received.properties.get("user_id")
    return Message(
        body=body.encode() if isinstance(body, str) else bytes(body),
        exchange=told["exchange"],
        routing_key=told["routing_key"],
        user_id=user_id if isinstance(user_id, str) else None,
        from_log=from_log,
    )


def queue_exists(connection: Any, queue: str) -> bool:
    """Whether the broker has such a queue now."""
    channel = connection.channel()
    try:
        channel.queue_declare(queue, passive=True)
    except NotFound:  # the broker has closed the channel
        return False
    channel.close()
    return True


def exchange_exists(connection: Any, exchange: str) -> bool:
    """Whether the broker has such an exchange now."""
    channel = connection.channel()
    try:
        channel.exchange_declare(exchange, "topic", passive=True)
    except NotFound:  # the broker has closed the channel
        return False
    channel.close()
    return True


def require_exchange(connection: Any, exchange: str) -> None:
    """See that an exchange is there; a service may not make one.

    Raises:
        Missing: it is not.
    """
    if not exchange_exists(connection, exchange):
        raise Missing(f"the broker has no exchange {exchange}")


def require_log(connection: Any) -> None:
    """See that the event log is there; a service may not make it.

    Raises:
        Missing: it is not.
    """
    if not queue_exists(connection, LOG_QUEUE):
        raise Missing(f"the broker has no event log {LOG_QUEUE}")


def declare_subscriber(connection: Any, subscriber: Subscriber) -> None:
    """Make sure that a service's queue exists and is bound to all it listens to.

    Raises:
        Missing: until each publisher's exchange is there.
        Mismatch: the queue exists with other arguments.
        BROKER_ERRORS: the broker goes away, or refuses.
    """
    for publisher in sorted(subscriber.listens_to):
        require_exchange(connection, exchange_of(publisher))
    with connection.channel() as channel:
        declare_queue(channel, subscriber.queue, INBOX_ARGUMENTS)
        for publisher, types in sorted(subscriber.binds_to.items()):
            for type_ in sorted(types):
                channel.queue_bind(subscriber.queue, exchange_of(publisher), routing_key=type_)


def declare_all(connection: Any, definitions: Mapping[str, Any]) -> None:
    """Make what topology.definitions names, as the broker's administrator; what is there stays.

    Raises:
        Mismatch: something is there with other arguments.
    """
    with connection.channel() as channel:
        for one in definitions.get("exchanges", ()):
            declare_exchange(channel, one["name"], one["type"], durable=one["durable"])
        for one in definitions.get("queues", ()):
            declare_queue(channel, one["name"], one["arguments"])
        for one in definitions.get("bindings", ()):
            channel.queue_bind(one["destination"], one["source"], routing_key=one["routing_key"])


def declare_publishers(connection: Any, *publishers: str) -> None:
    """Make the event log, the exchanges of publishers and their bindings, as the broker's administrator."""
    declare_all(connection, topology.definitions([Subscriber(name, {}) for name in publishers], ""))


def reason_of(error: BaseException, otherwise: str) -> str:
    """Why the broker cannot be worked with, for the readiness probe."""
    if isinstance(error, Missing | Mismatch):
        return str(error)
    if isinstance(error, AccessRefused):
        return "the broker does not permit what this release needs: its permissions are of another one"
    return otherwise
