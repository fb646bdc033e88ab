"""`hubctl subscribers`: programs of other organisations that read events."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from hub_messaging.subscribers import lifecycle, queue_status, state
from hub_messaging.subscribers.event_selection import chosen
from hub_messaging.subscribers.limits import MEBIBYTE, Limits
from hub_messaging.subscribers.naming import require_name
from hub_messaging.subscribers.new_subscriber import bind_from_now
from hub_messaging.subscribers.state import RegisteredSubscriber
from hub_platform.clocks import real_now
from hubctl import subscriber_shown as shown
from hubctl.broker_places import broker_answering, find_administrator, find_endpoint
from hubctl.catalogue import CATALOGUE
from hubctl.editor import at_a_terminal
from hubctl.options import AsJson, By, account
from hubctl.output import NOTHING, leave, sentences
from hubctl.places import SERVICES, WrongUse, find_hub
from hubctl.subscriber_history import FromHistory

NOW: Final = "now"
BEGINNING: Final = "beginning"

Name = Annotated[str, typer.Argument(help="The subscriber: lower-case letters, digits, hyphens.")]
Events = Annotated[
    list[str],
    typer.Option("--events", "-e", help="Types, publishers or `all`; separated by commas, or repeated."),
]
Messages = Annotated[
    int | None, typer.Option("--max-messages", min=1_000, help="Limit of its queue in messages.")
]
Mebibytes = Annotated[int | None, typer.Option("--max-mib", min=1, help="Limit of its queue in MiB.")]
Days = Annotated[
    int | None, typer.Option("--max-days", min=1, max=366, help="Days after which a message is dropped.")
]

app = typer.Typer(
    name="subscribers",
    help="Subscribers: programs of other organisations that read this hub's events.",
    no_args_is_help=True,
)


@app.command("add")
@sentences
def add(
    name: Name,
    events: Events,
    since: Annotated[
        str, typer.Option("--from", help="Start of history: now, beginning, or an instant (ISO 8601).")
    ] = NOW,
    from_outboxes: Annotated[
        bool, typer.Option("--from-outboxes", help="Read history from the outboxes instead of the event log.")
    ] = False,
    messages: Messages = None,
    mebibytes: Mebibytes = None,
    days: Days = None,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Add a subscriber with a broker user and a queue of its own. The password is shown only once."""
    with broker_answering():
        require_name(name, SERVICES)
        selected = {publisher: tuple(sorted(keys)) for publisher, keys in chosen(events, CATALOGUE).items()}
        start = since_when(since, real_now())
        known = RegisteredSubscriber(
            name=name,
            asked=tuple(events),
            events=selected,
            since=start if isinstance(start, str) else start.isoformat(),
            added_at=real_now(),
            added_by=by.strip() or account(),
        )
        administrator = find_administrator()
        endpoint = find_endpoint(administrator.uri)
        limits = _limits(Limits(), messages, mebibytes, days)
        history = _history(start, administrator.uri, from_outboxes=from_outboxes)
        fill = history or bind_from_now
        password = lifecycle.add(administrator.uri, administrator.management, known, limits, fill=fill)
    shown.connection(known, endpoint, password, as_json=as_json, filled=history.filled if history else None)


@app.command("change")
@sentences
def change(
    name: Name,
    events: Annotated[
        list[str] | None, typer.Option("--events", "-e", help="The new list, instead of the present one.")
    ] = None,
    messages: Messages = None,
    mebibytes: Mebibytes = None,
    days: Days = None,
    by: By = "",
    as_json: AsJson = False,
) -> None:
    """Change a subscriber's events or the limits of its queue."""
    if not events and messages is mebibytes is days is None:
        raise WrongUse("Give at least one change: --events, --max-messages, --max-mib or --max-days.")
    with broker_answering():
        administrator = find_administrator()
        broker = administrator.management
        doing = queue_status.look(broker, lifecycle.required(broker, name), real_now())
        before = doing.known
        selected = (
            {p: tuple(sorted(keys)) for p, keys in chosen(events, CATALOGUE).items()} if events else None
        )
        known = replace(
            before,
            asked=tuple(events) if events else before.asked,
            changed_at=real_now(),
            changed_by=by.strip() or account(),
        )
        limits = _limits(doing.limits, messages, mebibytes, days)
        new = limits if limits != doing.limits else None
        lifecycle.change(administrator.uri, broker, known, new, events=selected or before.events)
        after = queue_status.look(broker, lifecycle.required(broker, name), real_now())
    shown.one(after, as_json=as_json)


