"""`hubctl heal`: have a service read missing events from the event log, or accept them as lost."""

import time
from typing import Annotated, Final

import typer

from hub_messaging import missing_events
from hub_messaging.operator_actions import Operator
from hub_messaging.topology import queue_of
from hubctl import flow, looking, shown
from hubctl.databases import opened
from hubctl.lost import RESTORE, FlowSeen
from hubctl.options import AsJson, By, Why, account, operator
from hubctl.output import NOTHING, print_json, progress, sentences
from hubctl.places import Hub, find_hub

LOOK_SECONDS: Final = 0.5
NO_READER_SECONDS: Final = 10.0  # time without a reader on its queue after which waiting ends
NOTHING_SECONDS: Final = 300.0  # time without a missing event after which waiting ends; the log may be long


@sentences
def heal(
    service: Annotated[str, typer.Argument(help="The service that misses events.")],
    give_up: Annotated[
        bool,
        typer.Option("--accept", help="Accept the missing events as permanently lost; this is recorded."),
    ] = False,
    by: By = "",
    why: Why = "",
    as_json: AsJson = False,
) -> None:
    """Have a running service read missing events from the event log; exit code 1 if some stay missing."""
    hub = find_hub()
    hub.chosen([service])
    before = flow.look(hub, service)
    if give_up:
        _accept(hub, before, operator(by, why), as_json=as_json)
        return
    if not (before.missing or before.gaps):
        _tell(before, before, read=True, as_json=as_json)
        return
    who = Operator(by.strip() or account(), why.strip() or "events are missing")
    read = _read(hub, before, who)
    after = flow.look(hub, service)
    _tell(before, after, read=read, as_json=as_json)
    if after.missing or after.gaps:
        raise typer.Exit(NOTHING)


def _read(hub: Hub, before: FlowSeen, who: Operator) -> bool:
    """Request the missing events and wait until the log was read; False when no reader does so."""
    with opened(hub, before.service) as session:
        listed = [one.routing_key for one in missing_events.received_counts(session)]
        # The missing event of a gap may have any type.
        asked = listed if before.gaps else [one.type for one in before.lost]
        missing_events.ask(session, queue_of(before.service), asked, who)
    runs = _is_read(hub, before.service)
    since, missing = time.monotonic(), before.missing
    with progress(f"{before.service}: reading the event log", before.missing) as tell:
        while True:
            time.sleep(LOOK_SECONDS)
            seen = flow.look(hub, before.service, patient=False)
            if not seen.healing:
                return True
            if seen.missing != missing:
                since, missing = time.monotonic(), seen.missing
            elif time.monotonic() - since > (NOTHING_SECONDS if runs else NO_READER_SECONDS):
                return False
            tell(max(0, before.missing - missing), before.missing)


def _is_read(hub: Hub, service: str) -> bool:
    """Return whether the service's queue has a reader; True where the broker cannot be asked."""
    return service not in hub.amqp_uris or looking.queue(service, hub.amqp_uris[service]).readers > 0


def _accept(hub: Hub, seen: FlowSeen, who: Operator, *, as_json: bool) -> None:
    lost = [(one.source, one.type, one.missing) for one in seen.lost]
    with opened(hub, seen.service) as session:
        gaps = missing_events.accept(session, queue_of(seen.service), lost, who)
    if as_json:
        print_json({"service": seen.service, "accepted": seen.lost, "gaps": gaps})
    else:
        shown.say(f"{seen.missing:,} missing events and {gaps:,} gaps were accepted as lost.")
    if not (lost or gaps):
        raise typer.Exit(NOTHING)


def _tell(before: FlowSeen, after: FlowSeen, *, read: bool, as_json: bool) -> None:
    healed = max(0, before.missing - after.missing)
    if as_json:
        told = {"service": after.service, "healed": healed, "missing": after.lost, "gaps": after.gaps}
        print_json(told | {"read": read})
        return
    if not (before.missing or before.gaps):
        shown.say("Nothing is missing.")
        return
    shown.say(f"{healed:,} of {before.missing:,} missing events were read from the event log.")
    for one in after.lost:
        shown.say(f"  {one.missing:,} {one.type} of {one.publisher} stay missing.")
    if after.gaps:
        shown.say(f"  {after.gaps:,} events took effect without an earlier one that never arrived.")
    if not read:
        shown.say(
            "The event log was not read: the service reads it once the service and the log are available."
        )
    elif after.missing or after.gaps:
        shown.say(
            f"The event log does not contain them: {RESTORE}, then hubctl heal {after.service}; "
            "--accept accepts them as lost."
        )
