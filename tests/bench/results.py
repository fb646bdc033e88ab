"""The measurements, and whether they reach the goals."""

from dataclasses import dataclass, field
from typing import Final

from tests.bench.arithmetic import Figure, percentile, ratio
from tests.bench.backfill import EVENTS as BACKFILL_EVENTS
from tests.bench.backfill import BackfillRun
from tests.bench.commands import KINDS, PROGRAMS, REPLICAS, Answered
from tests.bench.latency import RATE, Watched
from tests.bench.register import ROWS, ImportRun
from tests.bench.rows import OURS, Row
from tests.bench.runs import Run

P50_MS: Final = 25.0
P99_MS: Final = 150.0
KEPT_UP: Final = 0.98  # share of the wanted rate from which it counts as held
MEMORY_MB: Final = 120.0
IMPORT_SECONDS: Final = 60.0
IMPORT_AGAIN_SECONDS: Final = 20.0
IMPORT_MEMORY_MB: Final = 300.0
PAGE_MS: Final = 20.0
BACKFILL_SECONDS: Final = 300.0  # for BACKFILL_EVENTS; of fewer, as much less
BACKFILL_WAIT: Final = 5.0  # seconds, of an event that is published meanwhile


@dataclass
class RowResult:
    """The runs of one row, contender by contender, one for each round."""

    row: Row
    runs: dict[str, list[Run]] = field(default_factory=dict)

    def rates(self, name: str) -> list[float]:
        """Events a second, round by round."""
        return [run.rate for run in self.runs[name]]

    def ratio_to(self, name: str) -> Figure:
        """How many times as fast as this contender ours is."""
        return ratio(self.rates(OURS), self.rates(name))

    def verdicts(self) -> list[str]:
        """Each goal in a sentence."""
        said = []
        if self.row.at_least:
            reached = Figure.of(self.rates(OURS)).middle
            said.append(
                f"{met(reached >= self.row.at_least)}: at least {self.row.at_least:,.0f} events/s is the "
                f"goal, {reached:,.0f} were found."
            )
        for name, wanted in self.row.goals.items():
            found = self.ratio_to(name).middle
            said.append(
                f"{met(found >= wanted)}: at least {wanted:g} × {name} is the goal, {found:.2f} × was found."
            )
        return said


