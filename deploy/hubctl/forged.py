"""`hubctl parked forged`: forged events from before their origin was checked, and removal of their traces."""

import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Final

import typer
from rich.text import Text

from hub_messaging import forgeries
from hub_messaging.forgeries import BATCH, Forgery, Received
from hub_messaging.operator_actions import Operator
from hub_messaging.topology import source_of
from hub_platform.federation import foreign_sources
from hubctl import shown
from hubctl.databases import opened
from hubctl.options import AsJson, By, DryRun, Services, Why, operator
from hubctl.output import NOTHING, console, instant, print_json, printable, progress, sentences
from hubctl.places import SERVICES, Hub, WrongUse, find_hub

NEXT: Final = {"reporting": "Rebuild its read models: hubctl replay reporting."}
STAYS: Final = "Their effects, such as an e-mail that was sent, stay."
UNKNOWN_SOURCE: Final = "this hub receives no events from its source"


@dataclass
class Looked:
    """Entries of a service's inbox that no publisher recorded."""

    forged: list[Forgery] = field(default_factory=list)
    older: int = 0  # older than the rows of the outbox, which may have deleted them
    foreign: int = 0  # from other hubs, whose outboxes are not here


@sentences
def forged(
    service: Services = None,
    drop: Annotated[bool, typer.Option("--drop", help="Remove their traces from the inbox.")] = False,
    unknown_sources: Annotated[
        bool,
        typer.Option("--unknown-sources", help="Include other hubs that are not in HUB_FOREIGN_SOURCES."),
    ] = False,
    limit: Annotated[int, typer.Option(min=1, help="Maximum number to list.")] = 50,
    by: By = "",
    why: Why = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """List received events that no publisher of this hub recorded; exit code 1 without any.

    --drop removes their traces from the inbox, so that a rebuild of the read models works again.
    """
    hub = find_hub()
    who = operator(by, why) if drop and not dry_run else None
    looked = {name: _look(hub, name, unknown_sources=unknown_sources) for name in hub.chosen(service or [])}
    dropped = {name: _drop(hub, name, one.forged, who) for name, one in looked.items()} if who else {}
    if as_json:
        print_json(_as_json(looked, dropped, limit, dry_run=dry_run))
    else:
        _show(looked, dropped, limit, would=drop and dry_run)
    if not any(one.forged for one in looked.values()):
        raise typer.Exit(NOTHING)


def _look(hub: Hub, service: str, *, unknown_sources: bool) -> Looked:
    """Compare one inbox with the outboxes of the publishers that it names."""
    found, foreign = Looked(), _foreign(hub)
    with opened(hub, service) as session:
        for batch in forgeries.received(session):
            for source, rows in _by_source(batch).items():
                publisher = source.removeprefix(source_of(hub.hub_id, ""))
                if publisher in SERVICES and publisher != source:
                    _compare(hub, publisher, rows, found)
                elif publisher != source:  # this hub has no such service
                    found.forged += [Forgery(one, forgeries.NEVER_RECORDED) for one in rows]
                elif unknown_sources and source not in foreign:
                    found.forged += [Forgery(one, UNKNOWN_SOURCE) for one in rows]
                else:
                    found.foreign += len(rows)
    return found


def _foreign(hub: Hub) -> Mapping[str, str]:
    try:
        return foreign_sources(os.environ.get("HUB_FOREIGN_SOURCES", ""), hub.hub_id)
    except ValueError as exc:
        raise WrongUse(f"HUB_FOREIGN_SOURCES cannot be read: {exc}") from exc


def _by_source(batch: Sequence[Received]) -> dict[str, list[Received]]:
    found: dict[str, list[Received]] = {}
    for one in batch:
        found.setdefault(one.key.source, []).append(one)
    return found


def _compare(hub: Hub, publisher: str, rows: Sequence[Received], found: Looked) -> None:
    with opened(hub, publisher) as outbox:
        known = forgeries.recorded(outbox, [one.key.event_id for one in rows])
        since = forgeries.kept_since(outbox)
    for one in rows:
        recorded = known.get(one.key.event_id)
        if recorded is None and forgeries.is_older(one, since):
            found.older += 1
        elif (forgery := forgeries.compare(one, recorded)) is not None:
            found.forged.append(forgery)


def _drop(hub: Hub, service: str, found: Sequence[Forgery], who: Operator) -> list[Forgery]:
    """Remove the traces of forgeries in steps, each in a transaction."""
    undone: list[Forgery] = []
    with progress(f"{service}: dropped", len(found)) as tell:
        for start in range(0, len(found), BATCH):
            step = found[start : start + BATCH]
            reached = dict(_reached(hub, step))
            with opened(hub, service) as session:
                undone += forgeries.undo(session, step, reached, who)
            tell(len(undone), len(found))
    return undone


def _reached(hub: Hub, step: Sequence[Forgery]) -> Iterator[tuple[tuple[str, str], int]]:
    for source, rows in _by_source([one.received for one in step]).items():
        publisher = source.removeprefix(source_of(hub.hub_id, ""))
        if publisher in SERVICES:
            with opened(hub, publisher) as outbox:
                subjects = {one.subject for one in rows if one.subject is not None}
                for subject, revision in forgeries.reached_before(outbox, subjects).items():
                    yield (source, subject), revision


def _as_json(
    looked: Mapping[str, Looked], dropped: Mapping[str, Sequence[Forgery]], limit: int, *, dry_run: bool
) -> dict[str, object]:
    listed = [_described(name, one) for name, look in looked.items() for one in look.forged]
    return {
        "total": len(listed),
        "forged": listed[:limit],
        "older": sum(look.older for look in looked.values()),
        "foreign": sum(look.foreign for look in looked.values()),
        "dropped": sum(map(len, dropped.values())),
        "hidden": sum(one.hides is not None for look in looked.values() for one in look.forged),
        "dry_run": dry_run,
    }


def _described(service: str, one: Forgery) -> dict[str, object]:
    got = one.received
    facts = {"type": got.type, "subject": got.subject, "revision": got.revision, "state": got.state}
    return {"service": service} | vars(got.key) | facts | {"received_at": got.received_at, "why": one.why}


def _show(
    looked: Mapping[str, Looked],
    dropped: Mapping[str, Sequence[Forgery]],
    limit: int,
    *,
    would: bool,
) -> None:
    listed = [(name, one) for name, look in looked.items() for one in look.forged]
    if listed:
        table = shown.table_of("id", "service", "type", "subject", "state", "received", "error")
        for name, one in listed[:limit]:
            got = one.received
            row = [got.key.event_id[-shown.SHORT :], name, printable(got.type), printable(got.subject)]
            table.add_row(*map(Text, [*row, got.state, instant(got.received_at)[:16], one.why]))
        console().print(table)
    for sentence in _sentences(looked, dropped, len(listed), limit, would=would):
        shown.say(sentence)


def _sentences(
    looked: Mapping[str, Looked],
    dropped: Mapping[str, Sequence[Forgery]],
    total: int,
    limit: int,
    *,
    would: bool,
) -> Iterator[str]:
    yield f"{total} forged." + (f" {total - limit} are not listed: raise --limit." if total > limit else "")
    sums = Counter({"older": 0, "foreign": 0})
    for look in looked.values():
        sums.update(older=look.older, foreign=look.foreign)
    if sums["older"]:
        yield f"{sums['older']} are older than the rows of the outboxes and were left unchanged."
    if sums["foreign"]:
        yield f"{sums['foreign']} are from other hubs and were left unchanged."
    if would:
        yield f"{total} would be dropped."
    for name, undone in dropped.items():
        if undone:
            yield f"{name}: {len(undone)} dropped. {NEXT.get(name, STAYS)}"
        if any(one.hides for one in undone):
            yield f"{name} reads the genuine events that they hid from the event log."
