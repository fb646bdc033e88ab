"""The envelope of every event: CloudEvents 1.0.2 (CNCF, February 2022), structured JSON."""

from typing import Final

from hub_contracts.events import Event
from hub_contracts.json_text import JsonObject

CONTENT_TYPE: Final = "application/cloudevents+json"

# Attribute: its JSON Schema with its meaning. Those after `revision` may be absent.
ATTRIBUTES: Final[dict[str, JsonObject]] = {
    "specversion": {"const": "1.0", "description": "Version of CloudEvents"},
    "id": {
        "type": "string",
        "format": "uuid",
        "description": "Identity of the event, UUID version 7. The same id is the same event, redelivered",
    },
    "source": {
        "type": "string",
        "description": "Hub and service that published it, such as /hubs/cambridge/visits",
    },
    "type": {"type": "string", "description": "Type of the event"},
    "subject": {"type": "string", "description": "The thing that changed, such as visits/0199…"},
    "time": {
        "type": "string",
        "format": "date-time",
        "description": "Time of the fact, in UTC; not of the publication",
    },
    "datacontenttype": {"const": "application/json", "description": "Media type of data"},
    "dataschema": {
        "type": "string",
        "format": "uri",
        "description": "Which JSON Schema data follows; the last two parts are type and version. In events of"
        " earlier releases it is relative, as /schemas/VisitLogged/1",
    },
    "revision": {
        "type": "integer",
        "minimum": 1,
        "maximum": 2147483647,
        "description": "1, 2, 3 … within one subject of one source; a subscriber to some types sees gaps",
    },
    "correlationid": {"type": "string", "description": "Id of the request that started the chain of events"},
    "causationid": {"type": "string", "description": "Id of the event that caused this one"},
    "traceparent": {"type": "string", "description": "W3C Trace Context"},
    "after": {
        "type": "string",
        "description": "The newest earlier event of each type about this subject, such as"
        " VisitPlanned=1,VisitLogged=3: so a reader of some types tells a gap from what it never asked for",
    },
    "changeid": {
        "type": "string",
        "description": "Shared by the versions in which one change is published: the id of the event in the"
        " lowest. A reader that knows several versions counts one of them",
    },
}
OPTIONAL: Final = frozenset({"correlationid", "causationid", "traceparent", "after", "changeid"})


def envelope_schema() -> JsonObject:
    """Return the JSON Schema of an envelope with any data."""
    return {
        "type": "object",
        "properties": ATTRIBUTES | {"data": {"type": "object", "description": "Facts of the event"}},
        "required": [*(name for name in ATTRIBUTES if name not in OPTIONAL), "data"],
    }


def exchange_of(publisher: str) -> str:
    """Return the topic exchange of a publisher; the routing key is the event's type and version."""
    return f"{publisher}.events"


def same_subject(event: type[Event], events: dict[str, type[Event]]) -> list[type[Event]]:
    """Return the other events of the same subject, which share its order."""
    return [
        other
        for other in events.values()
        if other.type != event.type and (other.publisher, other.about) == (event.publisher, event.about)
    ]