@app.command("list")
@sentences
def list_subscribers(as_json: AsJson = False) -> None:
    """List the subscribers with their waiting messages, the oldest one, and the last read."""
    with broker_answering():
        broker = find_administrator().management
        doing = [queue_status.look(broker, known, real_now()) for known in state.load_all(broker)]
    shown.several(doing, as_json=as_json)


@app.command("show")
@sentences
def show(name: Name, as_json: AsJson = False) -> None:
    """Show one subscriber: its events, limits and queues. Its password is not stored."""
    with broker_answering():
        broker = find_administrator().management
        doing = queue_status.look(broker, lifecycle.required(broker, name), real_now())
    shown.one(doing, as_json=as_json)


@app.command("rotate")
@sentences
def rotate(name: Name, by: By = "", as_json: AsJson = False) -> None:
    """Set a new password, which is shown only once; connections with the old one are closed."""
    with broker_answering():
        administrator = find_administrator()
        broker = administrator.management
        endpoint = find_endpoint(administrator.uri)
        password = lifecycle.rotate(
            administrator.uri, broker, name, by=by.strip() or account(), now=real_now()
        )
        known = lifecycle.required(broker, name)
    shown.connection(known, endpoint, password, as_json=as_json)


@app.command("remove")
@sentences
def remove(
    name: Name,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask for confirmation.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove a subscriber with its user and queues, and all messages in them."""
    with broker_answering():
        require_name(name)
        administrator = find_administrator()
        if not yes and not _confirmed(name):
            raise WrongUse("Nothing was removed: confirm with --yes.")
        removed = lifecycle.remove(administrator.uri, administrator.management, name)
    if not removed:
        leave(f"There is no subscriber {name!r}: `hubctl subscribers list` shows all.", NOTHING)
    shown.removed(name, as_json=as_json)


@app.command("events")
@sentences
def events(as_json: AsJson = False) -> None:
    """List every publisher with its event types and versions."""
    shown.catalogue(CATALOGUE, as_json=as_json)


def since_when(text: str, now: datetime) -> str | datetime:
    """Parse --from: `now`, `beginning`, or an instant, which is UTC without an offset.

    Raises:
        WrongUse: it is none of these, or in the future.
    """
    if text in (NOW, BEGINNING):
        return text
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise WrongUse(
            f"--from is {text!r}: use now, beginning, or an instant like 2026-09-01T00:00Z."
        ) from None
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    if at > now:
        raise WrongUse(f"--from is {text!r}, which is in the future: use now.")
    return at


def _history(start: str | datetime, uri: str, *, from_outboxes: bool) -> FromHistory | None:
    """Return the back-fill of the queue; None when it starts now.

    Raises:
        WrongUse: the options contradict each other, or a service's database is not known.
    """
    if start == NOW:
        if from_outboxes:
            raise WrongUse("--from-outboxes needs history: give --from beginning, or an instant.")
        return None
    since = start if isinstance(start, datetime) else None
    return FromHistory(find_hub(), uri, since, from_outboxes=from_outboxes)


def _limits(limits: Limits, messages: int | None, mebibytes: int | None, days: int | None) -> Limits:
    return Limits(
        messages=limits.messages if messages is None else messages,
        size=limits.size if mebibytes is None else mebibytes * MEBIBYTE,
        days=limits.days if days is None else days,
    )


def _confirmed(name: str) -> bool:
    return at_a_terminal() and typer.confirm(f"Remove {name}, and every message that waits for it?")
