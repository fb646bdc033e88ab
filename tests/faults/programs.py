"""The programs of a system under test, and their supervisor: what dies is started again."""

import signal
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from tests.faults.pythons import Python, Started

from hub_local.processes import Programs

STOPS_WITHIN = 10.0  # seconds, promised
RESTARTS_AT_MOST = 40  # of one program that dies again and again
RESTART_AFTER = 1.0  # seconds that a supervisor lets pass when a program dies without having been killed


@dataclass
class Program:
    """One replica of a publisher or a consumer, over all its lives in a case."""

    name: str
    module: str
    role: str
    environment: Mapping[str, str]
    programs: Programs
    python: Python
    folder: Path  # of the whole run
    kills: list[str] = field(default_factory=list)  # places of the kills to come, one for each life
    killed: int = 0  # times that it was killed, as the case wanted
    deaths: int = 0  # times that it ended by itself, which no case wants
    slowest_stop: float = 0.0  # seconds
    stopped: bool = False  # by us; a supervisor leaves it alone
    _started: Started | None = None
    _restart_at: float = 0.0

    def start(self) -> None:
        """Start it; the first kill that is left is for this life."""
        own = {"FAULTS_KILL": self.kills[0]} if self.kills else {}
        words = ["-W", "ignore", "-m", self.module, self.role]
        words += ["run"] if self.module.endswith(".ours") else []
        environment = {**self.environment, **own}
        self._started = self.python.start(self.programs, self.name, words, environment, self.folder)
        self.stopped = False

    @property
    def runs(self) -> bool:
        """Whether its process is there."""
        return self._started is not None and not self._started.child.has_ended

    @property
    def log(self) -> str:
        """Everything that it has written, in all its lives."""
        assert self._started is not None
        return self._started.child.log.read_text(errors="replace")

    @property
    def pid(self) -> int:
        """The number of its process, in this life; in a container, of what stands before it."""
        return 0 if self._started is None else self._started.child.process.pid

    def halt(self) -> None:
        """SIGSTOP: it is there, and does nothing at all."""
        self._send(signal.SIGSTOP)

    def go_on(self) -> None:
        """Let a halted program continue."""
        self._send(signal.SIGCONT)

    def _send(self, number: signal.Signals) -> None:
        assert self._started is not None
        self._started.send(number)

    def kill(self) -> None:
        """`kill -9` and wait until it is gone; the supervisor starts it again when it next looks."""
        if self.runs:
            assert self._started is not None
            self.kills.insert(0, "")
            self._send(signal.SIGKILL)
            self._started.child.process.wait()

    def stop(self) -> float:
        """SIGTERM; the seconds that it took to leave, or to be made to."""
        assert self._started is not None
        self.stopped = True
        taken = self._started.stop(grace=STOPS_WITHIN + 2)
        self.slowest_stop = max(self.slowest_stop, taken)
        return taken

    def look_after(self) -> bool:
        """Start it again when it has ended; whether that was a kill of the case's."""
        if self.stopped or self.runs:
            return False
        assert self._started is not None
        if self._restart_at:
            if time.monotonic() >= self._restart_at and self.deaths < RESTARTS_AT_MOST:
                self._restart_at = 0.0
                self._start_again()
            return False
        if self.kills and self._started.was_killed:
            self.kills.pop(0)
            self.killed += 1
            self._start_again()
            return True
        self.deaths += 1
        self._restart_at = time.monotonic() + RESTART_AFTER
        return False

    def _start_again(self) -> None:
        assert self._started is not None
        self._started.stop(grace=0)  # its record, and whatever it left behind
        self.start()


def folder_of(base: Path, system: str, case: str) -> Programs:
    """Where the programs of one case write."""
    place = base / f"{system}-{case.replace(' ', '-').replace('/', '-')}"
    return Programs(place, place / "run")
