"""Running the related tests against a copy of the checkout, with a time limit."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Final

import psutil

from local.places import SOURCE_ROOTS

KILLED, SURVIVED, OVERTIME = "killed", "survived", "killed by the time limit"
PASSED, NO_VERDICT = 0, frozenset({4, 5})  # exit codes of pytest: wrong usage, no test found
LEAVE_SECONDS: Final = 60.0  # for fixtures to stop the servers that they have started
FAILED: Final = re.compile(r"^(?:FAILED|ERROR) (\S+)", re.MULTILINE)


class NoVerdict(Exception):
    """The tests could not be run at all; says what pytest wrote."""


@dataclass(frozen=True)
class Trial:
    """What became of one run."""

    outcome: str
    seconds: float
    test: str | None = None  # the first that failed
    output: str = ""


def run_tests(tree: Path, tests: Sequence[PurePath], *, seconds: float) -> Trial:
    """Run these test files in this order until one fails.

    Raises:
        NoVerdict: pytest found no test, or did not understand.
    """
    begun = time.monotonic()
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *map(str, tests)],
        cwd=tree,
        env=environment(tree),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        output, _ = process.communicate(timeout=seconds)
    except subprocess.TimeoutExpired:
        end(process)
        return Trial(OVERTIME, time.monotonic() - begun)
    except BaseException:
        end(process)
        raise
    took = time.monotonic() - begun
    if process.returncode in NO_VERDICT:
        raise NoVerdict(output)
    if process.returncode == PASSED:
        return Trial(SURVIVED, took, output=output)
    failed = FAILED.search(output)
    return Trial(KILLED, took, failed[1] if failed else None, output)


def environment(tree: Path) -> Mapping[str, str]:
    """Return an environment in which every program of the tests imports the copy's sources."""
    path = os.pathsep.join(str(tree / folder) for folder in SOURCE_ROOTS)
    return os.environ | {
        "PYTHONPATH": path,
        "HYPOTHESIS_STORAGE_DIRECTORY": str(tree / ".local" / "hypothesis"),
        "COLUMNS": "200",
    }


def end(process: "subprocess.Popen[str]") -> None:
    """Interrupt pytest as Ctrl-C does, and end whatever it has started and not stopped."""
    started = psutil.Process(process.pid).children(recursive=True)
    process.send_signal(signal.SIGINT)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.communicate(timeout=LEAVE_SECONDS)
    for one in started:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    process.kill()
    process.wait()
    if process.stdout is not None:
        process.stdout.close()
