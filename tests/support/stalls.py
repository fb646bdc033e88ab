"""How long a service itself kept a probe waiting, on a machine that does other things, too.

Linux tells how long each process was ready to run while none of the processors was free for it
(/proc/<pid>/schedstat, second figure, in nanoseconds: Documentation/scheduler/sched-stats.rst). Those waits,
of the service and of the thread that asks, are taken off the time of a probe. What is left is what the
service did: computing, or waiting for something else, before it answered.
"""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import psutil
from tests.support.services import Client, RunningService

EVERY: Final = 0.02  # seconds between two probes
NANOSECONDS: Final = 1e9


@dataclass
class Watched:
    """Observations of a service and its child processes."""

    probes: list[float] = field(default_factory=list)  # seconds
    memory: int = 0  # bytes, the most at one time


@contextmanager
def watched(service: RunningService) -> Iterator[Watched]:
    """Ask a service for its health all the time, and look at its memory."""
    seen, done = Watched(), threading.Event()
    assert service.child is not None
    process, probe = psutil.Process(service.child.process.pid), Client(service.port)
    path = f"/{service.name}/health/live"

    def look() -> None:
        while not done.wait(EVERY):
            seen.probes.append(seconds(lambda: probe("GET", path).status == 200, process.pid))
            with suppress(psutil.NoSuchProcess):
                family = [process, *process.children(recursive=True)]
                seen.memory = max(seen.memory, sum(one.memory_info().rss for one in family))

    with ThreadPoolExecutor(1) as pool:
        looking = pool.submit(look)
        try:
            yield seen
        finally:
            done.set()
        looking.result()


def seconds(ask: Callable[[], bool], pid: int) -> float:
    """The time of a question without the time in which a processor was waited for."""
    files = [Path(f"/proc/{pid}/schedstat"), Path("/proc/thread-self/schedstat")]
    began, waited = time.monotonic(), sum(map(_waited, files))
    assert ask()
    return time.monotonic() - began - (sum(map(_waited, files)) - waited)


def _waited(path: Path) -> float:
    """How long a process was ready to run so far, in seconds; 0 where the system does not tell."""
    with suppress(OSError):
        return int(path.read_text().split()[1]) / NANOSECONDS
    return 0.0
