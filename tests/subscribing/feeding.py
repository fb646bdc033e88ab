"""The hub's side: publishers that publish, and the operator who adds a subscriber."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final
from uuid import uuid4

import amqp
from tests.support.amqp import connected
from tests.support.announcing import set_up_publishers
from tests.support.broker import BrokerServer

from hub_contracts import PUBLISHERS
from hub_contracts.samples import samples
from hub_messaging.envelope import CONTENT_TYPE
from hub_messaging.subscribers import lifecycle
from hub_messaging.subscribers.broker import Management, management_of
from hub_messaging.subscribers.limits import Limits
from hub_messaging.subscribers.naming import dead_queue_of, queue_of, user_of
from hub_messaging.subscribers.state import RegisteredSubscriber
from hub_messaging.topology import exchange_of

NAME: Final = "warehouse"
SUBSCRIBED: Final = ("VisitPlanned", "VisitLogged", "VisitCancelled")
UNKNOWN: Final = "VisitImagined"  # a type of some later release
HALF_DAYS: Final = 2
Body = dict[str, Any]


def visit(urn: str = "136217") -> list[Body]:
    """Return the hub's events about one visit that was planned, handed over and logged."""
    subject = f"visits/{uuid4()}"
    planned = _sample("VisitPlanned", subject, 1)
    reassigned = _sample("VisitReassigned", subject, 2, after="VisitPlanned=1")
    logged = _sample("VisitLogged", subject, 3, after="VisitPlanned=1,VisitReassigned=2")
    logged["data"] |= {"urn": urn, "half_days": HALF_DAYS}
    return [planned, reassigned, logged]


def of_a_later_release(event: Body) -> Body:
    """The same event with an attribute and a field that no reader knows."""
    return event | {"later": "1", "data": event["data"] | {"later": {"a": [1]}}}


def _sample(type_: str, subject: str, revision: int, **more: str) -> Body:
    body = next(iter(samples(type_).values()))
    own = {"id": str(uuid4()), "subject": subject, "revision": revision} | more
    return body | own | {"data": dict(body["data"])}


@dataclass
class Feed:
    """One virtual host with the exchanges of the hub and one subscriber."""

    broker: BrokerServer
    uri: str
    settings: dict[str, str] = field(default_factory=dict)

    def publish(self, *events: Body) -> None:
        """Publish events as their publisher does."""
        self.send("visits", *((event["type"], json.dumps(event).encode()) for event in events))

    def send(self, publisher: str, *messages: tuple[str, bytes], **properties: str) -> None:
        """Send bodies through a publisher's exchange, each under a routing key, and wait for confirms."""
        with connected(self.uri) as connection:
            channel = connection.channel()
            for key, body in messages:
                own = {"content_type": CONTENT_TYPE, "content_encoding": "utf-8", "delivery_mode": 2}
                message = amqp.Message(body, **own, **properties)
                channel.basic_publish(message, exchange=exchange_of(publisher), routing_key=key)

    def add(self, *, fill: Callable[..., Any] | None = None) -> None:
        """Add the subscriber, as the hub's operator does."""
        known = RegisteredSubscriber(
            name=NAME,
            asked=SUBSCRIBED,
            events={"visits": SUBSCRIBED},
            since="now",
            added_at=datetime.now(UTC),
            added_by="test",
        )
        given = {} if fill is None else {"fill": fill}
        password = lifecycle.add(self.uri, self.management, known, Limits(), **given)
        vhost = self.uri.rpartition("/")[2]
        self.settings = {
            "HUB_EVENTS_URI": self.broker.uri(vhost, user=user_of(NAME), password=password),
            "HUB_EVENTS_QUEUE": queue_of(NAME),
        }

    def bind(self, key: str) -> None:
        """Let the subscriber's queue receive one more routing key."""
        self.management.bind(queue_of(NAME), {"visits": [key]})

    @property
    def management(self) -> Management:
        """The broker's management API."""
        return management_of(self.uri, f"http://{self.broker.host}:{self.broker.management_port}")

    @property
    def waiting(self) -> int:
        """How many messages are ready in the subscriber's queue."""
        return self._ready(queue_of(NAME))

    @property
    def dead(self) -> int:
        """How many dead letters the subscriber has."""
        return self._ready(dead_queue_of(NAME))

    def _ready(self, queue: str) -> int:
        with connected(self.uri) as connection:
            return int(connection.channel().queue_declare(queue, passive=True).message_count)


@contextmanager
def feed_on(broker: BrokerServer) -> Iterator[Feed]:
    """A virtual host of its own with the exchanges of every publisher."""
    uri = broker.new_vhost()
    set_up_publishers(uri, *PUBLISHERS)
    feed = Feed(broker, uri)
    try:
        yield feed
    finally:
        lifecycle.remove(uri, feed.management, NAME)
        broker.drop_vhost(uri)
