"""Markdown pages of the catalogue, one for each event, and their index."""

import json
from collections.abc import Iterator
from pathlib import Path

from hub_contracts.documents.envelope import ATTRIBUTES, OPTIONAL, exchange_of, same_subject
from hub_contracts.documents.json_schema import record_schemas
from hub_contracts.documents.words import data_schema_of, described_fields, meaning, title
from hub_contracts.events import Event, RecordSchema, versions_of
from hub_contracts.json_text import JsonObject
from hub_contracts.samples import EXAMPLES, samples

MADE = "<!-- Made by `python -m hub_contracts.generate --write`; change the code instead. -->"

INTRODUCTION = """
Events that the services of a Maths Hub publish to each other and to subscribers. Every event has a page with
its meaning, its fields and samples; for programs there are [JSON Schemas](schemas) (2020-12) and one
[AsyncAPI 3.0 document](asyncapi.json). A subscriber in Python installs `mathshub-contracts`, which needs
marshmallow alone:

```python
from hub_contracts import parse

received = parse(message.body)  # received.event is a frozen dataclass; what cannot be read raises Unreadable
```

[The package's page](../../shared/hub_contracts/README.md) has a whole subscriber with its tests: events for
tests, an in-memory bus and fixtures for pytest are part of the package.

## The envelope

CloudEvents 1.0 in structured JSON, content type `application/cloudevents+json`. Each publisher has one
durable topic exchange; the routing key is the event's type, from version 2 on with the version, such as
`VisitLogged.v2`.
"""

PROMISES = """
## Guarantees for subscribers

- Order: events of one `subject` arrive in the order of their `revision`. Between subjects there is no order.
- Repeats: an event may arrive more than once, always with the same `id`. A subscriber
  ignores an `id` that it has processed.
- Versions: a version may only gain optional fields; subscribers ignore unknown fields. A changed
  meaning, a new required field or another list of codes is a new version with a routing key of its own, so
  that a subscriber bound to version 1 never receives it. [Each release](../releases/README.md) is stored, and
  `make check` refuses a change that breaks a subscriber to any of them.
- Two versions at a time: page and schema of the older one (`x-published-until`) state the last day on which
  it is published, and no release ends it earlier. Until then each change is two events with consecutive
  `revision`s, the newer version first, and one `changeid`. Bind one of them. To change to the newer version,
  bind it, ignore each event whose `changeid` you have counted already, then unbind the older one.
- Absent: an optional field without a value is left out; `null` means the same.
- Personal data: no names, addresses, telephone numbers, teacher reference numbers or free text. Ids of people
  are pseudonyms, which only enrolment can resolve to names.
"""

MARKS = """## Other messages in the event log

Every service publishes these through its own exchange. Subscribers may ignore them.
"""


def index(publishers: dict[str, tuple[type[Event], ...]], marks: tuple[type[Event], ...] = ()) -> str:
    """Return the index: the envelope, the guarantees, and every event by publisher."""
    return "\n".join([MADE, "", "# Events", *_index(publishers, marks)]) + "\n"


def page(event: type[Event], events: dict[str, type[Event]], folder: Path = EXAMPLES) -> str:
    """Return the page of one event; `folder` has the samples."""
    return "\n".join([MADE, "", f"# {title(event)}", *_page(event, events, folder)]) + "\n"


def _index(publishers: dict[str, tuple[type[Event], ...]], marks: tuple[type[Event], ...]) -> Iterator[str]:
    yield INTRODUCTION
    yield "| Attribute | Always | Meaning |\n|---|---|---|"
    for name, schema in ATTRIBUTES.items():
        yield f"| `{name}` | {'no' if name in OPTIONAL else 'yes'} | {schema['description']} |"
    yield "| `data` | yes | Facts of the event: see its page |"
    yield PROMISES.rstrip()
    for publisher, listed in publishers.items():
        yield f"\n## {publisher}\n\nExchange `{exchange_of(publisher)}`.\n"
        yield "| Event | Meaning | Subject |\n|---|---|---|"
        for event in listed:
            yield f"| [{title(event)}]({event.key}.md) | {meaning(event)[0]} | `{event.about}` |"
    if marks:
        yield f"\n{MARKS}"
        yield "| Message | Meaning | Subject |\n|---|---|---|"
        for mark in marks:
            yield f"| [{title(mark)}]({mark.key}.md) | {meaning(mark)[0]} | `{mark.about}` |"


