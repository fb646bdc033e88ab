"""The AsyncAPI 3.0 document: servers, the broker's channels, a message for each event."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from hub_contracts.documents.channels import BROKER, SECURITY, channels, operations, servers
from hub_contracts.documents.envelope import CONTENT_TYPE, envelope_schema
from hub_contracts.documents.json_schema import json_schema
from hub_contracts.documents.words import meaning, title
from hub_contracts.events import Event
from hub_contracts.json_text import JsonObject
from hub_contracts.samples import EXAMPLES, samples

COMPONENTS: Final = "#/components/schemas/"


def asyncapi(
    publishers: dict[str, tuple[type[Event], ...]],
    marks: tuple[type[Event], ...] = (),
    folder: Path = EXAMPLES,
    *,
    readers: Mapping[str, tuple[str, ...]] | None = None,
    broker: str = BROKER,
) -> JsonObject:
    """The whole document.

    Args:
        publishers: each service with its events.
        marks: what every service publishes in addition to them.
        folder: of the samples.
        readers: the services that read each event, by routing key.
        broker: host and port at which subscribers find it.
    """
    found = channels(publishers, marks, readers or {})
    events = [*(event for listed in publishers.values() for event in listed), *marks]
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Events of a Maths Hub",
            "version": "1.0.0",
            "description": "Events of the services of a Maths Hub, for each other and for subscribers.",
            "license": {"name": "MIT"},
        },
        "defaultContentType": CONTENT_TYPE,
        "servers": servers(broker),
        "channels": found,
        "operations": operations(publishers, found),
        "components": {
            "securitySchemes": SECURITY,
            "messages": {event.key: _message(event, folder) for event in events},
            "schemas": _schemas(events),
        },
    }


def _message(event: type[Event], folder: Path) -> JsonObject:
    what, when = meaning(event)
    described = {
        "type": {"const": event.type},
        "dataschema": {"pattern": f"/{event.type}/{event.version}$"},
        "data": {"$ref": COMPONENTS + event.key},
    }
    return {
        "name": event.key,
        "title": title(event),
        "summary": what,
        "description": when,
        "contentType": CONTENT_TYPE,
        "payload": {
            "allOf": [{"$ref": COMPONENTS + "Envelope"}, {"type": "object", "properties": described}]
        },
        "examples": [{"name": case, "payload": body} for case, body in samples(event.key, folder).items()],
    }


def _schemas(events: list[type[Event]]) -> JsonObject:
    found = {"Envelope": envelope_schema()}
    for event in events:
        records = COMPONENTS if event.version == 1 else f"{COMPONENTS}{event.key}."
        schema = json.loads(json.dumps(json_schema(event)).replace("#/$defs/", records))
        prefix = records.removeprefix(COMPONENTS)
        found |= {prefix + name: record for name, record in schema.pop("$defs", {}).items()}
        found[event.key] = {key: value for key, value in schema.items() if key not in {"$schema", "$id"}}
    return dict(sorted(found.items()))
