"""The edge to the broker: connections, and declarations of topology.py's names (kombu, AMQP 0-9-1)."""

import contextlib
import time
from collections.abc import Iterator, Sized
from typing import Any, Final

from amqp.exceptions import AccessRefused, NotFound
from kombu.connection import Connection as KombuConnection
from kombu.exceptions import OperationalError as BrokerAway

from hub_messaging import amqp_properties, topology  # noqa: F401 - the first is imported for its effect
from hub_messaging.addresses import in_random_order
from hub_messaging.amqp_buffering import SOCKET_SETTINGS, ReadAhead
from hub_messaging.amqp_types import Connection
from hub_messaging.amqp_types import Message as AmqpMessage
from hub_messaging.declaring import Mismatch, declare_exchange, declare_queue
from hub_messaging.json_text import JsonObject as Json
from hub_messaging.messages import Message
from hub_messaging.topology import INBOX_ARGUMENTS, LOG_QUEUE, Subscriber, exchange_of

HEARTBEAT_SECONDS: Final = 10  # a broker that has disappeared is noticed after two of them
CONNECT_SECONDS: Final = 5
SOCKET_SECONDS: Final = 15  # for a single read or write, unless drain() sets another
CLOSE_SECONDS: Final = 2
FILL_UP_SECONDS: Final = 2.0  # to receive the prefetched messages
# Without a message, after which none is expected. On a busy machine half a second was not enough.
QUIET_SECONDS: Final = 1.0

Kombu: Any = KombuConnection  # Any: kombu's own annotations are incomplete
# Raised when the broker becomes unavailable; any other exception is a fault of this code.
BROKER_ERRORS: Final = (
    *Kombu("memory://").connection_errors,
    *Kombu("pyamqp://").connection_errors,
    *Kombu("pyamqp://").channel_errors,
    BrokerAway,
    OSError,
)


class Missing(OSError):
    """An exchange or the log does not exist; administrators create them, so the caller retries."""


def connect(uri: str) -> Connection:
    """Open a connection to the broker: to any node that accepts it, when `uri` names several.

    Returns py-amqp's connection: kombu's own would reconnect silently after a loss, and leave the caller
    waiting on a connection without its consumer.

    Raises:
        BROKER_ERRORS: it is unavailable, or refuses.
    """
    *others, last = in_random_order(uri)
    for one in others:
        with contextlib.suppress(*BROKER_ERRORS):
            return _connect(one)
    return _connect(last)


