"""The edge towards the broker: connections, and declaring what topology.py describes (kombu, AMQP 0-9-1)."""

from typing import Any, Final

from kombu.connection import Connection as KombuConnection
from kombu.exceptions import OperationalError as BrokerAway

from hub_messaging.topology import INBOX_ARGUMENTS, LOG_ARGUMENTS, LOG_QUEUE, Subscriber, exchange_of

HEARTBEAT_SECONDS: Final = 30
CONNECT_SECONDS: Final = 5

Connection: Any = KombuConnection  # kombu's own annotations stop half-way
# What may be raised when the broker goes away; everything else is a mistake of ours.
BROKER_ERRORS: Final = (
    *Connection("memory://").connection_errors,
    *Connection("pyamqp://").connection_errors,
    *Connection("pyamqp://").channel_errors,
    BrokerAway,
    OSError,
)


def connect(uri: str) -> Any:
    """Open a connection to the broker.

    Raises:
        BROKER_ERRORS: it is away, or refuses.
    """
    connection = Connection(uri, heartbeat=HEARTBEAT_SECONDS, connect_timeout=CONNECT_SECONDS)
    connection.connect()
    return connection


def tick(connection: Any) -> None:
    """Send a heartbeat when one is due, and notice when the broker's own have stopped."""
    connection.heartbeat_check()


def drain(connection: Any, seconds: float) -> bool:
    """Take in what the broker sends; False when nothing came within so many seconds."""
    try:
        connection.drain_events(timeout=seconds)
    except TimeoutError:
        return False
    return True


def declare_publisher(connection: Any, publisher: str) -> None:
    """Make sure that a publisher's exchange exists and that the event log hears it."""
    with connection.channel() as channel:
        exchange = exchange_of(publisher)
        channel.exchange_declare(exchange, "topic", durable=True, auto_delete=False)
        channel.queue_declare(LOG_QUEUE, durable=True, auto_delete=False, arguments=LOG_ARGUMENTS)
        channel.queue_bind(LOG_QUEUE, exchange, routing_key="#")


def declare_subscriber(connection: Any, subscriber: Subscriber) -> None:
    """Make sure that a service's queue exists and is bound to all it listens to.

    The exchanges are only looked for: they are their publishers' to declare.

    Raises:
        BROKER_ERRORS: among them "not found", until each publisher has been there once.
    """
    with connection.channel() as channel:
        channel.queue_declare(subscriber.queue, durable=True, auto_delete=False, arguments=INBOX_ARGUMENTS)
        for publisher, types in sorted(subscriber.listens_to.items()):
            exchange = exchange_of(publisher)
            channel.exchange_declare(exchange, "topic", passive=True)
            for type_ in sorted(types):
                channel.queue_bind(subscriber.queue, exchange, routing_key=type_)
