"""`hubctl events show`: an event with its delivery to each service, or the description of an event type."""

import difflib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Final

import typer
from rich.table import Table
from rich.text import Text

from hub_contracts import EVENTS, MARKS, Event, Unreadable, parse
from hub_contracts.documents.json_schema import json_schema
from hub_contracts.documents.pages import page
from hub_messaging import lookup
from hub_messaging.lookup import Receipt, Recorded
from hub_messaging.stored_deliveries import Refused
from hub_messaging.topology import source_of
from hubctl.databases import opened
from hubctl.options import AsJson
from hubctl.output import console, instant, plain, print_json, printable, sentences
from hubctl.places import Hub, WrongUse, find_hub
from hubctl.shown import say, table_of

SHORTEST: Final = 8  # characters of an id's end, which is random; its beginning is the time
IDS: Final = re.compile(r"[0-9a-fA-F-]+")
PROPOSED: Final = 3
NOT_FOUND: Final = (
    "No publisher's outbox has an event {}: it is older than 400 days, of another hub, or was never "
    "recorded. hubctl events tail --since … reads the event log."
)


@dataclass(frozen=True)
class Found:
    """An event, its publisher, and its deliveries."""

    publisher: str
    recorded: Recorded
    body: bytes  # as it was sent
    receipts: Sequence[Receipt]
    missing_at: Sequence[str]  # services that subscribe to the type and have not received the event
    fault: str | None  # the violation of its schema; None when it conforms


def kind_named(key: str, known: Mapping[str, type[Event]]) -> type[Event]:
    """Return the event class of a type or routing key.

    Raises:
        WrongUse: there is none; the message names the closest.
    """
    if key not in known:
        close = difflib.get_close_matches(key, known, PROPOSED)
        raise WrongUse(f"There is no event {key!r}{'; the closest: ' if close else '.'}{', '.join(close)}")
    return known[key]


@sentences
def show(
    what: Annotated[str, typer.Argument(metavar="ID|TYPE", help="An event's id or its end, or a type.")],
    as_json: AsJson = False,
) -> None:
    """Show an event and the state of its delivery to each service, or describe an event type."""
    kind = (EVENTS | MARKS).get(what)
    if kind is not None:
        if as_json:
            print_json(json_schema(kind))
        else:
            say(page(kind, EVENTS | MARKS).partition("\n\n")[2].rstrip())
        return
    found = _find(find_hub(), what)
    if as_json:
        print_json(_as_json(found))
    else:
        _show(found)


def _find(hub: Hub, name: str) -> Found:
    """Find an event in the outboxes, and its deliveries in the inboxes.

    Raises:
        WrongUse: the name is neither a type nor an id, or too short.
        Refused: there is no such event, or there are several.
    """
    if not IDS.fullmatch(name):
        kind_named(name, EVENTS | MARKS)
    if len(name) < SHORTEST:
        raise WrongUse(f"{name} is too short: at least the last {SHORTEST} characters of an id are needed.")
    found: list[tuple[str, Recorded]] = []
    for service in hub.chosen([]):
        with opened(hub, service) as session:
            source = source_of(hub.hub_id, service)
            found += [(service, one) for one in lookup.recorded(session, source, name)]
    if not found:
        raise Refused(NOT_FOUND.format(printable(name)))
    if len(found) > 1:
        ids = ", ".join(str(one.envelope.id) for _, one in found[: lookup.LISTED_AT_MOST])
        raise Refused(f"{printable(name)} matches several events: {ids}. Give a longer part of the id.")
    ((publisher, one),) = found
    return _followed(hub, publisher, one)


def _followed(hub: Hub, publisher: str, one: Recorded) -> Found:
    receipts, missing = [], []
    for service in hub.chosen([]):
        with opened(hub, service) as session:
            receipt = lookup.received(session, service, one.envelope.source, str(one.envelope.id))
            if receipt is not None:
                receipts.append(receipt)
            elif lookup.subscribes_to(session, service, one.envelope.routing_key):
                missing.append(service)
    body, fault = one.envelope.to_bytes(hub.schemas_url), None
    try:
        parse(body)
    except Unreadable as exc:
        fault = str(exc)
    return Found(publisher, one, body, receipts, missing, fault)


def _as_json(found: Found) -> dict[str, object]:
    one = found.recorded
    return {
        "publisher": found.publisher,
        "routing_key": one.envelope.routing_key,
        "recorded_at": plain(one.recorded_at),
        "published_at": plain(one.published_at),
        "fault": found.fault,
        "event": json.loads(found.body),
        "received": plain(list(found.receipts)),
        "not_received": list(found.missing_at),
    }


def _show(found: Found) -> None:
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in _facts(found):
        if value:
            table.add_row(name, Text(value))
    console().print(table)
    console().print("\nData", style="bold")
    data = json.dumps(found.recorded.envelope.data, ensure_ascii=False, indent=2)
    for line in data.splitlines():
        say(printable(line))
    console().print("\nReceived by", style="bold")
    received = table_of("service", "state", "received", "tries", "error")
    for receipt in found.receipts:
        row = [receipt.service, receipt.state, instant(receipt.received_at), str(receipt.attempts)]
        received.add_row(*map(Text, [*row, printable(receipt.last_error)]))
    for service in found.missing_at:
        received.add_row(service, "not received", "", "", "")
    if received.row_count:
        console().print(received)
    else:
        say("No service subscribes to this event type.")


def _facts(found: Found) -> list[tuple[str, str]]:
    one, said = found.recorded.envelope, found.recorded
    return [
        ("Id", str(one.id)),
        ("Type", f"{one.type}, version {one.version} ({one.routing_key})"),
        ("Subject", f"{printable(one.subject)}, revision {one.revision}"),
        ("After", one.after or "no earlier event of this subject"),
        ("Source", printable(one.source)),
        ("Happened", instant(one.time)),
        ("Recorded", instant(said.recorded_at)),
        ("Published", instant(said.published_at) or "not yet: the relay will publish it"),
        ("Caused by", printable(one.causation_id)),
        ("Request", printable(one.correlation_id)),
        ("Change", printable(one.change_id)),
        ("Fault", found.fault or ""),
    ]
