"""`hubctl events`: the event log, the deliveries of one event, and invented events for demonstrations."""

import contextlib
import json
from collections import deque
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Annotated, Final

import typer

from hub_contracts import EVENTS, MARKS
from hub_messaging import log_browser
from hub_messaging.amqp_types import Connection
from hub_messaging.event_log import Unbound
from hub_messaging.log_browser import Logged
from hub_messaging.publisher import Unconfirmed
from hub_messaging.stored_deliveries import Refused
from hub_messaging.wire import BROKER_ERRORS, Missing, connected
from hub_platform.clocks import real_now
from hubctl import emitting, event_shown
from hubctl.log_lines import Line, line_of, origins_of
from hubctl.output import NOTHING, sentences
from hubctl.places import SERVICES, WrongUse, find_broker_administrator, find_hub
from hubctl.shown import say

BEGINNING: Final = "beginning"
MARKED_BY: Final = "reporting"  # has an exchange and publishes no event, so that its marks are not counted
FIRST_WINDOW: Final = 1_000  # messages of the first window, which grows tenfold until it has enough events

Kinds = Annotated[
    list[str] | None,
    typer.Option("--type", "-t", help="Only this event type or routing key; may be repeated."),
]
Wanted = Callable[[Line], bool]

app = typer.Typer(
    name="events",
    help="The event log, one event and its deliveries, invented events for a demonstration.",
    no_args_is_help=True,
)
app.command("show")(event_shown.show)
app.command("emit")(emitting.emit)


# Long: an argument for each option.
@app.command("tail")
@sentences
def tail(
    kinds: Kinds = None,
    publisher: Annotated[str, typer.Option("--publisher", help="Only events of this service.")] = "",
    subject: Annotated[str, typer.Option("--subject", help="Only this subject, such as visits/0199….")] = "",
    last: Annotated[int, typer.Option("--last", "-n", min=0, help="Number of newest events.")] = 20,
    since: Annotated[
        str, typer.Option("--since", help="All events since an instant (2026-11-30T09:00Z), or beginning.")
    ] = "",
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Continue with new events, until Ctrl-C.")
    ] = False,
    marks: Annotated[bool, typer.Option("--marks", help="Include the publishers' marks.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per line.")] = False,
) -> None:
    """Show the newest events of the event log, oldest first; exit code 1 without any."""
    wanted = _wanted(kinds or [], publisher, subject, marks=marks)
    first = _first(since)
    origins = origins_of(find_hub())
    number = 0
    with _broker() as connection, contextlib.suppress(KeyboardInterrupt):

        def lines(listed: Iterator[Logged | None]) -> Iterator[Line]:
            judged = (line_of(one, origins) for one in listed if one is not None)
            return (line for line in judged if wanted(line))

        end = log_browser.end_of_log(connection, MARKED_BY)
        earlier = (
            lines(log_browser.between(connection, first, end))
            if since
            else _newest(lambda start, stop: lines(log_browser.between(connection, start, stop)), end, last)
        )
        later = lines(log_browser.from_now_on(connection, end + 1)) if follow else ()
        for listed in (earlier, later):
            for line in listed:
                _tell(line, as_json=as_json)
                number += 1
    if not number and not follow:
        raise typer.Exit(NOTHING)


def _newest(lines: Callable[[int, int], Iterator[Line]], end: int, number: int) -> list[Line]:
    """Return the last matching lines before an offset, by reading backwards in growing windows."""
    found: deque[Line] = deque(maxlen=number)
    window, stop = FIRST_WINDOW, end
    while stop > 0 and len(found) < number:
        start = max(0, stop - window)
        listed = list(lines(start, stop))[-(number - len(found)) :]
        found.extendleft(reversed(listed))
        window, stop = window * 10, start
    return list(found)


def _wanted(kinds: list[str], publisher: str, subject: str, *, marks: bool) -> Wanted:
    """Return a filter for the lines of the log.

    Raises:
        WrongUse: an event type or service does not exist.
    """
    known = EVENTS | MARKS
    for kind in kinds:
        event_shown.kind_named(kind, known)
    if publisher and publisher not in SERVICES:
        raise WrongUse(f"There is no service {publisher!r}; there are {', '.join(SERVICES)}.")

    def wanted(line: Line) -> bool:
        if line.is_mark and not marks and "LogMark" not in kinds:
            return False
        one = line.envelope
        return (
            (not kinds or line.logged.message.routing_key in kinds)
            and (not publisher or (one is not None and one.source.endswith(f"/{publisher}")))
            and (not subject or (one is not None and one.subject == subject))
        )

    return wanted


def _first(since: str) -> datetime | None:
    """Parse --since; None for the beginning.

    Raises:
        WrongUse: it is no instant, or in the future.
    """
    if not since or since == BEGINNING:
        return None
    try:
        instant = datetime.fromisoformat(since)
    except ValueError:
        raise WrongUse(f"--since is {BEGINNING}, or a time like 2026-11-30T09:00Z; not {since!r}.") from None
    instant = instant if instant.tzinfo else instant.replace(tzinfo=UTC)
    if instant > real_now():
        raise WrongUse(f"--since is in the future: {since}.")
    return instant


@contextlib.contextmanager
def _broker() -> Iterator[Connection]:
    """Open a connection as the broker's administrator.

    Raises:
        Refused: the broker does not answer, or has no event log.
    """
    uri = find_broker_administrator()
    try:
        with connected(uri) as connection:
            yield connection
    except Unbound as exc:
        raise Refused(
            f"{str(exc)[0].upper()}{str(exc)[1:]}: hubctl log restore creates and completes it."
        ) from None
    except Missing as exc:
        raise Refused(f"{str(exc)[0].upper()}{str(exc)[1:]}: hubctl log status shows more.") from None
    except (*BROKER_ERRORS, Unconfirmed) as exc:
        raise Refused(f"RabbitMQ does not answer ({type(exc).__name__}).") from None


def _tell(line: Line, *, as_json: bool) -> None:
    try:
        if as_json:
            typer.echo(json.dumps(line.as_json(), ensure_ascii=False))
        else:
            say(line.text())
    except BrokenPipeError:  # such as `| head`; not a fault of the broker
        raise typer.Exit(0) from None
