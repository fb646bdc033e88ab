"""How subscribers look: the connection to hand over, a table, and everything about one."""

from collections.abc import Sequence
from typing import Any, Final

import typer
from rich.table import Table
from rich.text import Text

from hub_messaging.subscribers.event_selection import Catalogue
from hub_messaging.subscribers.history_selection import Filled
from hub_messaging.subscribers.limits import CHANNELS, CONNECTIONS, MEBIBYTE
from hub_messaging.subscribers.naming import dead_queue_of, queue_of, user_of
from hub_messaging.subscribers.queue_status import Age, SubscriberStatus
from hub_messaging.subscribers.state import RegisteredSubscriber
from hubctl.broker_places import Door
from hubctl.diagnosis import span
from hubctl.output import console, errors, instant, plain, print_json
from hubctl.shown import WIDE, say, table_of

AUTHORITY_FILE: Final = "hub-ca.pem"  # what docs/subscribing.md calls it


def connection(
    known: RegisteredSubscriber, door: Door, password: str, *, as_json: bool, filled: Filled | None = None
) -> None:
    """The connection of a subscriber, to be handed over: lines to paste into a shell, or JSON.

    `filled`: the history that waits in its queue; what is missing of it is told.
    """
    values = _connection(known, door, password)
    if as_json:
        told = {} if filled is None else {"history": plain(filled) | {"gaps": filled.gaps()}}
        print_json(values | told)
        return
    if filled is not None:
        _say_filled(filled)
    typer.echo(_pasted(values))
    if not door.open:
        errors().print(
            "Programs outside this deployment cannot reach this address: set HUB_SUBSCRIBERS_HOST and the "
            f"profile `subscribers` (docs/operations.md), then `hubctl subscribers rotate {known.name}`.",
            markup=False,
            style="yellow",
        )
    errors().print(
        f"{known.name} may read now. The password is shown this once and kept nowhere: "
        f"`hubctl subscribers rotate {known.name}` makes a new one. How to read: docs/subscribing.md.",
        markup=False,
    )


def _say_filled(filled: Filled) -> None:
    """What waits in the queue, and what does not, on standard error: the rest is pasted into a shell."""
    left_out = f" {filled.forged:,} forged messages were left out." if filled.forged else ""
    waiting = (
        f"{filled.events:,} events of history wait in the queue, {filled.live:,} newer ones behind them."
    )
    errors().print(waiting + left_out, markup=False)
    for sentence in filled.gaps():
        errors().print(sentence, markup=False, style="yellow")
    if filled.gaps():
        remedy = "hubctl log status compares the log with the outboxes; --from-outboxes may reach further."
        errors().print(f"Tell the subscriber. {remedy}", markup=False, style="yellow")


def _pasted(values: dict[str, Any]) -> str:
    """Lines that a shell takes: what a program reads from its environment, and the authority's file."""
    lines = [
        f"export HUB_EVENTS_URI='{values['uri']}'",
        f"export HUB_EVENTS_QUEUE='{values['queue']}'",
        f"# host {values['host']}, port {values['port']}, TLS {'yes' if values['tls'] else 'no'}",
        f"# virtual host {values['vhost']}, user {values['user']}",
        f"# password {values['password']}",
        f"# dead letters {values['dead_letter_queue']}",
    ]
    if values["ca"]:
        lines.insert(2, f"export HUB_EVENTS_CA='{AUTHORITY_FILE}'")
        lines += [f"cat >{AUTHORITY_FILE} <<'END'", values["ca"].strip(), "END"]
    return "\n".join(lines)


def _connection(known: RegisteredSubscriber, door: Door, password: str) -> dict[str, Any]:
    user = user_of(known.name)
    return {
        "name": known.name,
        "host": door.host,
        "port": door.port,
        "tls": door.tls,
        "vhost": door.vhost,
        "user": user,
        "password": password,
        "queue": queue_of(known.name),
        "dead_letter_queue": dead_queue_of(known.name),
        "uri": door.uri(user, password),
        "ca": door.authority or None,
        "open": door.open,
        "events": {publisher: list(keys) for publisher, keys in known.events.items()},
    }


def several(doing: Sequence[SubscriberStatus], *, as_json: bool) -> None:
    """A table of subscribers."""
    if as_json:
        print_json({"subscribers": [_told(one) for one in doing]})
        return
    if not doing:
        say("There is no subscriber.")
        return
    wide = console().width >= WIDE
    more = ["readers", "events"] if wide else []
    table = table_of("subscriber", *more, "waiting", "oldest", "last read", "dead", "limit")
    for one in doing:
        types = sum(len(keys) for keys in one.known.events.values())
        cells = [one.known.name, *([str(one.consumers), str(types)] if wide else [])]
        cells += [f"{one.messages:,}", age(one.oldest), age(one.last_read, never="not seen")]
        cells += [f"{one.dead:,}", f"{one.share:.0%}"]
        table.add_row(*map(Text, cells))
    console().print(table)


def one(doing: SubscriberStatus, *, as_json: bool) -> None:
    """Everything about one subscriber."""
    if as_json:
        print_json(_told(doing))
        return
    known, limits = doing.known, doing.limits
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    changed = f"{instant(known.changed_at)} by {known.changed_by}" if known.changed_at else "never"
    facts = {
        "subscriber": known.name,
        "queue": queue_of(known.name) + ("" if doing.exists else " (missing)"),
        "waiting": f"{doing.messages:,} ({doing.unacknowledged:,} delivered and not acknowledged)",
        "oldest": age(doing.oldest),
        "last read": age(doing.last_read, never="not since the broker counts"),
        "readers": f"{doing.consumers} of at most {CONNECTIONS} connections, {CHANNELS} channels",
        "dead letters": f"{doing.dead:,} in {dead_queue_of(known.name)}",
        "limits": f"{limits.messages:,} messages, {limits.size // MEBIBYTE:,} MiB, {limits.days} days; "
        f"{doing.share:.0%} used",
        "from": known.since,
        "asked for": ", ".join(known.asked),
        **{publisher: ", ".join(keys) for publisher, keys in known.events.items()},
        "added": f"{instant(known.added_at)} by {known.added_by}",
        "changed": changed,
    }
    for name, value in facts.items():
        table.add_row(name, Text(value))
    console().print(table)


def removed(name: str, *, as_json: bool) -> None:
    """What became of a removal."""
    if as_json:
        print_json({"removed": name})
    else:
        say(f"{name} is removed, with its user, its queues and all messages in them.")


def catalogue(known: Catalogue, *, as_json: bool) -> None:
    """What can be subscribed to."""
    if as_json:
        print_json({"publishers": {publisher: list(keys) for publisher, keys in known.items()}})
        return
    table = table_of("publisher", "event")
    for publisher, keys in known.items():
        for key in keys:
            table.add_row(Text(publisher), Text(key))
    console().print(table)


def age(value: Age | None, *, never: str = "–") -> str:
    """How long ago, as people say it."""
    if value is None:
        return never
    return span(value.seconds) if value.exact else f"over {span(value.seconds)}"


def _told(doing: SubscriberStatus) -> dict[str, Any]:
    told: dict[str, Any] = plain(doing)
    known: dict[str, Any] = told.pop("known")
    return known | told | {"share": doing.share}
