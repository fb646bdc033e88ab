"""The fault suite's command line: `python -m tests.faults`, which is what `make faults` runs."""

import random
import sys
import tempfile
import time
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from tests.faults.cases.all import ALL, named
from tests.faults.judging import Outcome, run_case
from tests.faults.preparing import prepare
from tests.faults.servers import Servers
from tests.faults.stage import Stage
from tests.faults.systems.catalogue import SYSTEMS

console = Console(highlight=False)
EVENTS = 2000


def main(
    seed: Annotated[int | None, typer.Option(help="Of the commands and shuffles; drawn when not given.")] = None,
    system: Annotated[str, typer.Option(help="ours, plain_nameko, faststream or all.")] = "all",
    case: Annotated[list[str] | None, typer.Option(help="Only cases whose name holds this.")] = None,
    events: Annotated[int, typer.Option(help="Events of each case.", min=100)] = EVENTS,
    short: Annotated[bool, typer.Option(help="Only cases that take seconds.")] = False,
) -> None:
    """Run every fault against every system; exit with 1 when ours breaks its promise."""
    seed = random.SystemRandom().randrange(1_000_000) if seed is None else seed
    systems = list(SYSTEMS.values()) if system == "all" else [SYSTEMS[system]]
    cases = [c for c in named(case or []) if c.short or not short]
    console.print(f"seed {seed}, {events} events a case, {len(cases)} cases, systems: {system}")
    outcomes: list[Outcome] = []
    with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL may run as another account
        servers = Servers(folder)
        try:
            prepare(servers, systems)
            for one in cases:
                for system_ in systems:
                    if one.only_ours and not system_.is_ours:
                        continue
                    outcome = run_case(
                        one,
                        lambda one=one, system_=system_: Stage(servers, system_, events, seed, folder, one.name),
                    )
                    outcomes.append(outcome)
                    console.print(outcome)
        finally:
            servers.stop()
    sys.exit(any(outcome.broken for outcome in outcomes))


if __name__ == "__main__":
    typer.run(main)
