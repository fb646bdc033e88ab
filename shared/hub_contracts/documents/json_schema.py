"""JSON Schema 2020-12 of an event's `data`."""

from typing import Final

from hub_contracts.compatibility import PUBLISHED_UNTIL
from hub_contracts.documents.words import data_schema_of, described_fields, meaning
from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Described, Record, Several
from hub_contracts.json_text import JsonObject

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"


def json_schema(event: type[Event]) -> JsonObject:
    """Return the schema of one event. Further fields are permitted, as subscribers ignore them."""
    records = record_schemas(event.schema)
    definitions = {"$defs": {name: _object(schema) for name, schema in records.items()}} if records else {}
    return {
        "$schema": DIALECT,
        "$id": data_schema_of(event),
        "title": event.type,
        "description": " ".join(meaning(event)),
        **_promised(event),
        **_object(event.schema),
        **definitions,
    }


def _promised(event: type[Event]) -> JsonObject:
    """Return the last day of an older version, where it is stated."""
    if event.published_until is None:
        return {}
    return {"deprecated": True, PUBLISHED_UNTIL: event.published_until.isoformat()}


def record_schemas(schema: RecordSchema) -> dict[str, RecordSchema]:
    """The schemas of the records inside, by the name of what they make."""
    found: dict[str, RecordSchema] = {}
    for field in described_fields(schema).values():
        inner = field.inner if isinstance(field, Several) else field
        if isinstance(inner, Record):
            found[inner.schema.makes.__name__] = inner.schema
    return found


def _object(schema: RecordSchema) -> JsonObject:
    fields = described_fields(schema)
    return {
        "type": "object",
        "properties": {name: _property(field) for name, field in fields.items()},
        "required": [name for name, field in fields.items() if field.required],
    }


def _property(field: Described) -> JsonObject:
    """Return the schema of a field; an optional one may be absent or null."""
    known = {"description": field.meaning, **field.json}
    if field.required:
        return known
    codes = {"enum": [*known["enum"], None]} if "enum" in known else {}
    return known | {"type": [known["type"], "null"]} | codes
