"""Read events of every released version with the current classes.

A version that is published, or read from history, has a class. A version without a class has an upcaster: a
function from its data to the data of the next version. The event log, which deletes nothing, stays readable
without a class for each version.
"""

from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from hub_contracts.events import Event
from hub_contracts.json_text import JsonMapping, JsonObject

E = TypeVar("E", bound=Event)
Upcaster = Callable[[JsonMapping], JsonObject]

# (type, version) → converter of its data to the next version. No version has been withdrawn yet.
UPCASTERS: Final[Mapping[tuple[str, int], Upcaster]] = {}


class UnknownVersion(LookupError):
    """This type and version has no class and no upcaster: it is newer than this package, or misspelt."""

    def __init__(self, type_: str, version: int) -> None:
        super().__init__(f"{type_}, version {version}, is not known")
        self.type, self.version = type_, version


def read(
    type_: str,
    version: int,
    data: JsonMapping,
    events: Mapping[str, type[E]],
    upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
) -> E:
    """Return the event with data of any released version.

    Args:
        type_: the event's type, without a version.
        version: the last part of its `dataschema`.
        data: its `data`.
        events: the classes by routing key.
        upcasters: applied in turn, until a version has a class.

    Raises:
        UnknownVersion: it has no class and no upcaster.
        marshmallow.ValidationError: the data breaks its schema; each field is named.
    """
    known = events.get(key_of(type_, version))
    while known is None:
        upcast = upcasters.get((type_, version))
        if upcast is None:
            raise UnknownVersion(type_, version)
        data, version = upcast(data), version + 1
        known = events.get(key_of(type_, version))
    return known.from_data(data)


def newest(
    event: Event,
    events: Mapping[str, type[Event]],
    upcasters: Mapping[tuple[str, int], Upcaster] = UPCASTERS,
) -> Event:
    """Return the event in the newest version that upcasters reach; the event itself where there are none.

    A subscriber to two versions of a type needs one handler only, for the newest.
    """
    found, data, version = event, event.to_data(), event.version
    while upcast := upcasters.get((event.type, version)):
        data, version = upcast(data), version + 1
        known = events.get(key_of(event.type, version))
        found = found if known is None else known.from_data(data)
    return found


def key_of(type_: str, version: int) -> str:
    """Return the routing key of a version of a type."""
    return type_ if version == 1 else f"{type_}.v{version}"
