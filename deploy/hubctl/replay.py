"""`hubctl replay`: rebuild a service's projections in a shadow copy, compare it, and switch to it."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from typing import IO, Annotated, Final, NotRequired, TypedDict

import typer
from rich.text import Text

from hub_messaging.operator_actions import Operator
from hubctl import shown
from hubctl.options import AsJson, By, DryRun, Why, operator
from hubctl.output import NOTHING, console, leave, print_json, progress, sentences
from hubctl.places import Hub, WrongUse, find_hub, find_losses

LEAVES_WITHIN: Final = 15  # seconds to end after Ctrl-C


class _Compared(TypedDict):
    """A table's numbers of rows in the live tables and in the shadow copy."""

    table: str
    live: int
    new: int
    only_live: int
    only_new: int
    digest: str | None  # of the differing rows


class _Loss(TypedDict):
    """The rows that a switch loses, because history is incomplete."""

    subjects: int
    events: int
    rows: dict[str, int]  # table → number
    file: str  # path of the complete list
    sha256: str  # of that file


class _Result(TypedDict):
    """The result of a rebuild."""

    compared: list[_Compared]
    read: int  # events
    seconds: float
    kept: dict[str, int]  # state of deliveries without effect → number
    undone: int
    switched: bool
    loss: NotRequired[_Loss | None]
    behind: NotRequired[int]


class _Answer(TypedDict, total=False):
    """The last line of a service's own command: a result or an error."""

    result: _Result
    error: str


# Long: an argument for each option.
@sentences
def replay(
    service: Annotated[str, typer.Argument(help="The service whose projections are rebuilt.")],
    from_outboxes: Annotated[
        bool, typer.Option("--from-outboxes", help="Read publishers' outboxes instead of the event log.")
    ] = False,
    accept_undone: Annotated[
        bool,
        typer.Option("--accept-undone", help="Switch although events that were handled before fail now."),
    ] = False,
    accept_loss: Annotated[
        str,
        typer.Option(
            "--accept-loss",
            metavar="SHA256",
            help="Switch although history is incomplete: SHA-256 of an earlier run's list of lost rows.",
        ),
    ] = "",
    back: Annotated[
        bool,
        typer.Option("--back", help="Switch back to the tables before the last switch, after updating them."),
    ] = False,
    by: By = "",
    why: Why = "",
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """Rebuild a service's projections in a shadow copy, compare it with the live tables, and switch."""
    if back and accept_loss:
        raise WrongUse("--accept-loss belongs to a replay; switching back loses nothing.")
    hub = find_hub()
    hub.chosen([service])
    environment = _environment(hub, service, from_outboxes=from_outboxes)
    arguments = ["--json", *(["--from-outboxes"] if from_outboxes else [])]
    arguments += ["--accept-undone"] if accept_undone else []
    arguments += [f"--accept-loss={accept_loss}"] if accept_loss else []
    arguments += ["--back"] if back else [f"--losses={find_losses()}"]
    arguments += ["--dry-run"] if dry_run else _named(operator(by, why))
    with progress(f"{service}: reading", 0) as tell:
        answer = _run(
            [sys.executable, "-W", "ignore", "-m", f"hub_{service}", "rebuild", *arguments], environment, tell
        )
    if as_json:
        print_json(answer)
    if "error" in answer:
        if as_json:
            raise typer.Exit(NOTHING)
        leave(answer["error"], NOTHING)
    if not as_json:
        _show(answer["result"])
    if not (dry_run or answer["result"]["switched"]):
        raise typer.Exit(NOTHING)


def _named(who: Operator) -> list[str]:
    return [f"--by={who.by}", f"--why={who.why}"]


def _environment(hub: Hub, service: str, *, from_outboxes: bool) -> dict[str, str]:
    """Return the environment of the service's own command."""
    known = {f"HUB_{name.upper()}_DATABASE_URL": url for name, url in hub.database_urls.items()}
    known |= {"HUB_DATABASE_URL": hub.database_url(service), "HUB_ID": hub.hub_id}
    if service in hub.amqp_uris:
        known["HUB_AMQP_URI"] = hub.amqp_uris[service]
    elif not from_outboxes:
        raise WrongUse(
            f"The event log is not known: set HUB_{service.upper()}_AMQP_URI, or use --from-outboxes."
        )
    return os.environ | known


def _run(command: list[str], environment: dict[str, str], tell: Callable[[int, int], None]) -> _Answer:
    """Run the service's command; return its last output."""
    answer: _Answer = {}
    with tempfile.TemporaryFile("w+") as errors:
        with _started(command, environment, errors) as process:
            for line in process.stdout or ():
                said = json.loads(line)
                if "read" in said:
                    tell(said["read"], said["of"])
                else:
                    answer = said
        errors.seek(0)
        words = errors.read().strip().splitlines()
    return answer or {"error": words[-1] if words else "The service's own command ended without output."}


@contextlib.contextmanager
def _started(
    command: list[str], environment: dict[str, str], errors: IO[str]
) -> Iterator[subprocess.Popen[str]]:
    with subprocess.Popen(  # noqa: S603 - this interpreter and our own module
        command, env=environment, stdout=subprocess.PIPE, stderr=errors, text=True
    ) as process:
        try:
            yield process
        except KeyboardInterrupt:
            # Ctrl-C reaches the command too, which removes its unfinished shadow copy.
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(LEAVES_WITHIN)
            raise
        except BaseException:
            process.terminate()
            raise


def _show(result: _Result) -> None:
    table = shown.table_of("table", "live", "new", "only live", "only new", "differences")
    for one in result["compared"]:
        counts = (one["live"], one["new"], one["only_live"], one["only_new"])
        digest = (one["digest"] or "none")[: shown.SHORT]
        table.add_row(*map(Text, [one["table"], *(f"{n:,}" for n in counts), digest]))
    console().print(table)
    rate = result["read"] / max(result["seconds"], 0.001)
    shown.say(f"{result['read']:,} events read in {result['seconds']:.1f} s, {rate:,.0f} per second.")
    failed = {state: n for state, n in result["kept"].items() if n}
    if failed:
        shown.say("Without effect: " + ", ".join(f"{n} {state}" for state, n in failed.items()) + ".")
    _show_loss(result)
    if result["undone"]:
        shown.say(f"{result['undone']} that were handled in the live tables fail now.")
    shown.say("Switched." if result["switched"] else "Nothing was switched.")


def _show_loss(result: _Result) -> None:
    """Print the rows that a switch loses, or has lost, and how to accept the loss."""
    loss = result.get("loss")
    if result.get("behind"):
        shown.say(f"{result['behind']:,} events were handled since the switch; they are read first.")
    if loss is None:
        return
    shown.say(
        f"History is incomplete: it lacks events of {loss['subjects']:,} subjects, and {loss['events']:,}"
        " events that the inbox remembers."
    )
    rows = ", ".join(f"{n:,} of {table}" for table, n in loss["rows"].items())
    shown.say(
        f"{'Lost' if result['switched'] else 'A switch would lose'}: {rows or 'no rows'}."
        f" The complete list is in {loss['file']}"
    )
    shown.say(f"SHA-256 of the list: {loss['sha256']}")
    if not result["switched"]:
        shown.say(
            "Restore the event log, or use --from-outboxes. To accept the loss, replay with"
            f" --accept-loss {loss['sha256']}"
        )
