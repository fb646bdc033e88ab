"""Read the body of a message into a typed event, for `hub_contracts.parse`.

The envelope is CloudEvents 1.0 in structured JSON. Ambiguous JSON is refused, such as a name that occurs
twice in one object.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, Generic, TypeVar
from uuid import UUID

from marshmallow import ValidationError

from hub_contracts import json_text, upcasting
from hub_contracts.events import Event
from hub_contracts.json_text import JsonMapping, JsonObject

SPEC_VERSION: Final = "1.0"
LONGEST_NAME: Final = 255  # characters of a source, type or subject
HIGHEST_REVISION: Final = 2**31 - 1  # the limit of the publishers' database column

E_co = TypeVar("E_co", bound=Event, covariant=True)


class Unreadable(ValueError):
    """The message cannot be read as an event; the text gives the reason without quoting the message."""


class NotAnEvent(Unreadable):
    """The message is not CloudEvents 1.0 as a hub writes it: a fault of its sender."""


class UnknownEvent(Unreadable):
    """The installed package does not know this type, or this version of it: acknowledge and ignore it."""

    def __init__(self, type_: str, version: int) -> None:
        super().__init__(f"{type_}, version {version}, is not known to this release of mathshub-contracts")
        self.type, self.version = type_, version


class InvalidData(Unreadable):
    """`data` does not conform to the schema of the event's type: a fault of its publisher."""

    def __init__(self, key: str, faults: JsonMapping) -> None:
        super().__init__(f"data of {key} is invalid: {', '.join(sorted(map(str, faults)))}")
        self.key = key
        self.faults = faults  # field → error messages


@dataclass(frozen=True, kw_only=True)
class Received(Generic[E_co]):
    """One event with the attributes of its envelope."""

    id: UUID  # the same id is the same event, sent again
    source: str  # the service that published it, such as /hubs/cambridge/visits
    subject: str  # such as schools/110623; events are ordered within a subject of a source
    revision: int  # 1, 2, 3 … within the subject, counted over all types
    time: datetime  # when it happened, aware UTC
    event: E_co
    # Routing key → revision of the newest earlier event of that kind about this subject.
    after: Mapping[str, int] = field(default_factory=dict)
    correlation_id: str | None = None  # id of the request that started the chain of events
    causation_id: str | None = None  # id of the event that caused this one
    traceparent: str | None = None  # W3C Trace Context
    change_id: str | None = None  # shared by the versions in which one change is published

    @property
    def key(self) -> str:
        """The routing key: the type, from version 2 on with the version, as `VisitLogged.v2`."""
        return self.event.key

    def previous(self, *subscribed: type[Event] | str) -> int:
        """Return the revision that a subscriber to some kinds must have processed first; 0 for none.

        Args:
            subscribed: the event classes, or their routing keys, that the subscriber is bound to.
        """
        keys = {one if isinstance(one, str) else one.key for one in subscribed}
        return max((revision for key, revision in self.after.items() if key in keys), default=0)


def read(
    body: bytes | str | JsonMapping,
    events: Mapping[str, type[E_co]],
    upcasters: Mapping[tuple[str, int], upcasting.Upcaster] = upcasting.UPCASTERS,
) -> Received[E_co]:
    """Read the envelope and, by its class or an upcaster, the event.

    Args:
        body: of the message, or the JSON object that a client has already parsed.
        events: the readable event classes by routing key.
        upcasters: convert the data of a version without a class to the next version.

    Raises:
        NotAnEvent, UnknownEvent, InvalidData: all are `Unreadable`.
    """
    attributes = _object(body if isinstance(body, Mapping) else _json(body), "the message")
    try:
        if attributes["specversion"] != SPEC_VERSION:
            raise NotAnEvent("not CloudEvents 1.0")
        type_, data = _name(attributes, "type"), _object(attributes["data"], "data")
        version, envelope = _version(attributes["dataschema"], type_), _envelope(attributes)
    except KeyError as exc:
        raise NotAnEvent(f"no {exc.args[0]}") from exc
    try:
        return Received(event=upcasting.read(type_, version, data, events, upcasters), **envelope)
    except upcasting.UnknownVersion as exc:
        raise UnknownEvent(type_, version) from exc
    except ValidationError as exc:
        raise InvalidData(upcasting.key_of(type_, version), exc.messages_dict) from exc


def _envelope(attributes: JsonMapping) -> JsonObject:
    """Return the fields of `Received` except the event."""
    revision = _revision(attributes["revision"])
    return {
        "id": _uuid(attributes["id"]),
        "source": _name(attributes, "source"),
        "subject": _name(attributes, "subject"),
        "revision": revision,
        "time": _instant(attributes["time"]),
        "after": _after(_text(attributes, "after"), revision),
        "correlation_id": _text(attributes, "correlationid"),
        "causation_id": _text(attributes, "causationid"),
        "traceparent": _text(attributes, "traceparent"),
        "change_id": _text(attributes, "changeid"),
    }


def _json(body: bytes | str) -> object:
    try:
        return json_text.parse(body)
    except json_text.NotJson as exc:
        raise NotAnEvent(str(exc)) from exc


def _object(value: object, name: str) -> JsonMapping:
    if not isinstance(value, Mapping):
        raise NotAnEvent(f"{name} is no JSON object")
    return value


def _version(schema: object, type_: str) -> int:
    """Return the version in a dataschema, such as `https://hub.example.org/schemas/VisitLogged/1`."""
    if not isinstance(schema, str):
        raise NotAnEvent("dataschema is not text")
    base, _, version = schema.rpartition("/")
    if not base.endswith(f"/{type_}"):
        raise NotAnEvent("dataschema names another type")
    if not version.isdecimal() or len(version) > 4 or int(version) < 1:
        raise NotAnEvent("dataschema names no version")
    return int(version)


def _name(attributes: JsonMapping, attribute: str) -> str:
    value = _text(attributes, attribute)
    if value is None:
        raise NotAnEvent(f"no {attribute}")
    if not 1 <= len(value) <= LONGEST_NAME:
        raise NotAnEvent(f"{attribute} is not text of 1 to {LONGEST_NAME} characters")
    return value


def _text(attributes: JsonMapping, attribute: str) -> str | None:
    value = attributes.get(attribute)
    if value is None:
        return None
    if not isinstance(value, str):
        raise NotAnEvent(f"{attribute} is not text")
    # PostgreSQL stores neither NUL nor an unpaired surrogate.
    if "\x00" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise NotAnEvent(f"{attribute} contains NUL or an unpaired surrogate")
    return value


def _revision(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= HIGHEST_REVISION:
        raise NotAnEvent(f"revision is not a whole number from 1 to {HIGHEST_REVISION}")
    return value


def _uuid(value: object) -> UUID:
    try:
        return UUID(value if isinstance(value, str) else "")
    except ValueError as exc:
        raise NotAnEvent("id is not a UUID") from exc


def _instant(value: object) -> datetime:
    try:
        instant = datetime.fromisoformat(value if isinstance(value, str) else "")
        utc = instant.astimezone(UTC)
    except (ValueError, OverflowError) as exc:
        raise NotAnEvent("time is not an instant with a time zone") from exc
    if instant.tzinfo is None:
        raise NotAnEvent("time is not an instant with a time zone")
    return utc


def _after(text: str | None, revision: int) -> Mapping[str, int]:
    """Parse `VisitPlanned=1,VisitLogged=3`; parts of another form are ignored."""
    pairs = (part.partition("=") for part in (text or "").split(","))
    return {
        key: min(int(number), revision - 1)
        for key, _, number in pairs
        if number.isdecimal() and len(number) < 10
    }
