"""Formatting of subscribers: the connection to pass on, a table, and the details of one."""

from collections.abc import Sequence
from typing import Final, TypedDict

import typer
from rich.table import Table
from rich.text import Text

from hub_messaging.subscribers.event_selection import Catalogue
from hub_messaging.subscribers.history_selection import Filled
from hub_messaging.subscribers.limits import CHANNELS, CONNECTIONS, MEBIBYTE
from hub_messaging.subscribers.naming import dead_queue_of, queue_of, user_of
from hub_messaging.subscribers.queue_status import Age, SubscriberStatus
from hub_messaging.subscribers.state import RegisteredSubscriber
from hubctl.broker_places import Endpoint
from hubctl.diagnosis import span
from hubctl.output import console, errors, fields_of, flattened, instant, print_json
from hubctl.shown import WIDE, say, table_of

AUTHORITY_FILE: Final = "hub-ca.pem"  # the name in docs/subscribing.md


class Connection(TypedDict):
    """The connection of a subscriber's program, as `--json` prints it."""

    name: str
    host: str
    port: int
    tls: bool
    vhost: str
    user: str
    password: str
    queue: str
    dead_letter_queue: str
    uri: str
    ca: str | None  # PEM certificates of the authority; None for a public one
    open: bool  # whether programs outside the deployment can reach it
    events: dict[str, list[str]]  # publisher → routing keys


def connection(
    known: RegisteredSubscriber,
    endpoint: Endpoint,
    password: str,
    *,
    as_json: bool,
    filled: Filled | None = None,
) -> None:
    """Print the connection of a subscriber to pass on: lines for a shell, or JSON.

    `filled` is the history in its queue, whose missing events are printed too.
    """
    values = _connection(known, endpoint, password)
    if as_json:
        history = {} if filled is None else {"history": fields_of(filled) | {"gaps": filled.gaps()}}
        print_json({**values, **history})
        return
    if filled is not None:
        _say_filled(filled)
    typer.echo(_pasted(values))
    if not endpoint.open:
        errors().print(
            "Programs outside this deployment cannot reach this address: set HUB_SUBSCRIBERS_HOST and the "
            f"profile `subscribers` (docs/operations.md), then `hubctl subscribers rotate {known.name}`.",
            markup=False,
            style="yellow",
        )
    errors().print(
        f"{known.name} can read now. The password is shown only once and not stored: "
        f"`hubctl subscribers rotate {known.name}` sets a new one. How to read: docs/subscribing.md.",
        markup=False,
    )


def _say_filled(filled: Filled) -> None:
    """Print the number of events in the queue, and of missing ones, on standard error."""
    left_out = f" {filled.forged:,} forged messages were left out." if filled.forged else ""
    waiting = f"{filled.events:,} events of history are in the queue, followed by {filled.live:,} newer ones."
    errors().print(waiting + left_out, markup=False)
    for sentence in filled.gaps():
        errors().print(sentence, markup=False, style="yellow")
    if filled.gaps():
        remedy = "hubctl log status compares the log with the outboxes; --from-outboxes may reach further."
        errors().print(f"Inform the subscriber. {remedy}", markup=False, style="yellow")


def _pasted(values: Connection) -> str:
    """Return lines for a shell: the environment of a program, and the file of the authority."""
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


def _connection(known: RegisteredSubscriber, endpoint: Endpoint, password: str) -> Connection:
    user = user_of(known.name)
    return {
        "name": known.name,
        "host": endpoint.host,
        "port": endpoint.port,
        "tls": endpoint.tls,
        "vhost": endpoint.vhost,
        "user": user,
        "password": password,
        "queue": queue_of(known.name),
        "dead_letter_queue": dead_queue_of(known.name),
        "uri": endpoint.uri(user, password),
        "ca": endpoint.authority or None,
        "open": endpoint.open,
        "events": {publisher: list(keys) for publisher, keys in known.events.items()},
    }


def several(doing: Sequence[SubscriberStatus], *, as_json: bool) -> None:
    """Print a table of subscribers."""
    if as_json:
        print_json({"subscribers": [_told(one) for one in doing]})
        return
    if not doing:
        say("There are no subscribers.")
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
    """Print the details of one subscriber."""
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
        "last read": age(doing.last_read, never="not since the broker started counting"),
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
    """Print the result of a removal."""
    if as_json:
        print_json({"removed": name})
    else:
        say(f"Removed {name} with its user, its queues and all messages in them.")


def catalogue(known: Catalogue, *, as_json: bool) -> None:
    """Print the types and versions of every publisher."""
    if as_json:
        print_json({"publishers": {publisher: list(keys) for publisher, keys in known.items()}})
        return
    table = table_of("publisher", "event")
    for publisher, keys in known.items():
        for key in keys:
            table.add_row(Text(publisher), Text(key))
    console().print(table)


def age(value: Age | None, *, never: str = "–") -> str:
    """Return a rounded age such as `3 min ago`, or `never`."""
    if value is None:
        return never
    return span(value.seconds) if value.exact else f"over {span(value.seconds)}"


def _told(doing: SubscriberStatus) -> dict[str, object]:
    return flattened(doing, "known") | {"share": doing.share}
