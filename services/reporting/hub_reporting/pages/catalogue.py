"""Renders the catalogue of events: a page for each, their index, their schemas and the AsyncAPI document.

Pages are cached: they are public, and the process answers no other request for the milliseconds of rendering.
"""

import json
from functools import lru_cache
from typing import Final

from hub_contracts import EVENTS, MARKS, PUBLISHERS
from hub_contracts.documents.asyncapi import asyncapi
from hub_contracts.documents.catalogue import EventEntry, entry
from hub_contracts.documents.envelope import ATTRIBUTES, OPTIONAL, exchange_of
from hub_contracts.documents.flows import FLOWS, Flow
from hub_contracts.documents.json_schema import json_schema
from hub_contracts.documents.readers import readers
from hub_reporting.pages.diagram import Diagram, Plan, draw
from hub_reporting.pages.templating import TEMPLATES

ALL: Final = EVENTS | MARKS
SUBSCRIBER: Final = "subscriber.<name>"
LOG: Final = "hub.log"


@lru_cache(maxsize=2)
def index(hub_name: str) -> str:
    """Return the index: diagrams, the envelope, every event by publisher."""
    entries = {publisher: [_entry(event.key) for event in events] for publisher, events in PUBLISHERS.items()}
    return TEMPLATES.get_template("catalogue_index.html").render(
        hub_name=hub_name,
        entries=entries,
        marks=[_entry(key) for key in MARKS],
        attributes=ATTRIBUTES,
        optional=OPTIONAL,
        exchange_of=exchange_of,
        overview=overview(),
        flows=[(flow, _diagram(flow)) for flow in FLOWS],
        events_n=len(EVENTS),
    )


@lru_cache(maxsize=len(ALL))
def event(hub_name: str, key: str, schemas_url: str) -> str | None:
    """Return the page of the event with a routing key, or None for an unknown key."""
    if key not in ALL:
        return None
    found = _entry(key)
    return TEMPLATES.get_template("catalogue_event.html").render(
        hub_name=hub_name,
        e=found,
        samples={case: _pretty(body) for case, body in found.samples.items()},
        schema=address_of(found.event.type, found.event.version),
        data_schema=f"{schemas_url}/{found.event.type}/{found.event.version}",
        flows=[(flow, _diagram(flow, found.event.type)) for flow in FLOWS if found.event.type in flow.types],
    )


def schema(type_: str, version: str, schemas_url: str) -> str | None:
    """Return the JSON Schema of one version of an event's data as text, or None for an unknown version.

    Its `$id` is the address in `dataschema` of the hub's events.
    """
    for found in ALL.values():
        if (found.type, str(found.version)) == (type_, version):
            return _pretty(json_schema(found) | {"$id": f"{schemas_url}/{type_}/{version}"})
    return None


@lru_cache(maxsize=4)
def document(broker: str) -> str:
    """Return the AsyncAPI document of a hub; `broker` is the host and port for subscribers."""
    return _pretty(asyncapi(PUBLISHERS, tuple(MARKS.values()), readers=readers(), broker=broker))


def address_of(type_: str, version: int) -> str:
    """Return the path at which the hub serves the schema of a version."""
    return f"/schemas/{type_}/{version}"


def overview() -> Diagram:
    """Draw the services, their exchanges, and the queues bound to these."""
    exchanges = {publisher: exchange_of(publisher) for publisher in PUBLISHERS}
    arrows: dict[str, list[str]] = {publisher: [exchange] for publisher, exchange in exchanges.items()}
    for publisher, events in PUBLISHERS.items():
        subscribing = {service for one in events for service in readers().get(one.key, ())}
        arrows[exchanges[publisher]] = [*(f"{name}.in" for name in sorted(subscribing)), LOG, SUBSCRIBER]
    queues = dict.fromkeys(end for exchange in exchanges.values() for end in arrows[exchange])
    queues = dict.fromkeys([*(name for name in queues if name.endswith(".in")), LOG, SUBSCRIBER])
    return draw(
        Plan(
            name="overview",
            title="Publishers, exchanges and queues",
            columns=[list(PUBLISHERS), list(exchanges.values()), list(queues)],
            arrows=arrows,
            links={publisher: f"#{publisher}" for publisher in PUBLISHERS},
        )
    )


def _diagram(flow: Flow, chosen: str = "") -> Diagram:
    links = {type_: f"/events/{type_}" for type_ in flow.types if type_ != chosen}
    return draw(
        Plan(
            name=f"flow-{flow.name}",
            title=flow.title,
            columns=flow.columns(),
            arrows=flow.steps,
            links=links,
            chosen=chosen,
        )
    )


def _entry(key: str) -> EventEntry:
    return entry(ALL[key], ALL, readers())


def _pretty(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"
