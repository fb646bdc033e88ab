"""`python -m tests.bench`: ours, the peers and the limit side by side; what is measured is in rows.py."""

from typing import Annotated, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from tests.bench import backfill, commands, latency, page, register
from tests.bench.facts import facts
from tests.bench.results import BackfillResult, CommandsResult, HubResult, ImportResult, RowResult
from tests.bench.rows import ROWS, Row
from tests.bench.servers import Servers, running_servers

from hub_local.places import ROOT, Places

COMMANDS: Final = "commands"  # the row of HTTP commands
HUB: Final = "hub"  # the row of latency and memory
IMPORT: Final = "import"  # the row of the register
BACKFILL: Final = "backfill"  # the row of a new subscriber's history
NAMES: Final = (*(row.name for row in ROWS), COMMANDS, IMPORT, BACKFILL, HUB)
SECONDS: Final = 20.0  # of commands in each round of the hub
FOLDER: Final = ROOT / ".local" / "bench"

console = Console(highlight=False)


def main(
    rounds: Annotated[int, typer.Option(min=1, help="Rounds; the figures are medians of them.")] = 5,
    row: Annotated[list[str] | None, typer.Option(help=f"Only this row: {', '.join(NAMES)}.")] = None,
    events: Annotated[int | None, typer.Option(min=400, help="Events a run for the fast contenders.")] = None,
    write: Annotated[bool, typer.Option("--write", help="Write docs/performance.md.")] = False,
) -> None:
    """Measure, show the tables, and write the page when asked to."""
    asked = row or list(NAMES)
    if unknown := set(asked) - set(NAMES):
        raise typer.BadParameter(f"unknown row {', '.join(sorted(unknown))}; there are {', '.join(NAMES)}")
    wanted = [one for one in ROWS if one.name in asked]
    with progress() as bar:
        with running_servers(Places(FOLDER / "servers")) as servers:
            known = facts(servers)
            results = measure(bar, servers, wanted, rounds, events)
            answered = measure_commands(bar, servers, rounds) if COMMANDS in asked else None
            imports = measure_import(bar, servers, rounds) if IMPORT in asked else None
            filled = measure_backfill(bar, servers, rounds, events) if BACKFILL in asked else None
        hub = measure_hub(bar, rounds) if HUB in asked else None
    for result in results:
        show(result.row.title, [line[:-1] for line in page.row_table(result)], result.verdicts())
    if answered is not None:
        for kind, title in commands.KINDS.items():
            show(f"HTTP commands: {title}", page.commands_table(answered, kind), [])
    if imports is not None:
        show("The register imported", page.import_table(imports), imports.verdicts())
    if filled is not None:
        show("A new subscriber's history", page.backfill_table(filled), filled.verdicts())
    if hub is not None:
        show("The whole hub: latency", page.latency_table(hub), hub.verdicts())
        show("The whole hub: memory", page.memory_table(hub), [])
    if write:
        command = "make bench" if asked == list(NAMES) and events is None else "python -m tests.bench"
        parts = page.Parts(results, answered, imports, hub, filled)
        page.FILE.write_text(page.page(parts, known, command=command, rounds=rounds))
        console.print(f"Written: {page.FILE.relative_to(ROOT)}")


def measure(
    bar: Progress, servers: Servers, wanted: list[Row], rounds: int, events: int | None
) -> list[RowResult]:
    """Run every contender of every row in turn, round after round."""
    results = [RowResult(row, {name: [] for name in row.names}) for row in wanted]
    task = bar.add_task("runs", total=rounds * sum(len(row.entries) for row in wanted))
    for number in range(1, rounds + 1):
        for result in results:
            for entry in result.row.entries:
                name = entry.contender.name
                bar.update(task, description=f"round {number}: {result.row.name}, {name}")
                many = entry.contender.share_of(events or result.row.events)
                run = entry.measure(servers, entry.contender, many)
                result.runs[name].append(run)
                bar.console.print(page.run_line(f"{result.row.name}: {name}", run))
                bar.advance(task)
    return results


def measure_import(bar: Progress, servers: Servers, rounds: int) -> ImportResult:
    """Import the register twice into an empty hub, round after round."""
    task = bar.add_task("the register: being written", total=rounds)
    raw, result = register.register(), ImportResult([])
    for number in range(1, rounds + 1):
        bar.update(task, description=f"round {number}: {IMPORT}")
        result.rounds.append(register.measure(servers, raw))
        bar.advance(task)
    return result


def measure_backfill(bar: Progress, servers: Servers, rounds: int, events: int | None) -> BackfillResult:
    """Fill a new subscriber's queue while a relay works, round after round."""
    task = bar.add_task(BACKFILL, total=rounds)
    result = BackfillResult([])
    for number in range(1, rounds + 1):
        bar.update(task, description=f"round {number}: {BACKFILL}")
        result.rounds.append(backfill.measure(servers, events or backfill.EVENTS))
        bar.console.print(f"{BACKFILL}: {result.rounds[-1].rate:,.0f} events/s")
        bar.advance(task)
    return result


def measure_commands(bar: Progress, servers: Servers, rounds: int) -> CommandsResult:
    """Send the same commands to one and two replicas of each program in turn, round after round."""
    result = CommandsResult()
    task = bar.add_task(f"{COMMANDS}: filling", total=rounds * len(result.runs))
    wanted = commands.fill(servers)
    programs = {program.name: program for program in commands.PROGRAMS}
    for number in range(1, rounds + 1):
        for (kind, name, replicas), runs in result.runs.items():
            bar.update(task, description=f"round {number}: {kind}, {name} × {replicas}")
            runs.append(commands.measure(servers, programs[name], replicas, wanted[kind]))
            bar.console.print(f"{kind}: {name} × {replicas}{runs[-1].rate:>9,.0f} commands/s")
            bar.advance(task)
    return result


def measure_hub(bar: Progress, rounds: int) -> HubResult:
    """Send commands to the whole hub, round after round, and look at its memory between them."""
    task = bar.add_task("the whole hub: starting", total=rounds)
    with latency.loaded_hub(Places(FOLDER / "hub")) as hub:
        result = HubResult(SECONDS, [], [latency.resident(hub)])
        for number in range(1, rounds + 1):
            bar.update(task, description=f"round {number}: {HUB}")
            result.rounds.append(latency.watch(hub, SECONDS))
            result.memory.append(latency.resident(hub))
            bar.advance(task)
    return result


def progress() -> Progress:
    """Return a progress bar with a count and the elapsed time."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    return Progress(*columns, console=console)


def show(title: str, told: page.Table, verdicts: list[str]) -> None:
    """Print a table and what it means."""
    head, *lines = told
    table = Table(*head, title=title, title_justify="left")
    for line in lines:
        table.add_row(*line)
    console.print(table)
    for verdict in verdicts:
        console.print(f"  {verdict}", markup=False)


if __name__ == "__main__":
    typer.run(main)
