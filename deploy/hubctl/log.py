"""`hubctl log`: whether the event log holds what publishers have published, and to make it whole again."""

from collections.abc import Callable
from typing import Any, Final

import sqlalchemy as sa
import typer
from rich.text import Text
from sqlalchemy.pool import NullPool

from hub_messaging import log_restore
from hub_messaging.declaring import Mismatch
from hub_messaging.log_restore import Compared, Outboxes
from hub_messaging.publisher import Unconfirmed
from hub_messaging.stored_deliveries import Refused
from hub_messaging.topology import LOG_QUEUE
from hub_messaging.wire import BROKER_ERRORS, Missing, connected
from hub_platform.database import reaching
from hubctl.options import AsJson
from hubctl.output import NOTHING, console, print_json, progress, sentences
from hubctl.places import SERVICES, Hub, find_broker_administrator, find_hub
from hubctl.shown import say, table_of

RESTORE: Final = "hubctl log restore makes it whole"

app = typer.Typer(
    name="log",
    help="The event log: what it lacks, and to bring it back.",
    no_args_is_help=True,
)


@app.command("status")
@sentences
def status(as_json: AsJson = False) -> None:
    """Compare the event log with what publishers have published; exit code 1 if it lacks anything."""
    found = _with_broker(log_restore.compare)
    _show(found, as_json=as_json)
    if not as_json:
        say(
            f"{found.missing:,} events are not in the event log: {RESTORE}."
            if found.missing
            else "The event log lacks nothing that publishers keep."
        )
    if found.missing:
        raise typer.Exit(NOTHING)


@app.command("restore")
@sentences
def restore(as_json: AsJson = False) -> None:
    """Make the event log and its bindings where they are missing, and bring back what it lacks.

    May be interrupted and done again; services may run meanwhile. Nothing is written twice.
    """
    found = _with_broker(log_restore.restore)
    _show(found, as_json=as_json)
    if not as_json:
        say(f"{found.missing:,} events were brought back. The event log is whole.")


def _with_broker(act: Callable[[Any, Outboxes, log_restore.Tell], Compared]) -> Compared:
    """Compare or restore, with a bar.

    Raises:
        Refused: the broker does not answer or has no log, or another restore is at work.
    """
    uri, outboxes = find_broker_administrator(), outboxes_of(find_hub())
    try:
        with connected(uri) as connection, progress("The event log", 0) as bar:
            return act(connection, outboxes, lambda _what, done, of: bar(done, of))
    except log_restore.AtWork:
        raise Refused("Another restore is at work, or was interrupted a moment ago: try again.") from None
    except Missing as exc:
        raise Refused(f"{str(exc)[0].upper()}{str(exc)[1:]}: {RESTORE}.") from None
    except Mismatch as exc:
        raise Refused(
            f"{str(exc)[0].upper()}{str(exc)[1:]}: an administrator must delete it first."
        ) from None
    except Unconfirmed as exc:
        raise Refused(f"RabbitMQ does not confirm ({exc}): what was confirmed stays, try again.") from None
    except BROKER_ERRORS as exc:
        raise Refused(f"RabbitMQ does not answer ({type(exc).__name__}).") from None


def outboxes_of(hub: Hub) -> Outboxes:
    """The databases of all services, each opened when it is first asked for.

    Raises:
        WrongUse: one of them is not known.
    """
    for service in SERVICES:
        hub.database_url(service)  # says which is missing
    engines = {
        service: sa.create_engine(
            hub.database_url(service),
            poolclass=NullPool,
            hide_parameters=True,
            connect_args=reaching(hub.database_url(service)),
        )
        for service in SERVICES
    }
    return Outboxes(hub.hub_id, hub.schemas_url, engines)


def _show(found: Compared, *, as_json: bool) -> None:
    if as_json:
        print_json({"missing": found.missing, "kinds": list(found.kinds), "gone": dict(found.gone)})
        return
    table = table_of("publisher", "kind", "kept", "missing")
    for kind in found.kinds:
        table.add_row(*map(Text, [kind.publisher, kind.routing_key, f"{kind.kept:,}", f"{kind.missing:,}"]))
    console().print(table)
    for publisher, number in found.gone.items():
        if number:
            say(
                f"{number:,} older events of {publisher} are neither in {LOG_QUEUE} nor in its outbox "
                "any more: they cannot be brought back."
            )
