"""One service among others that are not running: their exchanges, their events, its own broker user."""

from datetime import datetime
from uuid import uuid4

import amqp
from tests.support.amqp import connected
from tests.support.broker import BrokerServer

from hub_contracts import Event
from hub_messaging.envelope import CONTENT_TYPE, Envelope
from hub_messaging.subscribe import subscriber_of
from hub_messaging.topology import exchange_of, permissions_of, source_of, topic_permissions_of
from hub_messaging.wire import declare_publisher


def set_up_publishers(amqp_uri: str, *publishers: str) -> None:
    """Declare what publishers would declare at their start; subscribers wait for it."""
    with connected(amqp_uri) as connection:
        for publisher in publishers:
            declare_publisher(connection, publisher)


def own_user(broker: BrokerServer, amqp_uri: str, service_class: type) -> str:
    """The same virtual host for a user who may do what the service needs and nothing else."""
    subscriber = subscriber_of(service_class)
    vhost = amqp_uri.rpartition("/")[2]
    user = f"{subscriber.service}-{vhost}"
    broker.manage("PUT", f"users/{user}", {"password": "own", "tags": ""})  # pragma: allowlist secret
    broker.manage("PUT", f"permissions/{vhost}/{user}", permissions_of(subscriber))
    topic = topic_permissions_of(subscriber)
    if topic is not None:
        broker.manage("PUT", f"topic-permissions/{vhost}/{user}", topic)
    return broker.uri(vhost, user=user, password="own")  # pragma: allowlist secret


def announce(amqp_uri: str, *events: Event, at: datetime, revision: int = 1) -> None:
    """Publish the event of a revision about each subject, as its publisher would."""
    with connected(amqp_uri) as connection:
        channel = connection.channel()
        for event in events:
            envelope = Envelope(
                id=uuid4(),
                source=source_of("test", event.publisher),
                type=event.type,
                version=1,
                subject=event.subject,
                revision=revision,
                time=at,
                data=event.to_data(),
            )
            message = amqp.Message(envelope.to_bytes(), content_type=CONTENT_TYPE)
            channel.basic_publish(message, exchange=exchange_of(event.publisher), routing_key=event.type)
