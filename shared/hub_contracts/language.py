"""The published language as one value, from which documents and releases are generated."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from hub_contracts import EVENTS, MARKS
from hub_contracts.documents.envelope import envelope_schema, exchange_of
from hub_contracts.documents.json_schema import json_schema
from hub_contracts.documents.pages import pretty
from hub_contracts.events import Event
from hub_contracts.json_text import JsonObject
from hub_contracts.samples import EXAMPLES
from hub_contracts.upcasting import UPCASTERS, Upcaster


@dataclass(frozen=True)
class Language:
    """Events, marks, and the folder of their samples."""

    events: dict[str, type[Event]]
    marks: dict[str, type[Event]]
    samples: Path
    upcasters: Mapping[tuple[str, int], Upcaster] = field(default_factory=lambda: UPCASTERS)

    @property
    def all(self) -> dict[str, type[Event]]:
        """Events and marks by routing key."""
        return self.events | self.marks


OURS: Final = Language(EVENTS, MARKS, EXAMPLES)


def schemas(language: Language = OURS) -> dict[str, str]:
    """Return the JSON Schema of every event by file name, `<Type>.<version>.json`."""
    return {
        f"{event.type}.{event.version}.json": pretty(json_schema(event)) for event in language.all.values()
    }


def transport(language: Language = OURS) -> JsonObject:
    """Return the JSON Schema of the envelope, and the exchange, routing key and subject of each event.

    A mark has no exchange of its own: every service publishes it through its exchange.
    """
    return {
        "envelope": envelope_schema(),
        "events": {
            f"{event.type}.{event.version}": {
                "exchange": None if event.key in language.marks else exchange_of(event.publisher),
                "routing_key": event.key,
                "subject": event.about,
            }
            for event in language.all.values()
        },
    }
