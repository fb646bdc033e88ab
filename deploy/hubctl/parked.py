"""`hubctl parked`: deliveries whose attempts have all failed."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Final

import typer
from sqlalchemy.orm import Session

from hub_messaging import operator_actions, retries, stored_deliveries
from hub_messaging.delivery_states import UNFINISHED, DeliveryState
from hub_messaging.operator_actions import Operator
from hub_messaging.stored_deliveries import Key, Refused
from hub_platform.clocks import real_now
from hubctl import databases, forged, shown
from hubctl.databases import Found, Selection, by_service, opened, selected
from hubctl.editor import from_file, in_editor
from hubctl.options import AsJson, By, DryRun, Error, Request, Services, Type, Why, operator
from hubctl.output import NOTHING, print_json, progress, sentences
from hubctl.places import Hub, find_hub

app = typer.Typer(
    name="parked",
    help="Parked deliveries, whose attempts have all failed: show, replay, edit, drop.",
    no_args_is_help=True,
)

app.command("forged")(forged.forged)

STEP: Final = 1000  # deliveries changed in one transaction
Act = Callable[[Session, Sequence[Key], Operator], list[Key]]
Names = Annotated[
    list[str] | None, typer.Argument(metavar="[ID]...", help="Ids, or the start or end of ids.")
]
Everything = Annotated[bool, typer.Option("--all", help="Every parked delivery.")]


@app.command("list")
@sentences
def list_(
    service: Services = None,
    error: Error = None,
    type_: Type = None,
    grouped: Annotated[bool, typer.Option("--grouped", help="Group by error and type.")] = False,
    unfinished: Annotated[
        bool, typer.Option("--unfinished", help="Include retrying and held deliveries.")
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="Maximum number to list.")] = 50,
    as_json: AsJson = False,
) -> None:
    """List parked deliveries, oldest first; exit code 1 without any."""
    hub = find_hub()
    states = UNFINISHED if unfinished else (DeliveryState.PARKED,)
    rows, groups, total = [], [], 0
    for name in hub.chosen(service or []):
        with opened(hub, name) as session:
            total += stored_deliveries.count(session, states, error=error, type_=type_)
            if grouped:
                groups += [(name, group) for group in stored_deliveries.groups(session, states)]
                continue
            found = stored_deliveries.stored(session, states, error=error, type_=type_, limit=limit)
            rows += [Found(name, one) for one in found]
    rows = sorted(rows, key=lambda one: one.kept.received_at)[:limit]
    groups = [
        (name, g)
        for name, g in groups
        if (error is None or g.error == error) and (type_ is None or g.type == type_)
    ]
    if grouped:
        shown.groups(groups, as_json=as_json)
    else:
        shown.deliveries(rows, total, as_json=as_json)
    if not total:
        raise typer.Exit(NOTHING)


@app.command("show")
@sentences
def show(
    name: Annotated[str, typer.Argument(metavar="ID", help="An id, or its start or end.")],
    service: Services = None,
    as_json: AsJson = False,
) -> None:
    """Show one delivery: errors, attempts, times, body, deliveries held behind it, and operators' actions."""
    hub = find_hub()
    found = databases.one(hub, hub.chosen(service or []), name)
    with opened(hub, found.service) as session:
        everything = stored_deliveries.show(session, found.kept.key)
    shown.one(found.service, everything, as_json=as_json)


@app.command("replay")
@sentences
def replay(
    names: Names = None,
    error: Error = None,
    type_: Type = None,
    everything: Everything = False,
    service: Services = None,
    by: By = "",
    why: Why = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Retry parked deliveries at once: by id, by error or type, or all."""
    hub = find_hub()
    selection = Selection(names or [], error, type_, everything)
    found = selected(hub, hub.chosen(service or []), selection)
    parked = [one for one in found if one.kept.state == DeliveryState.PARKED]
    found = [one for one in parked if not retries.was_forged(one.kept)]
    if parked and not found:
        raise Refused(f"{parked[0].kept.key.event_id} {operator_actions.STAYS_FORGED}")

    def act(session: Session, keys: Sequence[Key], who: Operator) -> list[Key]:
        return operator_actions.replay(session, keys, who, real_now())

    _change(hub, found, act, "replayed", Request(by, why, dry_run, as_json))


@app.command("drop")
@sentences
def drop(
    names: Names = None,
    error: Error = None,
    type_: Type = None,
    everything: Everything = False,
    service: Services = None,
    by: By = "",
    why: Why = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Drop deliveries, so that later events of their subjects are handled; their bodies stay stored."""
    hub = find_hub()
    selection = Selection(names or [], error, type_, everything)
    found = selected(hub, hub.chosen(service or []), selection)
    found = [one for one in found if one.kept.state in operator_actions.OPEN_TO_CHANGE]
    _change(hub, found, operator_actions.drop, "dropped", Request(by, why, dry_run, as_json))


@app.command("edit")
@sentences
def edit(
    name: Annotated[str, typer.Argument(metavar="ID", help="An id, or its start or end.")],
    file: Annotated[
        Path | None, typer.Option("--file", help="File with the new body; - is standard input.")
    ] = None,
    then_replay: Annotated[bool, typer.Option("--replay", help="Retry it at once.")] = False,
    service: Services = None,
    by: By = "",
    why: Why = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Replace the body of a delivery, from a file or in $EDITOR; the original stays stored."""
    hub = find_hub()
    found = databases.one(hub, hub.chosen(service or []), name)
    with opened(hub, found.service) as session:
        body = stored_deliveries.show(session, found.kept.key).body
    new = in_editor(body) if file is None else from_file(file)
    who = operator(by, why)
    with opened(hub, found.service) as session:
        key = operator_actions.edit(session, found.kept.key, new, who)
        replayed = operator_actions.replay(session, [key], who, real_now()) if then_replay else []
        if dry_run:
            session.rollback()
    if as_json:
        print_json(
            {
                "edited": [{"service": found.service} | vars(key)],
                "replayed": bool(replayed),
                "dry_run": dry_run,
            }
        )
        return
    shown.done("edited", 1, 1, dry_run=dry_run)
    if not replayed:
        shown.say(f"Retry it with: hubctl parked replay {key.event_id}")


def _change(hub: Hub, found: Sequence[Found], act: Act, done: str, request: Request) -> None:
    """Change deliveries in steps, each in a transaction; rows locked by others are skipped."""
    who = request.operator()
    keys = by_service(found)
    total = sum(map(len, keys.values()))
    with progress(done, total) as tell:
        changed = _in_steps(hub, keys, act, who, lambda so_far: tell(so_far, total))
    if request.as_json:
        listed = [{"service": service} | vars(key) for service, key in changed]
        print_json({done: listed, "dry_run": request.dry_run})
    else:
        shown.done(done, len(changed), total, dry_run=request.dry_run)
    if not changed:
        raise typer.Exit(NOTHING)


def _in_steps(
    hub: Hub, keys: Mapping[str, Sequence[Key]], act: Act, who: Operator | None, tell: Callable[[int], None]
) -> list[tuple[str, Key]]:
    """Change deliveries in steps and return the changed ones; without an operator nothing changes.

    Raises:
        Refused: every step was refused.
    """
    changed: list[tuple[str, Key]] = []
    refused: Refused | None = None
    for service, listed in keys.items():
        for start in range(0, len(listed), STEP):
            step = listed[start : start + STEP]
            try:
                with opened(hub, service) as session:
                    changed += [(service, key) for key in (act(session, step, who) if who else step)]
            except Refused as exc:
                refused = exc  # a later step may succeed
            tell(len(changed))
    if refused is not None and not changed:
        raise refused
    return changed
