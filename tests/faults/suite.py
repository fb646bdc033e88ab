"""A whole run: every case with every system, a line for each as it comes, and what all of it amounts to."""

import shutil
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import Lock

from rich.console import Console
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    SpinnerColumn,
    TextColumn,
    TimeElapsedColumn,
)
from tests.faults import random_faults
from tests.faults.cases.case import Case
from tests.faults.cluster import clustered
from tests.faults.judging import Outcome, run_case
from tests.faults.preparing import prepare
from tests.faults.servers import Servers
from tests.faults.stage import Stage
from tests.faults.starting import ServerFailed
from tests.faults.surroundings import Surroundings
from tests.faults.systems.catalogue import SYSTEMS, System

PACKAGES = (
    "nameko", "kombu", "amqp", "eventlet", "SQLAlchemy", "psycopg2-binary", "faststream", "aio-pika",
    "asyncpg",
)  # fmt: skip
ATTEMPTS = 2  # at a case whose servers fail by themselves, which says nothing about any system
HEAD = f"{'case':44} {'system':13} {'lost':>6} {'twice':>6} {'order':>6} {'again':>6} {'seconds':>8}"

Work = deque[Callable[[Servers], Outcome]]


@dataclass
class Suite:
    """The cases to run, and the results so far."""

    seeds: Sequence[int]  # ours goes through every case with each, the others with the first
    events: int
    systems: Sequence[System]
    console: Console
    surroundings: Surroundings
    outcomes: list[Outcome] = field(default_factory=list)
    versions: dict[str, str] = field(default_factory=dict)
    begun: float = field(default_factory=time.monotonic)
    lock: Lock = field(default_factory=Lock)
    lanes: int = 1

    def run(self, cases: Sequence[Case], *, examples: int, steps: int, logs: Path | None) -> None:
        """Run the cases, so many at a time, each lane with servers of its own.

        A case waits most of the time: for a server that is away, a silence that is noticed, a bound. The
        first lane begins with the cases on a cluster, whose three nodes need most of the machine, the
        others with the rest; a lane that has none left of its own takes from the others.
        """
        single: Work = deque()
        if examples:  # first, because they take longest
            single += [partial(self._at_random, examples, steps, seed) for seed in self.seeds]
        single += self._runs(longest_first(case for case in cases if not case.on_cluster))
        clusters: Work = deque(self._runs(case for case in cases if case.on_cluster))
        work = (single, clusters)
        self.console.print(HEAD, style="bold", soft_wrap=True)
        with self._progress() as progress, ThreadPoolExecutor(self.lanes) as pool:
            task = progress.add_task("cases", total=sum(map(len, work)))
            running = [
                pool.submit(self._lane, order, lambda: progress.advance(task), logs)
                for order in (work[::-1], *[work] * (self.lanes - 1))
            ]
            try:
                for lane in as_completed(running):
                    lane.result()
            except BaseException:
                single.clear()  # the other lanes end with what they have in hand
                clusters.clear()
                raise

    def _runs(self, cases: Iterable[Case]) -> Iterator[Callable[[Servers], Outcome]]:
        """Each case with every system and seed that it is for."""
        for case in cases:
            for system in self.systems:
                if system.is_ours or not case.only_ours:
                    for seed in self.seeds[: None if system.is_ours else 1]:
                        yield partial(self._one, case, system, seed)

    def _lane(self, order: Sequence[Work], advance: Callable[[], None], logs: Path | None) -> None:
        jobs = jobs_of(order)
        failures: list[str] = []
        job = next(jobs, None)
        while job is not None:
            try:
                with private_servers(self.surroundings, logs) as servers:
                    prepare(servers, self.systems)
                    self._ask_versions(servers)
                    while job is not None:
                        self._note(job(servers))
                        advance()
                        failures.clear()
                        job = next(jobs, None)
            except ServerFailed as failed:
                failures.append(str(failed))
                if len(failures) == ATTEMPTS:
                    raise
                self.console.print(f"once more, with new servers: {failed}"[:300], soft_wrap=True)

    def _ask_versions(self, servers: Servers) -> None:
        with self.lock:
            if not self.versions:
                told = servers.python.versions(PACKAGES, servers.folder)
                self.versions = {
                    "RabbitMQ": servers.broker.version(),
                    "PostgreSQL": servers.database.version(),
                    **told,
                }

    def _one(self, case: Case, system: System, seed: int, servers: Servers) -> Outcome:
        if case.ends_broker:
            servers.broker.renew()
        name = case.name if len(self.seeds) == 1 else f"{case.name} {seed}"
        with clustered(servers) if case.on_cluster else nullcontext(servers) as used:
            return run_case(case, Stage(used, system, self.events, seed, servers.folder, name))

    def _at_random(self, examples: int, steps: int, seed: int, servers: Servers) -> Outcome:
        """Run ours through faults in random order, too."""

        def make_stage(name: str) -> Stage:
            servers.broker.renew()
            return Stage(servers, SYSTEMS["ours"], self.events, seed, servers.folder, f"{name} {seed}")

        return random_faults.run(
            servers, make_stage, seed=seed, examples=examples, steps=steps, say=self.console.print
        )

    def _note(self, outcome: Outcome) -> None:
        with self.lock:
            self.outcomes.append(outcome)
            style = "red" if outcome.broken else None
            told = f" (seed {outcome.seed})" if outcome.broken and len(self.seeds) > 1 else ""
            self.console.print(line_of(outcome) + told, style=style, soft_wrap=True)

    @property
    def broken(self) -> list[Outcome]:
        """Where ours did not keep its promise."""
        return [outcome for outcome in self.outcomes if outcome.broken]

    @property
    def minutes(self) -> float:
        """How long it has taken."""
        return (time.monotonic() - self.begun) / 60

    def _progress(self) -> Progress:
        columns = (
            SpinnerColumn(),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TextColumn("{task.description}"),
        )
        return Progress(*columns, console=self.console, transient=True, disable=not self.console.is_terminal)


def longest_first(cases: Iterable[Case]) -> list[Case]:
    """So that no lane ends late."""
    return sorted(cases, key=lambda case: case.short)


def jobs_of(order: Sequence[Work]) -> Iterator[Callable[[Servers], Outcome]]:
    """Yield the remaining jobs: those of the first kind while there are any, then of the next."""
    for work in order:
        while work:
            try:
                yield work.popleft()
            except IndexError:  # another lane was faster
                break


@contextmanager
def private_servers(surroundings: Surroundings, logs: Path | None) -> Iterator[Servers]:
    """A RabbitMQ and a PostgreSQL in a folder that is thrown away, but for the logs when they are wanted."""
    with tempfile.TemporaryDirectory(prefix="faults-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)  # PostgreSQL may run as another account
        servers = Servers(folder, surroundings)
        try:
            yield servers
        finally:
            servers.stop()
            if logs is not None:
                _keep_logs(folder, logs)


def _keep_logs(folder: Path, logs: Path) -> None:
    for log in folder.rglob("*.log"):
        kept = logs / log.relative_to(folder)
        kept.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(log, kept)


def line_of(outcome: Outcome) -> str:
    """One line for the terminal."""
    counted = outcome.counted
    figures = (counted.lost, counted.duplicates, counted.disorder, outcome.redelivered)
    words = "; ".join(outcome.broken or outcome.remarks())
    numbers = " ".join(f"{figure:6}" for figure in figures)
    return f"{outcome.case:44} {outcome.system:13} {numbers} {outcome.seconds:8.1f}  {words}".rstrip()
