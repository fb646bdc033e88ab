"""Watches whether the programs say that they are ready, and how long after a fault they say so again."""

import http.client
import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass

from tests.faults.patience import Patience
from tests.faults.programs import Program

from hub_local.ports import LOOPBACK

READY_AGAIN_WITHIN = 10.0  # seconds after the end of any fault, promised
LOOK_EVERY = 0.2  # seconds
ANSWERS_WITHIN = 2.0  # seconds; a probe that takes longer counts as not ready
STARTS_WITHIN = 60.0  # seconds, on a busy machine, from the start of a program to its first answer


@dataclass
class Seen:
    """Answers of one program in its present life, since the end of the fault."""

    process: int = 0
    answered_at: float = 0.0  # first of this life; monotonic clock, like all
    ready_at: float = 0.0
    missing: str = "does not answer"


class Readiness:
    """Asks every program repeatedly, in a thread of its own, while the case runs."""

    def __init__(self, programs: Iterable[Program]) -> None:
        self._programs = list(programs)
        self._seen = {program.name: Seen() for program in self._programs}
        self._since = time.monotonic()
        self.slowest = 0.0  # seconds that any program has taken
        self._lock = threading.Lock()
        self._ends = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def start(self) -> None:
        """Begin to ask, in a thread."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread, and wait for it."""
        self._ends.set()
        if self._thread.ident is not None:
            self._thread.join()

    def begin(self) -> None:
        """Record that the fault ends now: times are measured from here."""
        with self._lock:
            self._since = time.monotonic()
            for seen in self._seen.values():
                seen.ready_at = 0.0

    def late(self) -> list[str]:
        """Wait until all are ready, or for as long as they may take; who was late, in words.

        A program that was started again has its time from its first answer.
        """
        patience = Patience(STARTS_WITHIN)
        while (waiting := self._waiting()) and not patience.is_exhausted(tuple(waiting)):
            if all(self._seconds(program) > READY_AGAIN_WITHIN for program in waiting):
                break
            time.sleep(LOOK_EVERY)
        present = [program for program in self._programs if not program.stopped]
        self.slowest = max((self.slowest, *(self._seconds(program.name) for program in present)))
        return [words for program in present if (words := self._verdict(program))]

    def _waiting(self) -> list[str]:
        with self._lock:
            return [
                program.name
                for program in self._programs
                if not program.stopped and not self._seen[program.name].ready_at
            ]

    def _seconds(self, name: str) -> float:
        """How long it took, or has taken so far; 0 while it has not begun to answer."""
        with self._lock:
            seen = self._seen[name]
            begun = max(self._since, seen.answered_at)
            if not seen.answered_at:
                return 0.0
            return max(0.0, (seen.ready_at or time.monotonic()) - begun)

    def _verdict(self, program: Program) -> str:
        seen, seconds = self._seen[program.name], self._seconds(program.name)
        if seen.ready_at and seconds <= READY_AGAIN_WITHIN:
            return ""
        if seen.ready_at:
            return f"{program.name} was ready only {seconds:.0f} s after the fault"
        return f"{program.name} was not ready {seconds:.0f} s after the fault: {seen.missing}"

    def _watch(self) -> None:
        while not self._ends.wait(LOOK_EVERY):
            for program in self._programs:
                if program.runs:
                    self._look(program)

    def _look(self, program: Program) -> None:
        asked_at, process = time.monotonic(), program.pid
        answer = ask(program)
        with self._lock:
            seen = self._seen[program.name]
            if seen.process != process:
                seen.process, seen.answered_at, seen.ready_at = process, 0.0, 0.0
            if answer is None:
                seen.missing = "does not answer"
                return
            status, seen.missing = answer
            seen.answered_at = seen.answered_at or asked_at
            if status == http.client.OK and asked_at >= self._since:
                seen.ready_at = seen.ready_at or time.monotonic()


def ask(program: Program) -> tuple[int, str] | None:
    """The answer of a program's readiness probe and its status; None when there is none."""
    port = int(program.environment["HUB_HTTP_PORT"])
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=ANSWERS_WITHIN)
    try:
        connection.request("GET", f"/{program.role}/health/ready")
        answer = connection.getresponse()
        return answer.status, answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
