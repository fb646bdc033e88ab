"""Events for tests, made from the checked samples: a test states only what matters to it."""

import difflib
import json
from dataclasses import fields
from datetime import UTC, datetime
from typing import Final, TypeVar, overload
from uuid import UUID, uuid4

from hub_contracts import EVENTS, MARKS, Event
from hub_contracts.json_text import JsonObject
from hub_contracts.samples import samples

HUB: Final = "test"
SCHEMAS: Final = "https://hub.example.org/schemas"
WHEN: Final = datetime(2025, 9, 1, 8, 0, tzinfo=UTC)
READABLE: Final = EVENTS | MARKS
SHOWN: Final = 3  # names that are proposed for one that does not exist

E = TypeVar("E", bound=Event)


@overload
def make(kind: type[E], **facts: object) -> E: ...


@overload
def make(kind: str, **facts: object) -> Event: ...


def make(kind: type[Event] | str, **facts: object) -> Event:
    """Make an event of a kind: its fullest sample with some facts of your own.

    Without facts it is always the same event. Facts are Python values, as the dataclass holds them; None
    leaves an optional one out.

    Args:
        kind: the class, or its routing key.
        facts: field → value.

    Raises:
        LookupError: there is no such kind.
        TypeError: the event has no such field.
        BrokenEvent: no subscriber would accept a value, so no publisher can send it.
    """
    event = kind_of(kind) if isinstance(kind, str) else kind
    known = [field.name for field in fields(event)]
    for name in facts:
        if name not in known:
            raise TypeError(f"{event.key} has no field {name!r}{_closest(name, known)}")
    fullest = max((body["data"] for body in samples(event.key).values()), key=len)
    sample = event.from_data(fullest)
    made = event(**{name: getattr(sample, name) for name in known} | facts)
    made.to_data()  # raises when a fact breaks the schema
    return made


def kind_of(key: str) -> type[Event]:
    """The event class of a routing key.

    Raises:
        LookupError: there is none; names the closest.
    """
    if key not in READABLE:
        raise LookupError(f"There is no event {key!r}{_closest(key, list(READABLE))}")
    return READABLE[key]


def source_of(event: type[Event], hub: str = HUB) -> str:
    """The source of an event's publisher; of a mark, as visits writes it."""
    return "/log/visits" if event.key in MARKS else f"/hubs/{hub}/{event.publisher}"


# Long: an argument for each attribute that a test may have a say in.
def body_of(
    event: Event,
    *,
    id: UUID | None = None,  # noqa: A002 - the attribute's name
    source: str | None = None,
    revision: int = 1,
    time: datetime = WHEN,
    after: str | None = None,
    **attributes: object,
) -> bytes:
    """The body of the message that tells an event, as the hub writes it.

    Args:
        event: what happened.
        id: of the event; a new one unless given.
        source: /hubs/test/<publisher> unless given.
        revision: within the event's subject.
        time: when it happened (aware).
        after: as in the envelope, such as `VisitPlanned=1`.
        attributes: more of the envelope, such as `correlationid`; None leaves one out.
    """
    said: JsonObject = {
        "specversion": "1.0",
        "id": str(id or uuid4()),
        "source": source or source_of(type(event)),
        "type": event.type,
        "subject": "log/visits" if event.key in MARKS else event.subject,
        "time": time.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "datacontenttype": "application/json",
        "dataschema": f"{SCHEMAS}/{event.type}/{event.version}",
        "revision": revision,
        "after": after,
        "data": event.to_data(),
    } | attributes
    return json.dumps({name: one for name, one in said.items() if one is not None}).encode()


def _closest(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, SHOWN)
    return f"; the closest are {', '.join(close)}." if close else "."
