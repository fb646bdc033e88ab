"""Definitions of the private RabbitMQ: the virtual host `hub`, exchanges, queues, users and permissions.

The format is RabbitMQ's definitions file (`load_definitions`). `hub_messaging` defines the permissions of a
service; this module lists the services and adds the administrator.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from hub_contracts.json_text import JsonObject
from hub_messaging import topology
from hub_messaging.topology import Subscriber

Definitions = JsonObject  # kind of object, as RabbitMQ names it → objects

VIRTUAL_HOST = "hub"
ADMINISTRATOR = "hub_local"


def administrator(password: str) -> Definitions:
    """Return the user with which this package connects, and its virtual host."""
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
    """Return everything that exists before the first event, and a user for each service.

    `declared` holds exchanges, queues and bindings, as in `deploy/rabbitmq/definitions.json`.
    """
    listed = [subscribed(subscriber, declared) for subscriber in subscribers]
    return merged(
        administrator(passwords[ADMINISTRATOR]),
        declared,
        topology.users(listed, VIRTUAL_HOST, passwords),
    )


def subscribed(subscriber: Subscriber, declared: Definitions) -> Subscriber:
    """Return a subscriber with the event types to which its queue is bound, by publisher."""
    read_types = {
        publisher: frozenset(
            one["routing_key"]
            for one in declared["bindings"]
            if (one["source"], one["destination"]) == (topology.exchange_of(publisher), subscriber.queue)
        )
        for publisher in subscriber.listens_to
    }
    return replace(subscriber, listens_to=read_types)


def merged(*parts: Definitions) -> Definitions:
    """Merge definitions; equal entries appear once."""
    result: Definitions = {}
    for part in parts:
        for kind, things in part.items():
            kept = result.setdefault(kind, [])
            kept.extend(thing for thing in things if thing not in kept)
    return result
