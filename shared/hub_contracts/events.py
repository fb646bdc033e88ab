"""Base classes of events: immutable facts with a type, a subject and a schema that reads and writes them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from types import ModuleType
from typing import Any, ClassVar, Self, cast

from marshmallow import EXCLUDE, Schema, ValidationError, missing

from hub_contracts.json_text import JsonMapping, JsonObject


class BrokenEvent(Exception):
    """The publisher's data breaks the published schema, so that no subscriber could read it."""

    def __init__(self, type_: str, messages: object) -> None:
        super().__init__(f"{type_}: {messages}")


class RecordSchema(Schema):
    """Reads and writes the dataclass `makes`; unknown fields are ignored."""

    makes: ClassVar[type]
    origin: ClassVar[str] = ""  # source of the values; empty: the publisher records them

    class Meta:
        """Ignore fields that a later publisher has added."""

        unknown = EXCLUDE

    def read(self, data: JsonMapping) -> Any:  # Any: an instance of `makes`
        """Return the dataclass that the schema makes, after checking each value.

        `Schema.load` does the same and reports every fault at once, in twice the time. It is called only
        after a fault.

        Raises:
            ValidationError: a value is invalid; the error names each field at fault.
        """
        try:
            values = {
                name: field.deserialize(data.get(name, missing)) for name, field in self.load_fields.items()
            }
        except (ValidationError, AttributeError):
            values = self.load(data)
        return self.makes(**values)

    def write(self, record: object) -> JsonObject:
        """Return the record as JSON values, without the fields that are None."""
        return {
            name: field.serialize(name, record)
            for name, field in self.dump_fields.items()
            if getattr(record, name) is not None
        }


class _AtFirstUse:
    """The schema of an event before the registry is imported, which then gives each event its own."""

    def __get__(self, event: object, owner: type) -> RecordSchema:
        import_module("hub_contracts.published")
        schema: RecordSchema | None = vars(owner).get("schema")
        if schema is None:
            raise AttributeError(f"{owner.__name__} is not a published event: it has no schema")
        return schema


@dataclass(frozen=True, kw_only=True)
class Event:
    """A past fact. The class name is the event's type and, on the broker, its routing key.

    The class of a version from 2 on is named `<Type>V<version>`; its routing key is `<Type>.v<version>`.
    """

    type: ClassVar[str]
    key: ClassVar[str]  # the routing key
    version: ClassVar[int] = 1
    published_until: ClassVar[date | None] = (
        None  # of an older version: the last day on which it is published
    )
    publisher: ClassVar[str]  # the publishing service
    about: ClassVar[str]  # pattern of the subject; events are ordered within a subject
    schema: ClassVar[RecordSchema]

    def __init_subclass__(cls) -> None:
        """Derive type and routing key from the class name.

        Raises:
            TypeError: a later version is not named after its type and number.
        """
        suffix = "" if cls.version == 1 else f"V{cls.version}"
        if not cls.__name__.endswith(suffix):
            raise TypeError(f"{cls.__name__} is version {cls.version}: its name must end with {suffix}")
        cls.type = cls.__name__.removesuffix(suffix)
        cls.key = cls.type if cls.version == 1 else f"{cls.type}.v{cls.version}"

    @property
    def subject(self) -> str:
        """The subject, such as `schools/110623`."""
        return self.about.format_map(vars(self))

    def to_data(self) -> JsonObject:
        """Return the event as JSON values, without optional facts that are None.

        Raises:
            BrokenEvent: a value breaks the published schema.
        """
        data = self.schema.write(self)
        try:
            self.schema.read(data)
        except ValidationError as exc:
            raise BrokenEvent(self.type, exc.messages) from exc
        return data

    @classmethod
    def from_data(cls, data: JsonMapping) -> Self:
        """Return the event with this data; fields that this version does not know are ignored.

        Raises:
            ValidationError: a value is invalid; the error names each field at fault.
        """
        event: Self = cls.schema.read(data)
        return event


# Set here, as the decorator above reads every attribute that the class body sets.
Event.schema = cast("RecordSchema", _AtFirstUse())


def registry(modules: Iterable[ModuleType]) -> dict[str, type[Event]]:
    """Return the events of modules by routing key, in the order of their definition.

    Create the schema of each class once: that takes a thousand times as long as reading an event.

    Raises:
        ValueError: a version is defined twice, or an older one has no `published_until`.
    """
    events: dict[str, type[Event]] = {}
    for module in modules:
        for schema in vars(module).values():
            makes = vars(schema).get("makes") if isinstance(schema, type) else None
            if isinstance(makes, type) and issubclass(makes, Event):
                if events.get(makes.key, makes) is not makes:
                    raise ValueError(f"{makes.key} is defined twice")
                makes.schema = schema()
                events[makes.key] = makes
    _require_dates(events.values())
    return events


def publishers(events: Mapping[str, type[Event]]) -> dict[str, tuple[type[Event], ...]]:
    """Return the events of each publishing service."""
    return {
        publisher: tuple(event for event in events.values() if event.publisher == publisher)
        for publisher in dict.fromkeys(event.publisher for event in events.values())
    }


def versions_of(type_: str, events: Mapping[str, type[Event]]) -> list[type[Event]]:
    """Return the published versions of a type, oldest first."""
    return sorted((one for one in events.values() if one.type == type_), key=lambda one: one.version)


def _require_dates(events: Iterable[type[Event]]) -> None:
    newest: dict[str, int] = {}
    for event in events:
        newest[event.type] = max(event.version, newest.get(event.type, 0))
    for event in events:
        if event.version < newest[event.type] and event.published_until is None:
            raise ValueError(f"{event.key} has a newer version but no published_until")
