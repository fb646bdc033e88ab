"""Texts and fields of events for documents."""

import inspect
from typing import Final

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Described

SCHEMAS: Final = "https://hub.example.org/schemas"  # events of a hub contain its own address


def meaning(event: type[Event]) -> tuple[str, str]:
    """Return the two paragraphs of an event's docstring: the fact, and the time of publication."""
    what, _, when = (inspect.getdoc(event) or "").partition("\n\n")
    return " ".join(what.split()), " ".join(when.split())


def title(event: type[Event]) -> str:
    """The type, from version 2 on with the version."""
    return event.type if event.version == 1 else f"{event.type}, version {event.version}"


def described_fields(schema: RecordSchema) -> dict[str, Described]:
    """The fields of a schema by name.

    Raises:
        TypeError: a field is marshmallow's own and so has no meaning to quote.
    """
    found: dict[str, Described] = {}
    for name, field in schema.fields.items():
        if not isinstance(field, Described):
            raise TypeError(f"{type(schema).__name__}.{name} has no meaning")
        found[name] = field
    return found


def data_schema_of(event: type[Event]) -> str:
    """The CloudEvents `dataschema` of an event, at the address that stands for a hub's own."""
    return f"{SCHEMAS}/{event.type}/{event.version}"
