"""What must exist in the broker before the first event: exchanges, queues, bindings.

Only names and arguments live here; the edges declare them, and a deployment loads them into its broker.
"""

import base64
import hashlib
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

LOG_QUEUE: Final = "hub.log"
RPC_EXCHANGE: Final = "nameko-rpc"
# The address of an answer: a name without a dot, or a queue that the broker has named; never a wildcard.
RPC_ADDRESS: Final = r"[^.*#]+|amq\.gen-[^.*#]+"
LOG_ARGUMENTS: Final[dict[str, Any]] = {"x-queue-type": "stream"}
# RabbitMQ 4 drops a message after 20 redeliveries unless told otherwise; a consumer that is killed often must
# lose nothing. A number, because 3.10 does not know -1.
INBOX_ARGUMENTS: Final[dict[str, Any]] = {
    "x-queue-type": "quorum",
    "x-single-active-consumer": True,
    "x-delivery-limit": 1_000_000,
}


@dataclass(frozen=True)
class Subscriber:
    """One service's place in the broker."""

    service: str
    listens_to: Mapping[str, frozenset[str]]  # publisher → routing keys of events
    answers: bool = False  # questions of other services, by RPC
    asks: frozenset[str] = frozenset()  # the services to which it puts questions

    @property
    def uses_rpc(self) -> bool:
        """Whether it asks or answers."""
        return self.answers or bool(self.asks)

    @property
    def queue(self) -> str:
        """Its one inbox."""
        return queue_of(self.service)


def exchange_of(publisher: str) -> str:
    """The exchange that a publisher's events go to."""
    return f"{publisher}.events"


def refill_exchange_of(publisher: str) -> str:
    """The exchange through which an administrator puts a publisher's events back into the log."""
    return f"{publisher}.refill"


def queue_of(service: str) -> str:
    """The queue that a service reads."""
    return f"{service}.in"


def source_of(hub_id: str, publisher: str) -> str:
    """The source attribute of a publisher's events."""
    return f"/hubs/{hub_id}/{publisher}"


def permissions_of(subscriber: Subscriber) -> dict[str, str]:
    """The least that a service's broker user needs: write its own exchange, read its own queue.

    Binding a queue needs write on the queue and read on the exchange. RPC keeps nameko's names: one exchange,
    a queue for each service that answers and one for each connection that asks.
    """
    own = f"{subscriber.service}\\.(in|events)|{LOG_QUEUE.replace('.', chr(92) + '.')}"
    if subscriber.uses_rpc:
        own += f"|{RPC_EXCHANGE}|rpc-{subscriber.service}|rpc\\.reply-{subscriber.service}-.*"
    heard = "|".join(sorted(subscriber.listens_to))
    read = own + (f"|({heard})\\.events" if heard else "")
    return {"configure": f"^({own})$", "write": f"^({own})$", "read": f"^({read})$"}


def topic_permissions_of(subscriber: Subscriber) -> dict[str, str] | None:
    """Which routing keys a service that uses RPC may write and read; None for one that does not.

    A question to a service is named `<service>.<method>`, which the address of an answer never is. So a
    service puts questions to those it declares and to no other, and reads no question to another service.
    """
    if not subscriber.uses_rpc:
        return None
    asked = [rf"({'|'.join(sorted(subscriber.asks))})\..+"] if subscriber.asks else []
    written = asked + ([RPC_ADDRESS] if subscriber.answers else [])
    read = ([RPC_ADDRESS] if subscriber.asks else []) + (
        [rf"{subscriber.service}\..+"] if subscriber.answers else []
    )
    return {
        "exchange": RPC_EXCHANGE,
        "write": f"^({'|'.join(written)})$",
        "read": f"^({'|'.join(read)})$",
    }


def definitions(subscribers: Iterable[Subscriber], vhost: str) -> dict[str, Any]:
    """Exchanges, queues and bindings in the form that RabbitMQ loads at start."""
    listed = sorted(subscribers, key=lambda s: s.service)
    publishers = [s.service for s in listed]  # whoever publishes nothing still writes marks into the log
    bindings = [_binding(vhost, publisher, LOG_QUEUE, "#") for publisher in publishers]
    queues = [_queue(vhost, LOG_QUEUE, LOG_ARGUMENTS)]
    for subscriber in listed:
        if subscriber.listens_to:
            queues.append(_queue(vhost, subscriber.queue, INBOX_ARGUMENTS))
        for publisher, types in sorted(subscriber.listens_to.items()):
            bindings.extend(_binding(vhost, publisher, subscriber.queue, type_) for type_ in sorted(types))
    return {
        "vhosts": [{"name": vhost}],
        "exchanges": [
            {
                "name": exchange_of(publisher),
                "vhost": vhost,
                "type": "topic",
                "durable": True,
                "auto_delete": False,
                "internal": False,
                "arguments": {},
            }
            for publisher in publishers
        ],
        "queues": queues,
        "bindings": bindings,
    }


def users(subscribers: Iterable[Subscriber], vhost: str, passwords: Mapping[str, str]) -> dict[str, Any]:
    """One user for each service with its permissions, in the form that RabbitMQ loads at start."""
    listed = sorted(subscribers, key=lambda s: s.service)
    return {
        "users": [
            {
                "name": s.service,
                "password_hash": password_hash(passwords[s.service]),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": [],
            }
            for s in listed
        ],
        "permissions": [{"user": s.service, "vhost": vhost, **permissions_of(s)} for s in listed],
        "topic_permissions": [
            {"user": s.service, "vhost": vhost, **topic}
            for s in listed
            if (topic := topic_permissions_of(s)) is not None
        ],
    }


def password_hash(password: str, salt: bytes | None = None) -> str:
    """RabbitMQ's salted SHA-256 (RabbitMQ documentation, "Credentials and Passwords")."""
    salt = salt or secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _queue(vhost: str, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"name": name, "vhost": vhost, "durable": True, "auto_delete": False, "arguments": arguments}


def _binding(vhost: str, publisher: str, queue: str, key: str) -> dict[str, Any]:
    return {
        "source": exchange_of(publisher),
        "vhost": vhost,
        "destination": queue,
        "destination_type": "queue",
        "routing_key": key,
        "arguments": {},
    }
