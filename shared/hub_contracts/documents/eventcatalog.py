"""Pages in the form of EventCatalog: Markdown with attributes in YAML, whose values are written as JSON."""

import json
from collections.abc import Iterator, Mapping
from typing import Final

from hub_contracts.documents.catalogue import NO_PERSONAL_DATA, EventEntry, entry
from hub_contracts.documents.envelope import exchange_of
from hub_contracts.documents.flows import FLOWS, Flow
from hub_contracts.events import Event
from hub_contracts.json_text import JsonMapping, JsonObject

DOMAIN: Final = "maths-hub"
OPERATOR: Final = "operator"  # owns what is shared by services
SUBSCRIBER: Final = "subscriber"  # the channel of a subscriber's queue
WHITE: Final = {"backgroundColor": "white", "textColor": "black"}

Publishers = Mapping[str, tuple[type[Event], ...]]


def pages(publishers: Publishers, readers: Mapping[str, tuple[str, ...]], release: str) -> dict[str, str]:
    """Return every page: path → text. `release`: version of services, channels and flows."""
    events = {event.key: event for listed in publishers.values() for event in listed}
    services = sorted({*publishers, *(service for listed in readers.values() for service in listed)})
    found = {f"domains/{DOMAIN}/index.mdx": _domain(services, release)}
    for event in events.values():
        folder = f"services/{event.publisher}/events/{event.key}"
        found[f"{folder}/index.mdx"] = _event(entry(event, events, readers))
    for service in services:
        found[f"services/{service}/index.mdx"] = _service(service, events, readers, release)
        found[f"teams/{service}.mdx"] = _page(
            {"id": service, "name": f"{service} service", "summary": f"Owner of the events of {service}"},
            f"Only the {service} service defines and changes these events.\n",
        )
    found[f"teams/{OPERATOR}.mdx"] = _page(
        {"id": OPERATOR, "name": "The hub's operator", "summary": "Owner of the deployment"},
        "Runs the hub, authorises subscribers and answers their questions.\n",
    )
    for publisher in publishers:
        name = exchange_of(publisher)
        summary = f"The topic exchange of {publisher}; the routing key is the event's type."
        found[f"channels/{name}/index.mdx"] = _channel(name, name, summary, publisher, release)
    found[f"channels/{SUBSCRIBER}/index.mdx"] = _channel(
        SUBSCRIBER, "subscriber.{name}", "A subscriber's queue, which the operator makes.", OPERATOR, release
    )
    for flow in FLOWS:
        if set(flow.types) <= {event.type for event in events.values()}:
            owners = {event.publisher for event in events.values() if event.type in flow.types}
            found[f"flows/{flow.name}/index.mdx"] = _flow(flow, sorted(owners), release)
    return found


def version_of(event: type[Event]) -> str:
    """The version of an event as three numbers."""
    return f"{event.version}.0.0"


def _pointer(event: type[Event]) -> dict[str, str]:
    return {"id": event.key, "version": version_of(event)}


def _domain(services: list[str], release: str) -> str:
    told = {
        "id": DOMAIN,
        "name": "Maths Hub",
        "version": release,
        "summary": "Events of a Maths Hub: schools, teachers, Work Groups, visits and messages.",
        "owners": [OPERATOR],
        "services": [{"id": service, "version": release} for service in services],
        "flows": [{"id": flow.name, "version": release} for flow in FLOWS],
    }
    return _page(told, "<NodeGraph />\n")


def _service(
    name: str, events: Mapping[str, type[Event]], readers: Mapping[str, tuple[str, ...]], release: str
) -> str:
    own = [event for event in events.values() if event.publisher == name]
    read = [event for event in events.values() if name in readers.get(event.key, ())]
    told = {
        "id": name,
        "name": name.capitalize(),
        "version": release,
        "summary": f"The {name} service of a Maths Hub.",
        "owners": [name],
        "sends": [_pointer(event) | {"to": [_to(event.publisher)]} for event in own],
        "receives": [_pointer(event) | {"from": [_to(event.publisher)]} for event in read],
    }
    return _page(told, "<NodeGraph />\n")


def _to(publisher: str) -> dict[str, str]:
    return {"id": exchange_of(publisher)}


def _event(described: EventEntry) -> str:
    event = described.event
    told: JsonObject = {
        "id": event.key,
        "name": event.type,
        "version": version_of(event),
        "summary": described.meaning,
        "owners": [event.publisher],
        "channels": [{"id": described.exchange}, {"id": SUBSCRIBER}],
        "schemaPath": "schema.json",
    }
    if described.personal_data != NO_PERSONAL_DATA:
        told["badges"] = [{"content": "Pseudonyms", **WHITE}]
    if event.published_until is not None:
        told["deprecated"] = {"date": event.published_until.isoformat()}
    return _page(told, "\n".join(_body(described)) + "\n")


def _body(described: EventEntry) -> Iterator[str]:
    yield f"{_plain(described.trigger)}\n"
    yield f"Subject: `{described.event.about}`. Within it events arrive in the order of their `revision`.\n"
    for name, fields in {"Data": described.fields, **described.records}.items():
        yield f"## {name}\n"
        yield "| Field | Meaning | Unit | Source | Always |\n|---|---|---|---|---|"
        for field in fields:
            always = "yes" if field.required else "no"
            yield f"| `{field.name}` | {_plain(field.meaning)} | {field.unit} | {field.origin} | {always} |"
        yield ""
    yield '## Schema\n\n<SchemaViewer file="schema.json" />\n'
    yield "## Samples\n"
    for case, body in described.samples.items():
        sample = json.dumps(body, ensure_ascii=False, indent=2)
        yield f"{case.replace('_', ' ').capitalize()}:\n\n```json\n{sample}\n```\n"
    yield "<NodeGraph />"


def _channel(name: str, address: str, summary: str, owner: str, release: str) -> str:
    told: JsonObject = {
        "id": name,
        "name": address,
        "version": release,
        "summary": summary,
        "owners": [owner],
        "address": address,
        "protocols": ["amqp"],
        "deliveryGuarantee": "at-least-once",
    }
    if "{name}" in address:
        told["parameters"] = {
            "name": {"description": "The subscriber's name", "examples": ["data-warehouse"]}
        }
    return _page(told, "<NodeGraph />\n")


def _flow(flow: Flow, owners: list[str], release: str) -> str:
    steps = [
        {
            "id": type_,
            "title": type_,
            "message": {"id": type_, "version": "latest"},
            "next_steps": [{"id": following} for following in flow.steps.get(type_, ())],
        }
        for type_ in flow.types
    ]
    told = {
        "id": flow.name,
        "name": flow.title,
        "version": release,
        "summary": flow.text,
        "owners": owners,
        "steps": steps,
    }
    return _page(told, "<NodeGraph />\n")


def _page(attributes: JsonMapping, body: str) -> str:
    lines = [f"{name}: {json.dumps(value, ensure_ascii=False)}" for name, value in attributes.items()]
    return "\n".join(["---", *lines, "---", "", body])


def _plain(text: str) -> str:
    """Words that MDX takes for neither a tag nor an expression, in one cell of a table."""
    parts = text.split("`")
    outside = [
        part if n % 2 else part.replace("<", "&lt;").replace("{", "&#123;").replace("|", "\\|")
        for n, part in enumerate(parts)
    ]
    return "`".join(outside)
