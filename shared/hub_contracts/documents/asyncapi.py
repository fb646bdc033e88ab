"""The AsyncAPI 3.0 document: a channel for each publisher's exchange, a message for each event."""

import json
from typing import Any, Final

from hub_contracts.documents.envelope import CONTENT_TYPE, envelope_schema, exchange_of
from hub_contracts.documents.json_schema import json_schema
from hub_contracts.documents.words import data_schema_of, meaning
from hub_contracts.events import Event
from hub_contracts.samples import samples

COMPONENTS: Final = "#/components/schemas/"


def asyncapi(publishers: dict[str, tuple[type[Event], ...]]) -> dict[str, Any]:
    """The whole document."""
    events = [event for listed in publishers.values() for event in listed]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Events of a Maths Hub",
            "version": "1.0.0",
            "description": "What the services of a Maths Hub tell each other and their subscribers.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {exchange_of(name): _channel(name, listed) for name, listed in publishers.items()},
        "operations": {f"{name}.publish": _operation(name) for name in publishers},
        "components": {
            "messages": {event.type: _message(event) for event in events},
            "schemas": _schemas(events),
        },
    }


def _channel(publisher: str, events: tuple[type[Event], ...]) -> dict[str, Any]:
    types = [event.type for event in events]
    return {
        "address": "{type}",
        "title": exchange_of(publisher),
        "description": f"Everything that {publisher} publishes. The routing key is the event's type.",
        "parameters": {"type": {"description": "The event's type", "enum": types}},
        "messages": {type_: {"$ref": f"#/components/messages/{type_}"} for type_ in types},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {
                    "name": exchange_of(publisher),
                    "type": "topic",
                    "durable": True,
                    "autoDelete": False,
                },
                "bindingVersion": "0.3.0",
            }
        },
    }


def _operation(publisher: str) -> dict[str, Any]:
    return {
        "action": "send",
        "summary": f"{publisher} publishes what happened.",
        "channel": {"$ref": f"#/channels/{exchange_of(publisher)}"},
        "bindings": {"amqp": {"deliveryMode": 2, "bindingVersion": "0.3.0"}},
    }


def _message(event: type[Event]) -> dict[str, Any]:
    what, when = meaning(event)
    described = {
        "type": {"const": event.type},
        "dataschema": {"const": data_schema_of(event)},
        "data": {"$ref": COMPONENTS + event.type},
    }
    return {
        "name": event.type,
        "title": event.type,
        "summary": what,
        "description": when,
        "contentType": CONTENT_TYPE,
        "payload": {
            "allOf": [{"$ref": COMPONENTS + "Envelope"}, {"type": "object", "properties": described}]
        },
        "examples": [{"name": case, "payload": body} for case, body in samples(event.type).items()],
    }


def _schemas(events: list[type[Event]]) -> dict[str, Any]:
    found = {"Envelope": envelope_schema()}
    for event in events:
        schema = json.loads(json.dumps(json_schema(event)).replace("#/$defs/", COMPONENTS))
        found |= schema.pop("$defs", {})
        found[event.type] = {key: value for key, value in schema.items() if key not in {"$schema", "$id"}}
    return dict(sorted(found.items()))
