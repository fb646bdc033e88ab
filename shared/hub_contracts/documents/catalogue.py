"""Entries of the catalogue as values, one for each event, for our pages and for other catalogues."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Final

from hub_contracts.documents.envelope import exchange_of, same_subject
from hub_contracts.documents.json_schema import record_schemas
from hub_contracts.documents.words import described_fields, meaning, title
from hub_contracts.events import Event, RecordSchema, versions_of
from hub_contracts.fields import Described, Record, Several
from hub_contracts.json_text import JsonMapping, JsonObject
from hub_contracts.samples import EXAMPLES, samples

NO_PERSONAL_DATA: Final = "none"
PSEUDONYMS: Final = "pseudonyms"  # ids of people, which enrolment alone can turn into names


@dataclass(frozen=True, kw_only=True)
class FieldEntry:
    """One field of an event's data."""

    name: str
    meaning: str
    unit: str
    origin: str  # source of its values
    required: bool
    pseudonym: bool
    choices: tuple[str, ...]  # permitted codes; empty: no list
    limits: str  # such as "1 or more" or a pattern; empty: none
    record: str  # type of the nested record or records; empty: none


@dataclass(frozen=True, kw_only=True)
class EventEntry:
    """One version of one event."""

    event: type[Event]
    readers: tuple[str, ...]  # services of the hub
    together: tuple[type[Event], ...]  # the other events of its subject
    versions: tuple[type[Event], ...]  # of its type, the oldest first
    samples: Mapping[str, JsonObject]

    @property
    def key(self) -> str:
        """The routing key, which is also the address in the catalogue."""
        return self.event.key

    @property
    def title(self) -> str:
        """The type, from version 2 on with the version."""
        return title(self.event)

    @property
    def meaning(self) -> str:
        """The first paragraph of its docstring: the fact."""
        return meaning(self.event)[0]

    @property
    def trigger(self) -> str:
        """The second paragraph of its docstring: the time of publication."""
        return meaning(self.event)[1]

    @property
    def exchange(self) -> str:
        """The exchange that it is published to; empty for a mark, which every service publishes."""
        return "" if " " in self.event.publisher else exchange_of(self.event.publisher)

    @property
    def published_until(self) -> date | None:
        """The last day of this version, where that has been stated."""
        return self.event.published_until

    @cached_property
    def fields(self) -> tuple[FieldEntry, ...]:
        """Entries of its fields, in order."""
        return _fields(self.event.schema, self.event.publisher)

    @cached_property
    def records(self) -> dict[str, tuple[FieldEntry, ...]]:
        """The records inside, by name."""
        found = record_schemas(self.event.schema)
        return {name: _fields(schema, self.event.publisher) for name, schema in found.items()}

    @property
    def pseudonyms(self) -> tuple[str, ...]:
        """The fields that stand for a person."""
        return tuple(field.name for field in self.fields if field.pseudonym)

    @property
    def personal_data(self) -> str:
        """Its class of personal data: `none` or `pseudonyms`."""
        return PSEUDONYMS if self.pseudonyms else NO_PERSONAL_DATA


def entry(
    event: type[Event],
    events: dict[str, type[Event]],
    readers: Mapping[str, tuple[str, ...]],
    folder: Path = EXAMPLES,
) -> EventEntry:
    """Describe one event. `events`: all, by routing key; `folder` has the samples."""
    return EventEntry(
        event=event,
        readers=readers.get(event.key, ()),
        together=tuple(same_subject(event, events)),
        versions=tuple(versions_of(event.type, events)),
        samples=samples(event.key, folder),
    )


def _fields(schema: RecordSchema, publisher: str) -> tuple[FieldEntry, ...]:
    return tuple(
        FieldEntry(
            name=name,
            meaning=field.meaning,
            unit=field.unit,
            origin=field.origin or schema.origin or f"{publisher} records it",
            required=field.required,
            pseudonym=field.pseudonym,
            choices=_choices(field),
            limits=_limits(field.json.get("items", field.json)),
            record=_record(field),
        )
        for name, field in described_fields(schema).items()
    )


def _choices(field: Described) -> tuple[str, ...]:
    return tuple(field.json.get("items", field.json).get("enum", ()))


def _record(field: Described) -> str:
    inner = field.inner if isinstance(field, Several) else field
    return str(inner.schema.makes.__name__) if isinstance(inner, Record) else ""


def _limits(json: JsonMapping) -> str:
    match json:
        case {"minimum": least, "maximum": most}:
            return f"{least} to {most}"
        case {"minimum": least}:
            return f"{least} or more"
        case {"pattern": pattern} if "x00" not in pattern:
            return str(pattern)
    return ""
