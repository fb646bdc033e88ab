"""The format of an event on the wire: CloudEvents 1.0.2 (CNCF, February 2022) in structured JSON."""

import json
from collections.abc import Container, Iterable
from datetime import UTC, datetime
from typing import ClassVar, Final, NamedTuple, Protocol, Self, cast, runtime_checkable
from uuid import UUID

from hub_messaging import json_text
from hub_messaging.json_text import JsonMapping, JsonObject, NotJson

CONTENT_TYPE: Final = "application/cloudevents+json"
SPEC_VERSION: Final = "1.0"
SCHEMAS: Final = "https://hub.example.org/schemas"  # base of schema URIs, unless a publisher sets another
LONGEST_NAME: Final = 255  # characters of a source, type or subject; they are keys of an index
HIGHEST_REVISION: Final = 2**31 - 1  # of PostgreSQL's integer
NO_INSTANT: Final = "time is not an instant with a time zone"


@runtime_checkable
class Event(Protocol):
    """The interface of an event class, which the published language implements."""

    type: ClassVar[str]
    version: ClassVar[int]
    publisher: ClassVar[str]

    @property
    def subject(self) -> str:
        """The thing that the event is about, such as `parcels/7`; order is kept within a subject."""

    def to_data(self) -> JsonObject:
        """Return the event's data as JSON values."""

    @classmethod
    def from_data(cls, data: JsonMapping) -> Self:
        """Return the event of some data; raises when they break the schema."""


class Undecodable(Exception):
    """A message that is not a valid envelope. It can never succeed, so it is parked at once."""


class Posted(NamedTuple):
    """An event ready to publish: the body and the message's properties."""

    id: str
    type: str
    routing_key: str
    source: str
    body: bytes


class Envelope(NamedTuple):
    """One event with the attributes that route, order and trace it."""

    id: UUID
    source: str  # /hubs/<hub>/<publisher>
    type: str
    version: int
    subject: str
    revision: int  # 1, 2, 3 … within one subject of one source
    time: datetime  # of the event, aware UTC
    data: JsonMapping
    correlation_id: str | None = None  # the request at the start of the chain of events
    causation_id: str | None = None  # the event whose handler recorded this one
    traceparent: str | None = None  # W3C Trace Context
    # The newest event of each type about this subject before this one, "ParcelSorted=1,ParcelWeighed=6".
    after: str | None = None
    change_id: str | None = None  # shared by the versions in which one change is published

    @property
    def routing_key(self) -> str:
        """The routing key, which subscribers bind to."""
        return routing_key_of(self.type, self.version)

    def to_bytes(self, schemas: str = SCHEMAS) -> bytes:
        """The structured JSON form; `schemas` is the absolute URI under which schemas are found."""
        return self.with_json(json.dumps(self.data, ensure_ascii=False, separators=(",", ":")), schemas)

    def with_json(self, data: str, schemas: str = SCHEMAS) -> bytes:
        """The structured JSON form around data that is JSON text already."""
        body: JsonObject = {
            "specversion": SPEC_VERSION,
            "id": str(self.id),
            "source": self.source,
            "type": self.type,
            "subject": self.subject,
            "time": self.time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "datacontenttype": "application/json",
            "dataschema": f"{schemas}/{self.type}/{self.version}",
            "revision": self.revision,
        }
        may_be_absent = {
            "correlationid": self.correlation_id,
            "causationid": self.causation_id,
            "traceparent": self.traceparent,
            "after": self.after,
            "changeid": self.change_id,
        }
        body |= {name: value for name, value in may_be_absent.items() if value is not None}
        head = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        return f'{head[:-1]},"data":{data}}}'.encode()

    def posted(self, schemas: str = SCHEMAS) -> Posted:
        """Return the event ready to publish."""
        return Posted(str(self.id), self.type, self.routing_key, self.source, self.to_bytes(schemas))

    def predecessor(self, types: Container[str]) -> int:
        """Return the latest earlier revision of this subject among these routing keys; 0 for none.

        A subscriber to these routing keys must have processed that revision before this one.
        """
        return newest_before(self.revision, self.after, types)

    @classmethod
    def from_bytes(cls, body: bytes) -> "Envelope":
        """Parse the structured JSON form; unknown extensions are ignored.

        Raises:
            Undecodable: naming the fault, without the body.
        """
        try:
            fields = _object(json_text.parse(body), "the message")
            if fields["specversion"] != SPEC_VERSION:
                raise Undecodable("not CloudEvents 1.0")
            return cls(
                id=_uuid(fields["id"]),
                source=_text(fields, "source"),
                type=_text(fields, "type"),
                version=_version(fields["dataschema"], fields["type"]),
                subject=_text(fields, "subject"),
                revision=_revision(fields["revision"]),
                time=_instant(fields["time"]),
                correlation_id=_words(fields, "correlationid"),
                causation_id=_words(fields, "causationid"),
                traceparent=_words(fields, "traceparent"),
                after=_words(fields, "after"),
                change_id=_words(fields, "changeid"),
                data=_object(fields["data"], "data"),
            )
        except KeyError as exc:
            raise Undecodable(f"no {exc.args[0]}") from exc
        except NotJson as exc:
            raise Undecodable(str(exc)) from exc