def _connect(uri: str) -> Connection:
    asked = Kombu(
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


def user_of(connection: Connection) -> str | None:
    """Return the broker user of a connection that `connect` has opened."""
    user = getattr(connection, "hub_user", None)
    return user if isinstance(user, str) else None


def close(connection: Connection) -> None:
    """Close a connection so that no acknowledgement is lost; it takes seconds at most."""
    if not connection.connected:  # py-amqp would connect again to give its transport
        return
    try:
        connection.transport.sock.settimeout(CLOSE_SECONDS)
        connection.close()
    except (*BROKER_ERRORS, AttributeError):  # it was broken already
        with contextlib.suppress(OSError):
            connection.collect()


@contextlib.contextmanager
def connected(uri: str) -> Iterator[Connection]:
    """Open a connection for a `with` statement.

    Raises:
        BROKER_ERRORS: the broker is or becomes unavailable, or refuses.
    """
    connection = connect(uri)
    try:
        yield connection
    finally:
        close(connection)


def tick(connection: Connection) -> None:
    """Send a heartbeat when one is due, and raise when the broker's own have stopped.

    Call it after `drain`: unread frames would look like missing heartbeats.
    """
    connection.heartbeat_tick()


def beat(connection: Connection) -> None:
    """Send a heartbeat while nothing can be read."""
    connection.send_heartbeat()


def drain(connection: Connection, seconds: float) -> bool:
    """Receive frames; False when none arrived within `seconds`."""
    try:
        connection.drain_events(timeout=seconds)
    except TimeoutError:
        return False
    ReadAhead.of(connection).dispatch()
    return True


def fill_up(connection: Connection, arrived: Sized, prefetch: int, last_arrival: float) -> None:
    """Receive messages until the prefetch is used up or none is left, before the consumer is cancelled.

    RabbitMQ requeues messages that a quorum queue sends while a consumer is being cancelled: they never
    arrive here, and are redelivered. This cannot occur while the prefetch is used up.

    Args:
        connection: of the consumer.
        arrived: unacknowledged messages; the consumer appends to it.
        prefetch: of the consumer.
        last_arrival: of a message (monotonic clock).
    """
    ends = time.monotonic() + FILL_UP_SECONDS
    while len(arrived) < prefetch and (now := time.monotonic()) < min(ends, last_arrival + QUIET_SECONDS):
        before = len(arrived)
        drain(connection, min(ends, last_arrival + QUIET_SECONDS) - now)
        if len(arrived) > before:
            last_arrival = time.monotonic()


def message_of(received: AmqpMessage, *, from_log: bool = False) -> Message:
    """Convert a message of py-amqp into the core's."""
    body, told = received.body, received.delivery_info
    user_id = received.properties.get("user_id")
    return Message(
        body=body.encode() if isinstance(body, str) else bytes(body),
        exchange=told["exchange"],
        routing_key=told["routing_key"],
        user_id=user_id if isinstance(user_id, str) else None,
        from_log=from_log,
    )


def queue_exists(connection: Connection, queue: str) -> bool:
    """Whether the broker has such a queue now."""
    channel = connection.channel()
    try:
        channel.queue_declare(queue, passive=True)
    except NotFound:  # the broker has closed the channel
        return False
    channel.close()
    return True


def exchange_exists(connection: Connection, exchange: str) -> bool:
    """Whether the broker has such an exchange now."""
    channel = connection.channel()
    try:
        channel.exchange_declare(exchange, "topic", passive=True)
    except NotFound:  # the broker has closed the channel
        return False
    channel.close()
    return True


def require_exchange(connection: Connection, exchange: str) -> None:
    """Raise unless an exchange exists; a service may not create one.

    Raises:
        Missing: it does not exist.
    """
    if not exchange_exists(connection, exchange):
        raise Missing(f"the broker has no exchange {exchange}")


def require_log(connection: Connection) -> None:
    """Raise unless the event log exists; a service may not create it.

    Raises:
        Missing: it does not exist.
    """
    if not queue_exists(connection, LOG_QUEUE):
        raise Missing(f"the broker has no event log {LOG_QUEUE}")


def declare_subscriber(connection: Connection, subscriber: Subscriber) -> None:
    """Declare a service's queue and bind it to its routing keys.

    Raises:
        Missing: a publisher's exchange does not exist yet.
        Mismatch: the queue exists with other arguments.
        BROKER_ERRORS: the broker becomes unavailable, or refuses.
    """
    for publisher in sorted(subscriber.listens_to):
        require_exchange(connection, exchange_of(publisher))
    with connection.channel() as channel:
        declare_queue(channel, subscriber.queue, INBOX_ARGUMENTS)
        for publisher, types in sorted(subscriber.binds_to.items()):
            for type_ in sorted(types):
                channel.queue_bind(subscriber.queue, exchange_of(publisher), routing_key=type_)


def declare_all(connection: Connection, definitions: Json) -> None:
    """Declare everything in topology.definitions, as the broker's administrator; existing things stay.

    Raises:
        Mismatch: a queue or an exchange exists with other arguments.
    """
    with connection.channel() as channel:
        for one in definitions.get("exchanges", ()):
            declare_exchange(channel, one["name"], one["type"], durable=one["durable"])
        for one in definitions.get("queues", ()):
            declare_queue(channel, one["name"], one["arguments"])
        for one in definitions.get("bindings", ()):
            channel.queue_bind(one["destination"], one["source"], routing_key=one["routing_key"])


def declare_publishers(connection: Connection, *publishers: str) -> None:
    """Declare the event log, the exchanges of publishers and their bindings, as the administrator."""
    declare_all(connection, topology.definitions([Subscriber(name, {}) for name in publishers], ""))


def reason_of(error: BaseException, otherwise: str) -> str:
    """Return the reason why the broker is unavailable, for the readiness probe."""
    if isinstance(error, Missing | Mismatch):
        return str(error)
    if isinstance(error, AccessRefused):
        return "the broker does not permit what this release needs: its permissions are of another one"
    return otherwise
