"""The command line of the mutant study: `python -m tests.mutants`, which is what `make mutants` runs."""

import os
import random
import signal
import sys
from pathlib import PurePath
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from tests.mutants import choosing, worktree
from tests.mutants.choosing import Candidate, Lines
from tests.mutants.study import Study
from tests.mutants.trial import NoVerdict

from hub_local.places import LOCAL, ROOT

LIMIT = 40
MINUTES = 20.0


def main(  # each option is one decision of the reader
    since: Annotated[str | None, typer.Option(help="Mutate what was changed since this revision.")] = None,
    file: Annotated[list[str] | None, typer.Option(help="Mutate this file, or this directory.")] = None,
    at: Annotated[list[str] | None, typer.Option(help="Mutate only this FILE:LINE.")] = None,
    kind: Annotated[list[str] | None, typer.Option(help="Only mutants whose kind holds this.")] = None,
    limit: Annotated[int, typer.Option(help="Try so many mutants at most.", min=1)] = LIMIT,
    seed: Annotated[int | None, typer.Option(envvar="SEED", help="Drawn when it is not given.")] = None,
    minutes: Annotated[float, typer.Option(help="Longest time limit of one mutant.", min=0.1)] = MINUTES,
    close: Annotated[int | None, typer.Option(help="Run only so many of the closest test files.")] = None,
    only_list: Annotated[bool, typer.Option("--list", help="Print the mutants and try none.")] = False,
) -> None:
    """Change the code in one place at a time, run the related tests; exit with 1 when a mutant survives."""
    console = Console(highlight=False, soft_wrap=True)
    seed = random.SystemRandom().randrange(1_000_000) if seed is None else seed
    files, source = _files(console, since, file or [], at or [])
    every = choosing.candidates(ROOT, files, seed=seed)
    every = [one for one in every if not at or one.mutant.line in files[one.path]]
    every = [one for one in every if not kind or any(word in one.mutant.kind for word in kind)]
    chosen = every[:limit]
    console.print(f"seed {seed}: {len(chosen)} of {len(every)} mutants of {len(files)} {source}")
    if only_list or not chosen:
        console.print("\n".join(map(str, chosen)), markup=False)
        return
    try:
        sys.exit(_try(console, chosen, minutes, close))
    except NoVerdict as exc:
        sys.exit(str(exc))


def _files(
    console: Console, since: str | None, file: list[str], at: list[str]
) -> tuple[dict[PurePath, Lines], str]:
    """Return the files that may be mutated, with the lines that come first, and what they are."""
    try:
        named = choosing.named_files(ROOT, [*file, *at])
    except FileNotFoundError as exc:
        raise typer.BadParameter(f"{exc.filename} does not exist") from exc
    revision = since or choosing.default_revision(ROOT)
    files = named or choosing.changed_lines(ROOT, revision)
    mutable = {path: lines for path, lines in files.items() if choosing.is_mutable(ROOT, path)}
    for path in sorted(files.keys() - mutable.keys()):
        console.print(f"left out: {path}")
    return mutable, "named files" if named else f"files changed since {revision}"


def _try(console: Console, chosen: list[Candidate], minutes: float, close: int | None) -> int:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        worktree.copied(ROOT, LOCAL.base / "mutants" / str(os.getpid())) as tree,
        Progress(*columns, console=console) as bar,
    ):
        study = Study(tree, seconds=60 * minutes, close=close)
        task = bar.add_task("tests without a mutant", total=len(chosen))
        study.check_baseline(chosen, say=lambda text: console.print(text, markup=False))
        for one in chosen:
            bar.update(task, description=f"{one.path.name}:{one.mutant.line}")
            trial = study.try_mutant(one)
            test = f" by {trial.test}" if trial.test else ""
            console.print(f"{trial.outcome} in {trial.seconds:.0f} s{test}: {one}", markup=False)
            bar.advance(task)
    for one in study.survivors:
        console.print(f"survived: {one}", markup=False)
    console.print(study.summary())
    return int(bool(study.survivors))


def _end_politely(_signal: int, _frame: object) -> None:
    """Leave as after Ctrl-C: the copy is removed, programs that were started are stopped."""
    raise KeyboardInterrupt


if __name__ == "__main__":
    # A shell that starts this in the background may have let SIGINT be ignored, which pytest would inherit.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    signal.signal(signal.SIGTERM, _end_politely)
    typer.run(main)
