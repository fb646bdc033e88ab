"""The words of the code that documents quote."""

import inspect

from hub_contracts.events import Event, RecordSchema
from hub_contracts.fields import Described


def meaning(event: type[Event]) -> tuple[str, str]:
    """What the event says and when it is published: the two paragraphs of its docstring."""
    what, _, when = (inspect.getdoc(event) or "").partition("\n\n")
    return " ".join(what.split()), " ".join(when.split())


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
    """The CloudEvents `dataschema` of an event."""
    return f"/schemas/{event.type}/{event.version}"
