"""The broker's exchanges, queues, bindings and permissions, which must exist before the first event.

Only names and arguments live here; a deployment loads them into its broker, as its administrator.
"""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from hub_messaging.json_text import JsonObject

Arguments: TypeAlias = dict[str, str | int | bool]  # of a queue

LOG_QUEUE: Final = "hub.log"
RPC_EXCHANGE: Final = "nameko-rpc"
# The routing key of an answer: a name without a dot, or a queue named by the broker; never a wildcard.
RPC_ADDRESS: Final = r"[^.*#]+|amq\.gen-[^.*#]+"
MARK: Final = "LogMark"  # the routing key and type of what each publisher writes about itself
NOTHING: Final = "^$"  # fits no name
LOG_ARGUMENTS: Final[Arguments] = {"x-queue-type": "stream"}
# RabbitMQ 4 drops a message after 20 redeliveries by default; a consumer that is killed often must lose none.
# A number, because 3.10 does not support -1.
INBOX_ARGUMENTS: Final[Arguments] = {
    "x-queue-type": "quorum",
    "x-single-active-consumer": True,
    "x-delivery-limit": 1_000_000,
}
# RPC requests are replicated too: a classic queue is unavailable while its cluster node is down,
# and the answering service cannot be ready until then.
RPC_ARGUMENTS: Final[Arguments] = {"x-queue-type": "quorum", "x-delivery-limit": 1_000_000}


@dataclass(frozen=True)
class Subscriber:
    """One service's subscriptions and RPC relations."""

    service: str
    listens_to: Mapping[str, frozenset[str]]  # publisher → routing keys of events
    answers: bool = False  # questions of other services, by RPC
    asks: frozenset[str] = frozenset()  # the services to which it puts questions

    @property
    def uses_rpc(self) -> bool:
        """Whether it sends or answers RPC requests."""
        return self.answers or bool(self.asks)

    @property
    def binds_to(self) -> dict[str, frozenset[str]]:
        """Publisher → routing keys that its queue is bound to: events, and the publisher's marks."""
        return {publisher: keys | {MARK} for publisher, keys in self.listens_to.items()}

    @property
    def queue(self) -> str:
        """The name of its queue."""
        return queue_of(self.service)


def exchange_of(publisher: str) -> str:
    """Return the exchange of a publisher's events."""
    return f"{publisher}.events"


def refill_exchange_of(publisher: str) -> str:
    """Return the exchange through which an administrator restores a publisher's events in the log."""
    return f"{publisher}.refill"


def queue_of(service: str) -> str:
    """Return the queue of a service's events."""
    return f"{service}.in"


def rpc_queue_of(service: str) -> str:
    """Return the queue of RPC requests to a service."""
    return f"{service}.rpc"


def source_of(hub_id: str, publisher: str) -> str:
    """Return the source attribute of a publisher's events."""
    return f"/hubs/{hub_id}/{publisher}"


def permissions_of(subscriber: Subscriber) -> dict[str, str]:
    """Return the least permissions of a service's broker user (docs/security.md gives the reasons).

    Administrators create exchanges, the log and their bindings. A service declares only queues that it alone
    reads, so that a queue deleted by mistake is restored at once. To bind a queue needs write on the queue
    and read on the exchange.
    """
    own, answers, addresses = [], [], []
    if subscriber.listens_to:
        own.append(re.escape(subscriber.queue))
    if subscriber.answers:
        answers.append(re.escape(rpc_queue_of(subscriber.service)))
    if subscriber.asks:
        addresses.append(rf"rpc\.reply-{re.escape(subscriber.service)}-.*")
    queues = own + answers + addresses
    rpc = [RPC_EXCHANGE] if subscriber.uses_rpc else []
    subscribed = [re.escape(exchange_of(publisher)) for publisher in sorted(subscriber.listens_to)]
    return {
        "configure": _any_of(queues),
        "write": _any_of([re.escape(exchange_of(subscriber.service)), *queues, *rpc]),
        "read": _any_of([re.escape(LOG_QUEUE), *queues, *subscribed, *rpc]),
    }