def newest_before(revision: int, after: str | None, types: Container[str]) -> int:
    """The highest revision below `revision` that `after` names for one of these routing keys; 0 for none."""
    newest = 0
    for part in (after or "").split(","):
        type_, _, named = part.partition("=")
        if type_ in types and named.isdecimal() and len(named) < 10:
            newest = max(newest, int(named))
    return min(newest, revision - 1)


def routing_key_of(type_: str, version: int) -> str:
    """The routing key of an event: its type, from version 2 on with the version, as `ParcelSorted.v2`."""
    return type_ if version == 1 else f"{type_}.v{version}"


def keys_by_publisher(event_classes: Iterable[type[Event]]) -> dict[str, frozenset[str]]:
    """Publisher → the routing keys of its events among these."""
    keys: dict[str, set[str]] = {}
    for one in event_classes:
        keys.setdefault(one.publisher, set()).add(routing_key_of(one.type, one.version))
    return {publisher: frozenset(listed) for publisher, listed in keys.items()}


def _version(schema: object, type_: object) -> int:
    """The version that a dataschema names, such as `https://hub.example.org/schemas/ParcelSorted/1`."""
    base, _, version = str(schema or "").rpartition("/")
    if schema and not isinstance(schema, str):
        raise Undecodable("dataschema is not text")
    if not base.endswith(f"/{type_}"):
        raise Undecodable("dataschema names another type")
    if not version.isdecimal() or len(version) > 4 or int(version) < 1:
        raise Undecodable("dataschema names no version")
    return int(version)


def _text(fields: JsonObject, name: str) -> str:
    if fields.get(name) is None:
        raise Undecodable(f"no {name}")
    value = _words(fields, name)
    if not value or len(value) > LONGEST_NAME:
        raise Undecodable(f"{name} is not text of 1 to {LONGEST_NAME} characters")
    return value


def _words(fields: JsonObject, name: str) -> str | None:
    value = fields.get(name)
    if value is not None and not isinstance(value, str):
        raise Undecodable(f"{name} is not text")
    # PostgreSQL cannot store either, so the event could never take effect.
    if value is not None and ("\x00" in value or not _is_unicode(value)):
        raise Undecodable(f"{name} contains NUL or an unpaired surrogate")
    return value


def _is_unicode(value: str) -> bool:
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _revision(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= HIGHEST_REVISION:
        raise Undecodable(f"revision is not a whole number from 1 to {HIGHEST_REVISION}")
    return value


def _uuid(value: object) -> UUID:
    try:
        return UUID(cast("str", value))
    except (ValueError, TypeError, AttributeError) as exc:
        raise Undecodable("id is not a UUID") from exc


def _instant(value: object) -> datetime:
    try:
        instant = datetime.fromisoformat(cast("str", value))
        utc = instant.astimezone(UTC)
    except (ValueError, TypeError, OverflowError) as exc:
        raise Undecodable(NO_INSTANT) from exc
    if instant.tzinfo is None:
        raise Undecodable(NO_INSTANT)
    return instant if instant.tzinfo is UTC else utc


def _object(value: object, name: str) -> JsonObject:
    if not isinstance(value, dict):
        raise Undecodable(f"{name} is no JSON object")
    return value