def _page(event: type[Event], events: dict[str, type[Event]], folder: Path) -> Iterator[str]:
    what, when = meaning(event)
    name = f"{event.type}.{event.version}.json"
    yield f"\n{what} {when}\n"
    yield "| | |\n|---|---|"
    yield f"| Publisher | {_publisher(event)} |"
    yield f"| Routing key | `{event.key}` |"
    yield f"| Subject | `{event.about}` |"
    yield f"| Version | {event.version}, `{data_schema_of(event)}`: [JSON Schema](schemas/{name}) |"
    yield f"| Personal data | {_personal(event)} |"
    yield "\n## Data\n"
    yield _table(event.schema)
    for record, schema in record_schemas(event.schema).items():
        yield f"\n### {record}\n"
        yield _table(schema)
    yield f"\n## Order and repeats\n\n{_order(event, events)}"
    yield "\n## Samples"
    for case, body in samples(event.key, folder).items():
        yield f"\n{case.replace('_', ' ').capitalize()}:\n\n```json\n{pretty(body)}```"
    yield f"\n## Versions\n\n{_versions(event, events)}"


def _publisher(event: type[Event]) -> str:
    if " " in event.publisher:  # of a mark: no service alone
        return f"{event.publisher}, each through its own exchange"
    return f"{event.publisher}, exchange `{exchange_of(event.publisher)}`"


def _personal(event: type[Event]) -> str:
    fields = described_fields(event.schema).items()
    pseudonyms = [f"`{name}`" for name, field in fields if field.pseudonym]
    if not pseudonyms:
        return "none"
    return f"no names; pseudonyms: {', '.join(pseudonyms)}"


def _table(schema: RecordSchema) -> str:
    lines = ["| Field | Type | Required | Meaning |", "|---|---|---|---|"]
    for name, field in described_fields(schema).items():
        required = "yes" if field.required else "no"
        lines.append(f"| `{name}` | {_type(field.json)} | {required} | {field.meaning} |")
    return "\n".join(lines)


def _type(json_schema: JsonObject) -> str:
    """Return a short description of a JSON Schema."""
    match json_schema:
        case {"$ref": ref}:
            return f"[{ref.rpartition('/')[2]}](#{ref.rpartition('/')[2].lower()})"
        case {"type": "array", "items": items}:
            return f"list of {_type(items)}"
        case {"enum": choices}:
            return ", ".join(f"`{choice}`" for choice in choices)
        case {"additionalProperties": _}:
            return "whole numbers by name"
        case {"format": "date-time"}:
            return "instant"
        case {"format": shape}:
            return str(shape)
        case {"type": kind, "minimum": least, "maximum": most}:
            return f"{kind}, {least} to {most}"
        case {"type": kind, "minimum": least}:
            return f"{kind}, {least} or more"
        case {"type": "string", "pattern": pattern} if "x00" not in pattern:
            return f"string `{pattern}`"
    return str(json_schema["type"])


def _order(event: type[Event], events: dict[str, type[Event]]) -> str:
    others = same_subject(event, events)
    shared = ""
    if others:
        links = ", ".join(f"[{title(other)}]({other.key}.md)" for other in others)
        shared = f" The same subject also carries {links}: `revision` counts through all of them."
    return (
        f"Events of one subject, `{event.about}`, arrive in the order of their `revision`; between subjects "
        f"there is no order.{shared} An event may arrive more than once, with the same `id`; a subscriber "
        "that stores processed ids, or the highest `revision` of each subject, ignores repeats."
    )


def _versions(event: type[Event], events: dict[str, type[Event]]) -> str:
    others = [other for other in versions_of(event.type, events) if other is not event]
    gains = "It can gain optional fields, so subscribers ignore unknown fields; any other change is"
    if not others:
        return (
            f"{event.version} is the only one. {gains} a new version, published together with this one for "
            "an announced time."
        )
    listed = ", ".join(f"[version {other.version}]({other.key}.md), `{other.key}`" for other in others)
    until = event.published_until
    promise = f" This one is published until {until:%-d %B %Y}." if until else ""
    return (
        f"Published together with {listed}.{promise} A change that is published in several versions has the "
        f"same `changeid` in each. {gains} another version."
    )


def pretty(body: JsonObject) -> str:
    """Return JSON text as in the files of the catalogue."""
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"
