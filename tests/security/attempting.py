"""Everything that a broker user may try on every exchange and queue that definitions hold."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any, Final

import amqp
from tests.support.amqp import connected

from hub_local import definitions
from hub_local.declared import FILE
from hub_local.services import SERVICES
from hub_messaging import topology
from hub_messaging.topology import RPC_EXCHANGE, Subscriber

DECLARED: Final = json.loads(FILE.read_text())
EXCHANGES: Final = tuple(one["name"] for one in DECLARED["exchanges"])
QUEUES: Final = {one["name"]: one["arguments"] for one in DECLARED["queues"]}
USERS: Final = tuple(service.name for service in SERVICES)
QUESTIONS: Final = ("enrolment.contacts", "visits.contacts", "notifications.contacts")
ADDRESS: Final = "address"  # of an answer: any name without a dot

Attempt = tuple[str, str, str]  # action, what it is done to, routing key
Act = Callable[[Any], object]


def subscriber(name: str) -> Subscriber:
    """A service as the definitions know it."""
    (found,) = (service.subscriber for service in SERVICES if service.name == name)
    return definitions.subscribed(found, DECLARED)


@dataclass
class Attempts:
    """One user's connection, whose channel is opened again after each refusal."""

    uri: str

    def __post_init__(self) -> None:
        self.connection: amqp.Connection = connected(self.uri)
        self.connection.connect()
        self._channel: Any = None

    def may(self, act: Act) -> bool:
        """Whether the broker lets the user do something."""
        if self._channel is None or not self._channel.is_open:
            self._channel = self.connection.channel()
        try:
            act(self._channel)
        except amqp.AccessRefused:
            return False
        except (amqp.NotFound, amqp.PreconditionFailed, amqp.ResourceLocked):
            return True  # it was let through, and failed for what is there
        except amqp.AMQPNotImplementedError:  # ends the connection: a stream cannot be purged by any user
            self.connection = connected(self.uri)
            self.connection.connect()
            self._channel = None
            return False
        return True


def attempts(who: Subscriber) -> Iterator[tuple[Attempt, Act]]:
    """Everything, the harm that makes other attempts senseless last."""
    for exchange in EXCHANGES:
        yield ("declare", exchange, ""), partial(declare_exchange, exchange)
        for key in keys_of(exchange, every=exchange == RPC_EXCHANGE):
            yield ("publish", exchange, key), partial(publish, exchange, key)
        for source in EXCHANGES:
            for key in keys_of(source, every=False)[:2]:
                yield (
                    ("bind exchange", f"{exchange} <- {source}", key),
                    partial(bind, "exchange_bind", exchange, source, key),
                )
    for queue in QUEUES:
        yield ("declare", queue, ""), partial(declare_queue, queue)
        yield ("publish", queue, ""), partial(publish, "", queue)
        yield ("consume", queue, ""), partial(consume, queue)
        for exchange in EXCHANGES:
            own = queue in (who.queue, topology.rpc_queue_of(who.service))
            for key in keys_of(exchange, every=own)[: None if own else 2]:
                for action in ("bind", "unbind"):
                    yield (
                        (action, f"{queue} <- {exchange}", key),
                        partial(bind, f"queue_{action}", queue, exchange, key),
                    )
        yield ("purge", queue, ""), partial(end, "queue_purge", queue)
        yield ("delete", queue, ""), partial(end, "queue_delete", queue)
    for exchange in EXCHANGES:
        yield ("delete", exchange, ""), partial(end, "exchange_delete", exchange)


def keys_of(exchange: str, *, every: bool) -> list[str]:
    """Routing keys that are bound to an exchange, every one or the first, and some that are bound to none."""
    bound = sorted({one["routing_key"] for one in DECLARED["bindings"] if one["source"] == exchange} - {"#"})
    return [*(bound if every else bound[:1]), "#", "*", *QUESTIONS, ADDRESS]


def declare_exchange(exchange: str, channel: Any) -> None:
    """Declare an exchange as definitions do."""
    channel.exchange_declare(exchange, "topic", durable=True, auto_delete=False)


def declare_queue(queue: str, channel: Any) -> None:
    """Declare a queue as definitions do."""
    channel.queue_declare(queue, durable=True, auto_delete=False, arguments=QUEUES[queue])


def publish(exchange: str, key: str, channel: Any) -> None:
    """Publish, and wait for the broker to say that it may be."""
    channel.basic_publish_confirm(amqp.Message(""), exchange, key)


def consume(queue: str, channel: Any) -> None:
    """Begin to consume, and end it."""
    channel.basic_qos(0, 1, False)
    channel.basic_cancel(channel.basic_consume(queue, callback=lambda _message: None))


def bind(method: str, into: str, source: str, key: str, channel: Any) -> None:
    """Bind or unbind."""
    getattr(channel, method)(into, source, key)


def end(method: str, name: str, channel: Any) -> None:
    """Purge or delete."""
    getattr(channel, method)(name)
