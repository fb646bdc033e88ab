"""A service written in plain nameko as a process, run as the command `nameko run` runs it."""

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hub_local.places import ROOT
from hub_local.processes import Child, Invocation, Programs


@dataclass
class StockService:
    """A process that can be started again."""

    name: str
    uri: str
    programs: Programs
    heartbeat: int | None = None
    child: Child | None = None

    def start(self) -> "StockService":
        """Start it; it may not be connected yet."""
        heartbeat = [] if self.heartbeat is None else [str(self.heartbeat)]
        path = os.pathsep.join([str(ROOT / "tests" / "example")])
        self.child = self.programs.start(
            Invocation(
                self.name,
                [sys.executable, "-W", "ignore", "-m", "stock", self.name, self.uri, *heartbeat],
                environment=os.environ | {"PYTHONPATH": path},
                folder=ROOT,
            )
        )
        return self

    def said(self, line: str) -> int:
        """How often it has written a line, over all its starts."""
        return self.log.splitlines().count(line)

    @property
    def running(self) -> Child:
        """The process of the last start."""
        assert self.child is not None
        return self.child

    @property
    def log(self) -> str:
        """Everything it has written."""
        return self.running.log.read_text()


@contextlib.contextmanager
def running_stock(
    folder: Path, name: str, uri: str, *, heartbeat: int | None = None
) -> Iterator[StockService]:
    """Start one of `tests/example/stock/services.py`, give it, kill it."""
    service = StockService(name, uri, Programs(folder / "log", folder / "run"), heartbeat)
    try:
        yield service.start()
    finally:
        service.running.stop(grace=0)
