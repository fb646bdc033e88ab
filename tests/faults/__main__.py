"""The fault suite's command line: `python -m tests.faults`, which is what `make faults` runs."""

import random
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from tests.faults import random_faults, report
from tests.faults.cases.all import fits
from tests.faults.cases.case import Case
from tests.faults.records import Record, all_kept
from tests.faults.suite import Suite
from tests.faults.surroundings import Kind, surroundings_of
from tests.faults.systems.catalogue import SYSTEMS

from hub_local.places import ROOT

EVENTS = 2000
EVERY = "all"
LANES = 4


def main(
    seed: Annotated[
        list[int] | None,
        typer.Option(help="Of commands and shuffles; may be given twice. One is drawn when it is not given."),
    ] = None,
    system: Annotated[str, typer.Option(help=f"{', '.join(SYSTEMS)} or {EVERY}.")] = EVERY,
    case: Annotated[list[str] | None, typer.Option(help="Only cases whose name holds this.")] = None,
    events: Annotated[int, typer.Option(help="Events of each case.", min=100)] = EVENTS,
    short: Annotated[bool, typer.Option("--short", help="Only cases that take seconds.")] = False,
    examples: Annotated[int, typer.Option(help="Worlds with faults at random.")] = 5,
    steps: Annotated[int, typer.Option(help="Steps in each of them, at most.")] = 15,
    lanes: Annotated[int, typer.Option(help="Cases at a time, each with its own servers.", min=1)] = LANES,
    broker: Annotated[
        Kind,
        typer.Option(help="A program of this machine, or the RabbitMQ and Python of the deployed images."),
    ] = Kind.NODE,
    logs: Annotated[Path | None, typer.Option(help="Keep every program's log in this folder.")] = None,
    write: Annotated[
        bool, typer.Option("--write", help=f"Write {report.FILE.name} when all of it ran.")
    ] = False,
) -> None:
    """Run every fault against every system; exit with 1 when ours breaks its promise."""
    console = Console(highlight=False)
    systems = list(SYSTEMS.values()) if system == EVERY else [SYSTEMS[system]]
    chosen = chosen_cases(case or [], short=short)
    cases = [one for one in chosen if one is not random_faults.CASE]
    at_random = random_faults.CASE in chosen and examples > 0 and SYSTEMS["ours"] in systems
    seeds = seed or [random.SystemRandom().randrange(1_000_000)]
    said = report.words_of(seeds)
    console.print(f"{said}, {events} events in each of {len(chosen)} cases")
    surroundings = surroundings_of(broker, with_peers=any(not one.is_ours for one in systems))
    suite = Suite(seeds, events, systems, console, surroundings, lanes=lanes)
    suite.run(cases, examples=examples if at_random else 0, steps=steps, logs=logs)
    if write:
        console.print(
            write_page(suite, whole=len(systems) == len(SYSTEMS) and len(chosen) == len(report.CASES))
        )
    console.print(f"{len(suite.outcomes)} runs in {suite.minutes:.1f} minutes, {said}: {verdict_of(suite)}")
    sys.exit(bool(suite.broken))


def chosen_cases(names: Sequence[str], *, short: bool) -> list[Case]:
    """The cases that are to be run; ends here when there is none."""
    chosen = [one for one in report.CASES if fits(one, names) and (one.short or not short)]
    if not chosen:
        sys.exit(f"no case is called so; there are: {', '.join(one.name for one in report.CASES)}")
    return chosen


def verdict_of(suite: Suite) -> str:
    """Whether ours kept its promise."""
    return "ours kept its promise" if not suite.broken else f"ours broke its promise in {len(suite.broken)}"


def write_page(suite: Suite, *, whole: bool) -> str:
    """Keep what a whole run has found, and write the page of it; what was done, in words."""
    if not whole:
        return f"{report.FILE.name} stays as it is: not every case ran with every system"
    Record.of(suite).keep()
    report.FILE.write_text(report.render(all_kept()))
    return f"wrote {report.FILE.relative_to(ROOT)}"


def end_politely(_signal: int, _frame: object) -> None:
    """Leave as after Ctrl-C: what was started is stopped."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, end_politely)
    typer.run(main)
