"""One service among others that are not running: their exchanges, their events, its own broker user."""

from dataclasses import replace
from datetime import datetime
from uuid import uuid4

import amqp
from tests.support.amqp import connected
from tests.support.broker import BrokerServer

from hub_contracts import Event
from hub_messaging.envelope import CONTENT_TYPE, Envelope
from hub_messaging.subscribe import subscriber_of
from hub_messaging.topology import (
    definitions,
    exchange_of,
    permissions_of,
    source_of,
    topic_permissions_of,
)
from hub_messaging.wire import declare_all, declare_publishers


def set_up_publishers(amqp_uri: str, *publishers: str) -> None:
    """Make what an installation makes for publishers: the log and their exchanges."""
    with connected(amqp_uri) as connection:
        declare_publishers(connection, *publishers)


def own_user(broker: BrokerServer, amqp_uri: str, service_class: type) -> str:
    """The same virtual host for a user who may do what the service needs and nothing else.

    What an installation makes for the service is made first.
    """
    subscriber = subscriber_of(service_class)
    with connected(amqp_uri) as connection:
        declare_all(connection, definitions([replace(subscriber, listens_to={})], ""))
    vhost = amqp_uri.rpartition("/")[2]
    user = f"{subscriber.service}-{vhost}"
    broker.manage("PUT", f"users/{user}", {"password": "own", "tags": ""})  # pragma: allowlist secret
    broker.manage("PUT", f"permissions/{vhost}/{user}", permissions_of(subscriber))
    for topic in topic_permissions_of(subscriber):
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
