"""Results of whole runs, stored with the suite: docs/reliability.md is made of the last of each kind."""

import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Self

from tests.faults.judging import Outcome
from tests.faults.summing import by_case
from tests.faults.surroundings import Kind
from tests.faults.systems.catalogue import SYSTEMS

from hub_platform.clocks import real_now

if TYPE_CHECKING:
    from tests.faults.suite import Suite

FOLDER = Path(__file__).parent / "measured"


@dataclass(frozen=True)
class Line:
    """The result of one case with one system, all seeds together."""

    case: str
    system: str
    lost: int  # beyond what was to take no effect
    repeated: int
    disorder: int
    redelivered: int
    seconds: float | None  # None: it did not drain
    clean: bool  # everything was as ours promises it
    remarks: str
    ready: float | None = None  # seconds until every service said that it was ready; None: not asked

    @classmethod
    def of(cls, outcome: Outcome) -> Self:
        """Keep of an outcome what the page says."""
        counted = outcome.counted
        return cls(
            case=outcome.case,
            system=outcome.system,
            lost=counted.lost - outcome.forbidden,
            repeated=counted.duplicates,
            disorder=counted.disorder,
            redelivered=outcome.redelivered,
            seconds=round(outcome.seconds, 2) if outcome.drained else None,
            clean=outcome.is_clean,
            remarks=" ".join("; ".join(outcome.broken or outcome.remarks()).split()),
            ready=round(outcome.ready, 2) if SYSTEMS[outcome.system].is_ours else None,
        )

    @property
    def figures(self) -> tuple[object, ...]:
        """The cells of the table."""
        seconds = "–" if self.seconds is None else f"{self.seconds:.1f}"
        ready = "" if self.ready is None else f"{self.ready:.1f}"
        return self.lost, self.repeated, self.disorder, self.redelivered, seconds, ready


@dataclass(frozen=True)
class Record:
    """One whole run."""

    kind: Kind
    day: str  # as in ISO 8601
    seeds: tuple[int, ...]
    events: int
    lanes: int
    minutes: float
    cores: int
    machine: str
    versions: dict[str, str]
    lines: tuple[Line, ...]

    @classmethod
    def of(cls, suite: "Suite") -> Self:
        """Return the record of a suite that has run."""
        return cls(
            kind=suite.surroundings.kind,
            day=real_now().date().isoformat(),
            seeds=tuple(suite.seeds),
            events=suite.events,
            lanes=suite.lanes,
            minutes=round(suite.minutes, 1),
            cores=os.cpu_count() or 0,
            machine=platform.machine(),
            versions=dict(suite.versions),
            lines=tuple(Line.of(outcome) for outcome in by_case(suite.outcomes)),
        )

    def line(self, case: str, system: str) -> Line | None:
        """Return its result for a case with a system; None when there was no such case yet."""
        return next((one for one in self.lines if (one.case, one.system) == (case, system)), None)

    def keep(self, folder: Path = FOLDER) -> None:
        """Put it in the place of the last one of its kind; one line of the file for each case."""
        facts = asdict(self)
        lines = [json.dumps(line, ensure_ascii=False) for line in facts.pop("lines")]
        head = json.dumps(facts, ensure_ascii=False, indent=1).removesuffix("\n}")
        folder.mkdir(exist_ok=True)
        (folder / f"{self.kind}.json").write_text(f'{head},\n "lines": [\n' + ",\n".join(lines) + "\n]}\n")

    @classmethod
    def kept(cls, kind: Kind, folder: Path = FOLDER) -> Self | None:
        """The last one of a kind, if there was any."""
        file = folder / f"{kind}.json"
        if not file.exists():
            return None
        facts = json.loads(file.read_text())
        return cls(
            **facts
            | {
                "kind": Kind(facts["kind"]),
                "seeds": tuple(facts["seeds"]),
                "lines": tuple(Line(**line) for line in facts["lines"]),
            }
        )


def all_kept(folder: Path = FOLDER) -> Sequence[Record]:
    """The last run of each kind, in the order of the table's columns."""
    return [record for kind in Kind if (record := Record.kept(kind, folder)) is not None]
