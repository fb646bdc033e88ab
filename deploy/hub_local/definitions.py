"""What the private RabbitMQ knows at boot: the host `hub`, exchanges, queues, users and what each may do.

The format is RabbitMQ's definitions file (`load_definitions`). What a service may touch is `hub_messaging`'s
business; here is only who there is, and the administrator.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from hub_messaging import topology
from hub_messaging.topology import Subscriber

Definitions = dict[str, Any]

VIRTUAL_HOST = "hub"
ADMINISTRATOR = "hub_local"


def administrator(password: str) -> Definitions:
    """The user that this package connects with, and its virtual host."""
    return {
        "vhosts": [{"name": VIRTUAL_HOST}],
        "users": [
            {
                "name": ADMINISTRATOR,
                "password_hash": topology.password_hash(password),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "tags": ["administrator"],
            }
        ],
        "permissions": [
            {"user": ADMINISTRATOR, "vhost": VIRTUAL_HOST, "configure": ".*", "write": ".*", "read": ".*"}
        ],
    }


def of_hub(
    subscribers: Iterable[Subscriber], passwords: Mapping[str, str], declared: Definitions
) -> Definitions:
    """Everything that exists before the first event, and a user for each service.

    `declared` is what the services have written down: exchanges, queues and bindings.
    """
    listed = [hearing(subscriber, declared) for subscriber in subscribers]
    return merged(
        administrator(passwords[ADMINISTRATOR]),
        declared,
        topology.users(listed, VIRTUAL_HOST, passwords),
    )


def hearing(subscriber: Subscriber, declared: Definitions) -> Subscriber:
    """A service with the kinds of event that its queue is bound to, publisher by publisher."""
    heard = {
        publisher: frozenset(
            one["routing_key"]
            for one in declared["bindings"]
            if (one["source"], one["destination"]) == (topology.exchange_of(publisher), subscriber.queue)
        )
        for publisher in subscriber.listens_to
    }
    return replace(subscriber, listens_to=heard)


def merged(*parts: Definitions) -> Definitions:
    """Several definitions as one; a thing said twice alike is kept once."""
    result: Definitions = {}
    for part in parts:
        for kind, things in part.items():
            kept = result.setdefault(kind, [])
            kept.extend(thing for thing in things if thing not in kept)
    return result
