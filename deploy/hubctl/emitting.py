"""`hubctl events emit`: an invented event, recorded in an outbox of a demonstration."""

import contextlib
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from string import Formatter
from typing import Annotated, Final

import typer
from marshmallow import ValidationError
from uuid_utils.compat import uuid7

from hub_contracts import EVENTS, Event
from hub_contracts.documents.words import described_fields
from hub_contracts.fields import Described, Id, Text
from hub_contracts.testing import make
from hub_messaging import lookup, outbox
from hub_messaging.lookup import Recorded
from hub_messaging.stored_deliveries import Refused
from hub_messaging.topology import source_of
from hub_platform.clocks import hub_time_of
from hubctl.databases import opened
from hubctl.event_shown import kind_named
from hubctl.options import AsJson, DryRun, account
from hubctl.output import print_json, printable, sentences
from hubctl.places import Hub, WrongUse, find_hub
from hubctl.shown import say

STANDARD_INPUT: Final = "-"
REAL: Final = (
    "This hub is not a demonstration: the clock of {} has not been set, as `make run` and `make up DEMO=1` "
    "do. Subscribers would handle an invented event as a fact, which cannot be undone. "
    "Nothing was emitted."
)


@sentences
def emit(
    type_: Annotated[str, typer.Argument(metavar="TYPE", help="The type of event, or its routing key.")],
    facts: Annotated[
        list[str] | None,
        typer.Option("--set", help="A field of data, such as half_days=2; a list as JSON."),
    ] = None,
    data: Annotated[
        str, typer.Option("--data", help="A file with all data as a JSON object; - is standard input.")
    ] = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Publish an invented event on a demonstration hub; by default the sample with the most fields."""
    event = _invented(type_, facts or [], data)
    recorded = _record(find_hub(), event, dry_run=dry_run)
    one = recorded.envelope
    if as_json:
        print_json({"event": json.loads(one.to_bytes()), "dry_run": dry_run})
        return
    about = f"{one.routing_key} about {printable(one.subject)}, revision {one.revision}"
    say(f"Would emit {about}." if dry_run else f"Emitted {about}: {one.id}. hubctl events show {one.id}")


def _invented(key: str, facts: list[str], data: str) -> Event:
    """Return the event of the options.

    Raises:
        WrongUse: the event or a field does not exist, or a value is not valid.
    """
    kind = kind_named(key, EVENTS)
    named = dict(_fact(kind, one) for one in facts)
    said = _read(data) if data else make(kind).to_data() | _new_subject(kind)
    try:
        return kind.from_data({name: one for name, one in (dict(said) | named).items() if one is not None})
    except ValidationError as exc:
        faults = "; ".join(f"{name}: {_words(one)}" for name, one in exc.messages_dict.items())
        raise WrongUse(f"No subscriber would accept this: {faults}") from None


def _new_subject(kind: type[Event]) -> dict[str, str]:
    """Return new ids for the event's subject, so that it is about no existing one."""
    named = {name for _, name, _, _ in Formatter().parse(kind.about) if name}
    fields = described_fields(kind.schema)
    return {name: str(uuid7()) for name in named if isinstance(fields.get(name), Id)}


def _fact(kind: type[Event], said: str) -> tuple[str, object]:
    """Parse `name=value`: the value as text where the field accepts it, otherwise as JSON.

    Raises:
        WrongUse: the field does not exist, or does not accept the value.
    """
    name, equals, text = said.partition("=")
    fields = described_fields(kind.schema)
    if not equals or name not in fields:
        raise WrongUse(
            f"--set is FIELD=VALUE; the fields of {kind.key} are {', '.join(fields)}; not {said!r}."
        )
    field = fields[name]
    refused = _refused(field, text)
    if refused is None:
        return name, text
    with contextlib.suppress(ValueError):
        value = json.loads(text)
        other = _refused(field, value)
        if other is None:
            return name, value
        refused = refused if isinstance(field, Text) else other
    raise WrongUse(f"{name} cannot be {text!r}: {refused}")


def _refused(field: Described, value: object) -> str | None:
    """Return the reason why a field refuses a value; None when it accepts it."""
    try:
        field.deserialize(value)
    except ValidationError as exc:
        return _words(exc.messages)
    return None


def _read(file: str) -> Mapping[str, object]:
    """Read all fields of data from a file.

    Raises:
        WrongUse: the file cannot be read, or is not a JSON object.
    """
    try:
        said = json.loads(sys.stdin.read() if file == STANDARD_INPUT else Path(file).read_text("utf-8"))
    except (OSError, ValueError) as exc:
        raise WrongUse(f"{file} cannot be read ({type(exc).__name__}).") from None
    if not isinstance(said, dict):
        raise WrongUse(f"{file} is not a JSON object.")
    return said


def _words(fault: object) -> str:
    return " ".join(map(str, fault)) if isinstance(fault, list) else str(fault)


def _record(hub: Hub, event: Event, *, dry_run: bool) -> Recorded:
    """Record the event in its publisher's outbox, at the demonstration's time; the relay publishes it.

    Raises:
        WrongUse: no setting names the publisher's database.
        Refused: the hub is not a demonstration.
    """
    with opened(hub, event.publisher) as session:
        now = hub_time_of(session)
        if now is None:
            raise Refused(REAL.format(event.publisher))
        id_ = outbox.record(session, event, occurred_at=now, by=f"hubctl events emit, {account()}")
        (recorded,) = lookup.recorded(session, source_of(hub.hub_id, event.publisher), str(id_))
        if dry_run:
            session.rollback()
    return recorded