@dataclass(frozen=True)
class HubResult:
    """The whole hub under load, round by round."""

    seconds: float  # of each round
    rounds: list[Watched]
    memory: list[dict[str, float]]  # before the first round and after each: service → MB

    def milliseconds(self, percent: float, part: str = "visible") -> Figure:
        """A percentile of a part of the way (a list of `Watched`) in each round."""
        return Figure.of([percentile(getattr(watched, part), percent) * 1000 for watched in self.rounds])

    @property
    def rate(self) -> Figure:
        """Commands a second that were sent."""
        return Figure.of([watched.rate for watched in self.rounds])

    @property
    def commands(self) -> int:
        """How many were sent."""
        return sum(len(watched.visible) for watched in self.rounds)

    def moments(self) -> tuple[dict[str, float], dict[str, float], dict[str, float]]:
        """Memory before the load, in the middle of it and at its end."""
        return self.memory[0], self.memory[len(self.memory) // 2], self.memory[-1]

    def verdicts(self) -> list[str]:
        """Each goal in a sentence."""
        said = []
        kept_up = self.rate.middle >= KEPT_UP * RATE
        for percent, wanted in ((50, P50_MS), (99, P99_MS)):
            found = self.milliseconds(percent).middle
            said.append(
                f"{met(found < wanted and kept_up)}: p{percent} under {wanted:g} ms at {RATE} commands/s is "
                f"the goal, {found:.1f} ms at {self.rate.middle:.0f} commands/s was found."
            )
        name, most = max(self.memory[-1].items(), key=lambda item: item[1])
        said.append(
            f"{met(most < MEMORY_MB)}: every service under {MEMORY_MB:g} MB resident is the goal, "
            f"{most:.0f} MB was held by the largest ({name})."
        )
        return said


@dataclass(frozen=True)
class ImportResult:
    """Imports of the register, round by round."""

    rounds: list[ImportRun]

    def figure(self, name: str) -> Figure:
        """One figure of the runs (a field of `ImportRun`)."""
        return Figure.of([float(getattr(run, name)) for run in self.rounds])

    def verdicts(self) -> list[str]:
        """Each goal in a sentence."""
        said = []
        for name, what, wanted in (
            ("first", f"{ROWS:,} rows imported", IMPORT_SECONDS),
            ("again", "the same file again", IMPORT_AGAIN_SECONDS),
        ):
            found = self.figure(name).middle
            said.append(
                f"{met(found < wanted)}: {what} within {wanted:g} s is the goal, {found:.1f} s was found."
            )
        most, events = self.figure("peak").high, self.figure("events_again").high
        said.append(
            f"{met(most < IMPORT_MEMORY_MB)}: at most {IMPORT_MEMORY_MB:g} MB resident is the goal, "
            f"{most:.0f} MB was the most."
        )
        said.append(
            f"{met(events == 0)}: the second import publishes nothing is the goal, {events:.0f} events were."
        )
        page = max(self.figure("page_ms").middle, self.figure("late_page_ms").middle)
        said.append(
            f"{met(page < PAGE_MS)}: a page of the list of schools under {PAGE_MS:g} ms (p99) is the goal, "
            f"wherever it lies, {page:.1f} ms was found."
        )
        return said


@dataclass(frozen=True)
class BackfillResult:
    """Queues of new subscribers filled with history, round by round."""

    rounds: list[BackfillRun]

    def figure(self, name: str) -> Figure:
        """One figure of the runs (an attribute of `BackfillRun`)."""
        return Figure.of([float(getattr(run, name)) for run in self.rounds])

    def verdicts(self) -> list[str]:
        """Each goal in a sentence."""
        seconds, waited = BACKFILL_EVENTS / self.figure("rate").middle, self.figure("waited").middle
        measured = self.rounds[0].events
        how = "" if measured == BACKFILL_EVENTS else f", reckoned from {measured:,} events"
        wanted = f"{BACKFILL_EVENTS:,} events within {BACKFILL_SECONDS:g} s is the goal"
        slow = f"no event recorded meanwhile waits {BACKFILL_WAIT:g} s to be published is the goal"
        return [
            f"{met(seconds < BACKFILL_SECONDS)}: {wanted}, {seconds:.0f} s was found{how}.",
            f"{met(waited < BACKFILL_WAIT)}: {slow}, {waited:.1f} s was found.",
        ]


@dataclass(frozen=True)
class CommandsResult:
    """HTTP commands: the runs, one for each round, by kind, program and replicas."""

    runs: dict[tuple[str, str, int], list[Answered]] = field(
        default_factory=lambda: {
            (kind, program.name, replicas): []
            for kind in KINDS
            for replicas in REPLICAS
            for program in PROGRAMS
        }
    )

    def rates(self, kind: str, program: str, replicas: int) -> list[float]:
        """Commands a second, round by round."""
        return [run.rate for run in self.runs[kind, program, replicas]]

    def milliseconds(self, kind: str, program: str, replicas: int, percent: float) -> Figure:
        """A percentile of the answers in each round."""
        runs = self.runs[kind, program, replicas]
        return Figure.of([percentile(run.seconds, percent) * 1000 for run in runs])

    def ratio_to(self, kind: str, program: str, replicas: int) -> Figure:
        """How many times as many commands a second as this program ours takes, with as many replicas."""
        return ratio(self.rates(kind, OURS, replicas), self.rates(kind, program, replicas))

    def cpu(self, kind: str, program: str, replicas: int) -> Figure:
        """Microseconds of processor time for each command."""
        return Figure.of([run.cpu for run in self.runs[kind, program, replicas]])


def met(whether: bool) -> str:
    """In a word."""
    return "Met" if whether else "Not met"
