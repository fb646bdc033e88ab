"""Channels, servers and operations of the AsyncAPI document, as subscribers see the broker."""

from collections.abc import Iterable, Mapping
from typing import Final

from hub_contracts.documents.envelope import exchange_of
from hub_contracts.events import Event
from hub_contracts.json_text import JsonObject

VHOST: Final = "hub"
PORT: Final = 5671  # AMQP over TLS
BROKER: Final = f"hub.example.org:{PORT}"  # placeholder for the address of a hub
ROUTING: Final = "The routing key is the event's type, from version 2 on with the version, as VisitLogged.v2."
MESSAGES: Final = "#/components/messages/"
BINDING: Final = "0.3.0"
SUBSCRIBER: Final = "subscriber"
DEAD: Final = "subscriber.dead"
LOG: Final = "hub.log"


SECURITY: Final[JsonObject] = {
    SUBSCRIBER: {
        "type": "userPassword",
        "description": "The user subscriber.<name> and its password, which the hub's operator makes with"
        " `hubctl subscribers add`. It reads its own two queues and can do nothing else.",
    }
}


def servers(broker: str = BROKER) -> JsonObject:
    """Return the servers for subscribers. `broker`: host and port of a deployed hub's broker."""
    security = [{"$ref": f"#/components/securitySchemes/{SUBSCRIBER}"}]
    common = {"protocolVersion": "0.9.1", "pathname": f"/{VHOST}", "security": security}
    return {
        "hub": {
            "host": broker,
            "protocol": "amqps",
            "description": "A deployed hub: AMQP over TLS, where its operator has opened it"
            " (profile subscribers). `hubctl subscribers add` prints the certificate authority to trust.",
            **common,
        },
        "this-machine": {
            "host": "127.0.0.1:{port}",
            "protocol": "amqp",
            "description": "A hub of `make run`, for programs on the same machine.",
            "variables": {
                "port": {"default": "5672", "description": "As the connection block of `make run` says"}
            },
            **common,
        },
    }


def channels(
    publishers: Mapping[str, tuple[type[Event], ...]],
    marks: tuple[type[Event], ...],
    readers: Mapping[str, tuple[str, ...]],
) -> JsonObject:
    """Return the exchanges, the log, the queue of each service, and the queues of a subscriber."""
    events = [event for listed in publishers.values() for event in listed]
    found = {exchange_of(name): _exchange(name, (*listed, *marks)) for name, listed in publishers.items()}
    found[LOG] = _queue(
        LOG,
        "The event log: a stream that is bound to every exchange. The hub's services read it, and"
        " `hubctl subscribers add --from` fills a new subscriber's queue from it; subscribers do not.",
        [*events, *marks],
    )
    for service in sorted({service for listed in readers.values() for service in listed}):
        read = [event for event in events if service in readers.get(event.key, ())]
        if read:
            found[f"{service}.in"] = _queue(
                f"{service}.in", f"Queue of {service}; a quorum queue.", [*read, *marks]
            )
    return found | _of_a_subscriber(events)


def operations(publishers: Iterable[str], found: Iterable[str]) -> JsonObject:
    """Return the hub's operations: send to exchanges and subscribers, receive from its own queues."""
    told = {f"{name}.publish": _send(name) for name in publishers}
    for channel in found:
        if channel.endswith(".in"):
            service = channel.removesuffix(".in")
            told[f"{service}.receive"] = {
                "action": "receive",
                "summary": f"{service} reads what it subscribes to.",
                "channel": {"$ref": f"#/channels/{channel}"},
            }
    told["subscriber.deliver"] = {
        "action": "send",
        "summary": "The hub delivers the events that a subscriber asked for, in order within each subject.",
        "channel": {"$ref": f"#/channels/{SUBSCRIBER}"},
        "security": [{"$ref": f"#/components/securitySchemes/{SUBSCRIBER}"}],
        "bindings": {"amqp": {"deliveryMode": 2, "ack": True, "bindingVersion": BINDING}},
    }
    return told


def _exchange(publisher: str, events: Iterable[type[Event]]) -> JsonObject:
    keys = [event.key for event in events]
    return {
        "address": "{key}",
        "title": exchange_of(publisher),
        "description": f"Everything that {publisher} publishes. {ROUTING} Only {publisher} may publish here;"
        " a subscriber gets these events in its own queue.",
        "parameters": {"key": {"description": "The routing key", "enum": keys}},
        "messages": _messages(keys),
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {
                    "name": exchange_of(publisher),
                    "type": "topic",
                    "durable": True,
                    "autoDelete": False,
                    "vhost": VHOST,
                },
                "bindingVersion": BINDING,
            }
        },
    }


def _of_a_subscriber(events: Iterable[type[Event]]) -> JsonObject:
    name = {
        "name": {
            "description": "The subscriber's name, as the operator gave it: lower-case letters, digits and"
            " hyphens, 3 to 40 characters",
            "examples": ["data-warehouse"],
        }
    }
    listed = list(events)
    live = _queue(
        "subscriber.{name}",
        "The events that one subscriber asked for: a quorum queue that the operator makes and binds, with a"
        " single active consumer. It holds at most 200,000 messages, 256 MiB and 14 days, unless the operator"
        " sets other limits; what exceeds them leaves at the old end for the dead-letter queue.",
        listed,
    )
    dead = _queue(
        "subscriber.{name}.dead",
        "Messages that the subscriber rejected, that were redelivered 20 times without an acknowledgement, or"
        " that exceeded the limits of its queue: at most 10,000 and 14 days.",
        listed,
    )
    return {SUBSCRIBER: live | {"parameters": name}, DEAD: dead | {"parameters": name}}


def _queue(address: str, description: str, events: Iterable[type[Event]]) -> JsonObject:
    return {
        "address": address,
        "title": address,
        "description": description,
        "messages": _messages(event.key for event in events),
        "bindings": {
            "amqp": {
                "is": "queue",
                "queue": {
                    "name": address,
                    "durable": True,
                    "exclusive": False,
                    "autoDelete": False,
                    "vhost": VHOST,
                },
                "bindingVersion": BINDING,
            }
        },
    }


def _messages(keys: Iterable[str]) -> JsonObject:
    return {key: {"$ref": MESSAGES + key} for key in keys}


def _send(publisher: str) -> JsonObject:
    return {
        "action": "send",
        "summary": f"{publisher} publishes what happened.",
        "channel": {"$ref": f"#/channels/{exchange_of(publisher)}"},
        "bindings": {"amqp": {"deliveryMode": 2, "bindingVersion": BINDING}},
    }