def topic_permissions_of(subscriber: Subscriber) -> list[dict[str, str]]:
    """Return the routing keys that a service may write to an exchange and bind from it.

    A service binds its queue only to the events that it subscribes to. The routing key of an RPC request is
    `<service>.<method>`, which that of an answer never is. So a service sends requests only to the services
    that it declares, and reads no request to another service.
    """
    topics = [
        {"exchange": exchange_of(publisher), "write": NOTHING, "read": _any_of(map(re.escape, sorted(keys)))}
        for publisher, keys in sorted(subscriber.binds_to.items())
    ]
    if subscriber.uses_rpc:
        asked = [rf"({'|'.join(sorted(subscriber.asks))})\..+"] if subscriber.asks else []
        written = asked + ([RPC_ADDRESS] if subscriber.answers else [])
        read = ([RPC_ADDRESS] if subscriber.asks else []) + (
            [rf"{subscriber.service}\..+"] if subscriber.answers else []
        )
        topics.append({"exchange": RPC_EXCHANGE, "write": _any_of(written), "read": _any_of(read)})
    return topics


def _any_of(names: Iterable[str]) -> str:
    """Return a regular expression for the broker that matches these names only."""
    listed = list(names)
    return f"^({'|'.join(listed)})$" if listed else NOTHING


def definitions(subscribers: Iterable[Subscriber], vhost: str) -> JsonObject:
    """Return exchanges, queues and bindings in the format that RabbitMQ loads at start."""
    listed = sorted(subscribers, key=lambda s: s.service)
    return {
        "vhosts": [{"name": vhost}],
        "exchanges": [_exchange(vhost, name) for name in _exchanges(listed)],
        "queues": [_queue(vhost, name, arguments) for name, arguments in _queues(listed).items()],
        "bindings": [_binding(vhost, *binding) for binding in _bindings(listed)],
    }


def _exchanges(listed: Sequence[Subscriber]) -> list[str]:
    # A service without events still writes marks into the log.
    names = [name(s.service) for s in listed for name in (exchange_of, refill_exchange_of)]
    return names + ([RPC_EXCHANGE] if any(s.uses_rpc for s in listed) else [])


def _queues(listed: Sequence[Subscriber]) -> dict[str, Arguments]:
    inboxes = {s.queue: INBOX_ARGUMENTS for s in listed if s.listens_to}
    questions = {rpc_queue_of(s.service): RPC_ARGUMENTS for s in listed if s.answers}
    return {LOG_QUEUE: LOG_ARGUMENTS, **inboxes, **questions}


def _bindings(listed: Sequence[Subscriber]) -> Iterator[tuple[str, str, str]]:
    """Return exchange, queue and routing key of each binding."""
    for subscriber in listed:
        yield exchange_of(subscriber.service), LOG_QUEUE, "#"
        yield refill_exchange_of(subscriber.service), LOG_QUEUE, "#"
    for subscriber in listed:
        for publisher, keys in sorted(subscriber.binds_to.items()):
            yield from ((exchange_of(publisher), subscriber.queue, key) for key in sorted(keys))
        if subscriber.answers:
            yield RPC_EXCHANGE, rpc_queue_of(subscriber.service), f"{subscriber.service}.*"


def users(subscribers: Iterable[Subscriber], vhost: str, passwords: Mapping[str, str]) -> JsonObject:
    """Return a user for each service with its permissions, in the format that RabbitMQ loads at start."""
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
            {"user": s.service, "vhost": vhost, **topic} for s in listed for topic in topic_permissions_of(s)
        ],
    }


def password_hash(password: str, salt: bytes | None = None) -> str:
    """RabbitMQ's salted SHA-256 (RabbitMQ documentation, "Credentials and Passwords")."""
    salt = salt or secrets.token_bytes(4)
    return base64.b64encode(salt + hashlib.sha256(salt + password.encode()).digest()).decode()


def _queue(vhost: str, name: str, arguments: Arguments) -> JsonObject:
    return {"name": name, "vhost": vhost, "durable": True, "auto_delete": False, "arguments": arguments}


def _exchange(vhost: str, name: str) -> JsonObject:
    flags = {"durable": True, "auto_delete": False, "internal": False}
    return {"name": name, "vhost": vhost, "type": "topic", **flags, "arguments": {}}


def _binding(vhost: str, exchange: str, queue: str, key: str) -> JsonObject:
    return {
        "source": exchange,
        "vhost": vhost,
        "destination": queue,
        "destination_type": "queue",
        "routing_key": key,
        "arguments": {},
    }
