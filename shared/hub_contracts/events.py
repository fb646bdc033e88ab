"""What every event is: facts that nobody can change, a type, a subject, and a schema to read and write it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, ClassVar, Self

from marshmallow import EXCLUDE, Schema, ValidationError, missing


class BrokenEvent(Exception):
    """A publisher's mistake: no reader would take what it is about to say."""

    def __init__(self, type_: str, messages: Any) -> None:
        super().__init__(f"{type_}: {messages}")


class RecordSchema(Schema):
    """Reads and writes one dataclass, named by `makes`; a field that it does not know is ignored."""

    makes: ClassVar[type]

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


@dataclass(frozen=True, kw_only=True)
class Event:
    """Something that happened. The class name is the event's type and, on the broker, its routing key."""

    type: ClassVar[str]
    version: ClassVar[int] = 1
    publisher: ClassVar[str]  # the service that says it
    about: ClassVar[str]  # the subject's pattern; order is kept within a subject
    schema: ClassVar[RecordSchema]

    def __init_subclass__(cls) -> None:
        """Name the type after the class."""
        cls.type = cls.__name__

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


def registry(modules: Iterable[ModuleType]) -> dict[str, type[Event]]:
    """The events of some modules by type, in the order in which they are written there.

    Gives each its one schema, made once: making it costs a thousand times what reading an event does.
    """
    events: dict[str, type[Event]] = {}
    for module in modules:
        for schema in vars(module).values():
            makes = vars(schema).get("makes") if isinstance(schema, type) else None
            if isinstance(makes, type) and issubclass(makes, Event):
                makes.schema = schema()
                events[makes.type] = makes
    return events
