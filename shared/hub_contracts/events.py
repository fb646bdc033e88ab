"""What every event is: facts that nobody can change, a type, a subject, and a schema to read and write it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from importlib import import_module
from types import ModuleType
from typing import Any, ClassVar, Self, cast

from marshmallow import EXCLUDE, Schema, ValidationError, missing


class BrokenEvent(Exception):
    """A publisher's mistake: no reader would take what it is about to say."""

    def __init__(self, type_: str, messages: Any) -> None:
        super().__init__(f"{type_}: {messages}")


class RecordSchema(Schema):
    """Reads and writes one dataclass, named by `makes`; a field that it does not know is ignored."""

    makes: ClassVar[type]
    origin: ClassVar[str] = ""  # where the values come from; empty: the publisher records them

    class Meta:
        """A later publisher may say more; that is no reader's problem."""

        unknown = EXCLUDE

    def read(self, data: Mapping[str, Any]) -> Any:
        """Build what the schema makes; each value passes through its own field's checks.

        `Schema.load` does the same and finds every fault at once, at twice the price; so it is asked
        only when there is a fault.

        Raises:
            ValidationError: naming each field at fault.
        """
        try:
            values = {
                name: field.deserialize(data.get(name, missing)) for name, field in self.load_fields.items()
            }
        except (ValidationError, AttributeError):
            values = self.load(data)
        return self.makes(**values)

    def write(self, record: Any) -> dict[str, Any]:
        """Say it in JSON values; what is not known is left out."""
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
            raise AttributeError(f"{owner.__name__} is no published event: it has no schema")
        return schema


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened. The class name is the event's type and, on the broker, its routing key.

    The class of a version from 2 on is named `<Type>V<version>`; its routing key is `<Type>.v<version>`.
    """

    type: ClassVar[str]
    key: ClassVar[str]  # the routing key
    version: ClassVar[int] = 1
    published_until: ClassVar[date | None] = None  # of a version beside a newer one: the last day
    publisher: ClassVar[str]  # the service that says it
    about: ClassVar[str]  # the subject's pattern; order is kept within a subject
    schema: ClassVar[RecordSchema]

    def __init_subclass__(cls) -> None:
        """Name the type after the class.

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
        """What it is about, such as `schools/110623`."""
        return self.about.format_map(vars(self))

    def to_data(self) -> dict[str, Any]:
        """The event as JSON values, an optional fact that is not known left out.

        Raises:
            BrokenEvent: a value is not what the published schema promises.
        """
        data = self.schema.write(self)
        try:
            self.schema.read(data)
        except ValidationError as exc:
            raise BrokenEvent(self.type, exc.messages) from exc
        return data

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """Read it back; fields that this version does not know are ignored.

        Raises:
            ValidationError: naming each field at fault.
        """
        event: Self = cls.schema.read(data)
        return event


# Set here, as the decorator above reads every attribute that the class body sets.
Event.schema = cast("RecordSchema", _AtFirstUse())


def registry(modules: Iterable[ModuleType]) -> dict[str, type[Event]]:
    """The events of some modules by routing key, in the order in which they are written there.

    Gives each its one schema, made once: making it costs a thousand times what reading an event does.

    Raises:
        ValueError: a version stands there twice, or an older one does not say until when it is published.
    """
    events: dict[str, type[Event]] = {}
    for module in modules:
        for schema in vars(module).values():
            makes = vars(schema).get("makes") if isinstance(schema, type) else None
            if isinstance(makes, type) and issubclass(makes, Event):
                if events.get(makes.key, makes) is not makes:
                    raise ValueError(f"{makes.key} stands there twice")
                makes.schema = schema()
                events[makes.key] = makes
    _require_dates(events.values())
    return events


def publishers(events: Mapping[str, type[Event]]) -> dict[str, tuple[type[Event], ...]]:
    """Each service that publishes, with its events."""
    return {
        publisher: tuple(event for event in events.values() if event.publisher == publisher)
        for publisher in dict.fromkeys(event.publisher for event in events.values())
    }


def versions_of(type_: str, events: Mapping[str, type[Event]]) -> list[type[Event]]:
    """The versions in which events of a type are published, the oldest first."""
    return sorted((one for one in events.values() if one.type == type_), key=lambda one: one.version)


def _require_dates(events: Iterable[type[Event]]) -> None:
    newest: dict[str, int] = {}
    for event in events:
        newest[event.type] = max(event.version, newest.get(event.type, 0))
    for event in events:
        if event.version < newest[event.type] and event.published_until is None:
            raise ValueError(f"{event.key} stands beside a newer version and says no published_until")
