"""`hubctl log`: comparison of the event log with the outboxes, and restoring missing events."""

from collections.abc import Callable
from typing import Final

import sqlalchemy as sa
import typer
from rich.text import Text
from sqlalchemy.pool import NullPool

from hub_messaging import log_restore
from hub_messaging.amqp_types import Connection
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

RESTORE: Final = "hubctl log restore completes it"

app = typer.Typer(
    name="log",
    help="The event log: compare it with the outboxes, restore missing events.",
    no_args_is_help=True,
)


@app.command("status")
@sentences
def status(as_json: AsJson = False) -> None:
    """Compare the event log with the outboxes; exit code 1 if events are missing."""
    found = _with_broker(log_restore.compare)
    _show(found, as_json=as_json)
    if not as_json:
        say(
            f"{found.missing:,} events are missing from the event log: {RESTORE}."
            if found.missing
            else "The event log contains all events of the outboxes."
        )
    if found.missing:
        raise typer.Exit(NOTHING)


@app.command("restore")
@sentences
def restore(as_json: AsJson = False) -> None:
    """Create the event log and its bindings where missing, and add missing events from the outboxes.

    It can be interrupted and repeated, also while services run. No event is written twice.
    """
    found = _with_broker(log_restore.restore)
    _show(found, as_json=as_json)
    if not as_json:
        say(f"{found.missing:,} events were added. The event log is complete.")


def _with_broker(act: Callable[[Connection, Outboxes, log_restore.Tell], Compared]) -> Compared:
    """Compare or restore, with a progress bar.

    Raises:
        Refused: the broker does not answer or has no event log, or another restore is running.
    """
    uri, outboxes = find_broker_administrator(), outboxes_of(find_hub())
    try:
        with connected(uri) as connection, progress("The event log", 0) as bar:
            return act(connection, outboxes, lambda _what, done, of: bar(done, of))
    except log_restore.AtWork:
        raise Refused("Another restore is running, or was interrupted just now: try again.") from None
    except Missing as exc:
        raise Refused(f"{str(exc)[0].upper()}{str(exc)[1:]}: {RESTORE}.") from None
    except Mismatch as exc:
        raise Refused(
            f"{str(exc)[0].upper()}{str(exc)[1:]}: an administrator must delete it first."
        ) from None
    except Unconfirmed as exc:
        raise Refused(f"RabbitMQ does not confirm ({exc}): confirmed events stay, try again.") from None
    except BROKER_ERRORS as exc:
        raise Refused(f"RabbitMQ does not answer ({type(exc).__name__}).") from None


def outboxes_of(hub: Hub) -> Outboxes:
    """Return the databases of all services, each opened on first use.

    Raises:
        WrongUse: the URL of one of them is not known.
    """
    for service in SERVICES:
        hub.database_url(service)  # raises for a missing one
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
                "any more: they cannot be restored."
            )
