"""Running the related tests against a copy of the checkout, with a time limit."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final
from uuid import uuid4

import psutil

from hub_local.places import SOURCE_ROOTS

KILLED, SURVIVED, OVERTIME = "killed", "survived", "killed by the time limit"
PASSED, NO_VERDICT = 0, frozenset({4, 5})  # exit codes of pytest: wrong usage, no test found
LEAVE_SECONDS: Final = 60.0  # for fixtures to stop the servers that they have started
MARK: Final = "HUB_MUTANTS_RUN"  # in the environment of every program that a run starts
FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


class NoVerdict(Exception):
    """The tests could not be run at all; says what pytest wrote."""


@dataclass(frozen=True)
class Trial:
    """The result of one run."""

    outcome: str
    seconds: float
    test: str | None = None  # the first that failed
    output: str = ""


def run_tests(tree: Path, tests: Sequence[PurePath], *, seconds: float) -> Trial:
    """Run these test files in this order until one fails; whatever they started and left is ended.

    Raises:
        NoVerdict: pytest found no test, or did not understand.
    """
    begun, mark = time.monotonic(), uuid4().hex
    # Into a file: a program that a test left behind would keep a pipe open for as long as it lives.
    with tempfile.TemporaryFile("w+") as written:
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *map(str, tests)],
            cwd=tree,
            env=environment(tree) | {MARK: mark},
            stdin=subprocess.DEVNULL,
            stdout=written,
            stderr=subprocess.STDOUT,
        )
        try:
            code = process.wait(seconds)
        except subprocess.TimeoutExpired:
            return Trial(OVERTIME, time.monotonic() - begun)
        finally:
            end(process, mark)
        written.seek(0)
        return _judge(code, written.read(), time.monotonic() - begun)


def environment(tree: Path) -> dict[str, str]:
    """Return an environment in which every program of the tests imports the copy's sources."""
    path = os.pathsep.join(str(tree / folder) for folder in SOURCE_ROOTS)
    return os.environ | {
        "PYTHONPATH": path,
        "HYPOTHESIS_STORAGE_DIRECTORY": str(tree / ".local" / "hypothesis"),
        "COLUMNS": "200",
    }


def end(process: "subprocess.Popen[bytes]", mark: str) -> None:
    """Interrupt pytest as Ctrl-C does if it still runs, and end whatever of its run is left after that."""
    if process.poll() is None:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(LEAVE_SECONDS)
    for one in left_behind(mark):
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    process.wait()


def left_behind(mark: str) -> Iterator[psutil.Process]:
    """Find the programs that were started in a run, by what is in their environment."""
    for one in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if one.environ().get(MARK) == mark:
                yield one


def _judge(code: int, output: str, took: float) -> Trial:
    if code in NO_VERDICT:
        raise NoVerdict(output)
    if code == PASSED:
        return Trial(SURVIVED, took, output=output)
    failed = FAILED.search(output)
    return Trial(KILLED, took, failed[1] if failed else None, output)
