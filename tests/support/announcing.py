"""Speaking for a publisher that is not running: its exchange, and its events."""

from datetime import datetime
from uuid import uuid4

import amqp
from tests.support.amqp import connected

from hub_contracts import Event
from hub_messaging.envelope import CONTENT_TYPE, Envelope
from hub_messaging.topology import exchange_of, source_of
from hub_messaging.wire import declare_publisher


def set_up_publishers(amqp_uri: str, *publishers: str) -> None:
    """Declare what publishers would declare at their start; subscribers wait for it."""
    with connected(amqp_uri) as connection:
        for publisher in publishers:
            declare_publisher(connection, publisher)


def announce(amqp_uri: str, *events: Event, at: datetime) -> None:
    """Publish the first event about each subject, as its publisher would."""
    with connected(amqp_uri) as connection:
        channel = connection.channel()
        for event in events:
            envelope = Envelope(
                id=uuid4(),
                source=source_of("test", event.publisher),
                type=event.type,
                version=1,
                subject=event.subject,
                revision=1,
                time=at,
                data=event.to_data(),
            )
            message = amqp.Message(envelope.to_bytes(), content_type=CONTENT_TYPE)
            channel.basic_publish(message, exchange=exchange_of(event.publisher), routing_key=event.type)
