"""Programs that are started are stopped, also the unwilling and those of a run that was killed."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tests.support.waiting import wait_until

from hub_local.processes import Child, Invocation, Programs

STUBBORN = """
import signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(child.pid, flush=True)
time.sleep(60)
"""
POLITE = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: sys.exit(7))
print("listening", flush=True)
signal.pause()
"""
# Ends with the number of times that it was asked to.
COUNTING = """
import signal, sys, time
asked = []
signal.signal(signal.SIGTERM, lambda *_: asked.append(1))
print("listening", flush=True)
while not asked:
    signal.pause()
time.sleep(0.3)
sys.exit(len(asked))
"""


# Ends politely once another program has gone, and that other program.
WAITS_FOR_FILE = """
import os, pathlib, signal, time
def leave(*_):
    while not pathlib.Path({file!r}).exists():
        time.sleep(0.01)
    print("left politely", flush=True)
    os._exit(0)
signal.signal(signal.SIGTERM, leave)
print("ready", flush=True)
while True:
    time.sleep(60)
"""
LEAVES_FILE = """
import os, pathlib, signal, time
def leave(*_):
    pathlib.Path({file!r}).touch()
    os._exit(0)
signal.signal(signal.SIGTERM, leave)
print("ready", flush=True)
while True:
    time.sleep(60)
"""


@pytest.fixture(name="programs")
def _programs(tmp_path: Path) -> Iterator[Programs]:
    programs = Programs(tmp_path / "log", tmp_path / "run")
    yield programs
    programs.stop_leftovers()


def start(programs: Programs, code: str, name: str = "sleeper") -> Child:
    return programs.start(
        Invocation(name, [sys.executable, "-c", code], environment=os.environ, folder=Path("/"))
    )


def is_running(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


def first_line(child: Child) -> str:
    return wait_until(lambda: child.log.read_text().strip())


def test_a_program_that_ignores_the_polite_signal_is_ended_with_its_children(programs: Programs) -> None:
    child = start(programs, STUBBORN)
    grandchild = int(first_line(child))
    child.stop(grace=0.2)
    assert child.process.returncode == -signal.SIGKILL
    wait_until(lambda: not is_running(grandchild))


def test_a_program_that_listens_ends_by_itself(programs: Programs) -> None:
    child = start(programs, POLITE)
    first_line(child)
    child.stop()
    assert child.process.returncode == 7


def test_a_program_is_asked_to_stop_once(programs: Programs) -> None:
    child = start(programs, COUNTING)
    first_line(child)
    child.ask_to_stop()
    child.ask_to_stop()
    child.stop()
    assert child.process.returncode == 1


def test_stopping_twice_signals_no_other_process(programs: Programs, monkeypatch: pytest.MonkeyPatch) -> None:
    child = start(programs, "pass")
    child.stop()
    monkeypatch.setattr(os, "killpg", lambda *_: pytest.fail("a number that may be a stranger's by now"))
    child.stop()


def test_the_next_run_ends_what_a_killed_run_left(programs: Programs) -> None:
    child = start(programs, "import time; time.sleep(60)")
    assert Programs(programs.logs, programs.records).stop_leftovers() == ["sleeper"]
    assert child.process.wait(5) is not None
    assert not is_running(child.process.pid)
    assert programs.stop_leftovers() == []


def test_what_was_left_is_asked_to_end_together(programs: Programs, tmp_path: Path) -> None:
    gone = tmp_path / "database-gone"
    client = start(programs, WAITS_FOR_FILE.format(file=str(gone)), "client")
    database = start(programs, LEAVES_FILE.format(file=str(gone)), "database")
    for child in (client, database):
        first_line(child)
    assert programs.stop_leftovers(grace=5) == ["client", "database"]
    for child in (client, database):
        child.process.wait(5)
    assert "left politely" in client.log.read_text(), "asked alone, it would have waited until it was killed"


def test_a_stranger_with_the_number_of_an_old_program_is_left_alone(programs: Programs) -> None:
    child = start(programs, "import time; time.sleep(60)")
    started = psutil.Process(child.process.pid).create_time()
    child.record.write_text(f'{{"pid": {child.process.pid}, "started": {started - 100}}}')
    assert programs.stop_leftovers() == []
    assert is_running(child.process.pid)
    child.record.touch()
    child.stop()


def test_a_long_log_is_put_aside(programs: Programs) -> None:
    programs.logs.mkdir()
    (programs.logs / "sleeper.log").write_text("x" * 6_000_000)
    child = start(programs, "print('new')")
    child.process.wait(10)
    child.stop()
    assert child.log.read_text() == "new\n"
    assert (programs.logs / "sleeper.log.1").stat().st_size == 6_000_000


def test_only_its_owner_may_read_what_a_program_writes(tmp_path: Path) -> None:
    left_open = tmp_path / "log"
    left_open.mkdir()
    left_open.chmod(0o755)
    programs = Programs(left_open, tmp_path / "run")
    child = programs.start(
        Invocation("said", [sys.executable, "-c", "print(1)"], environment=os.environ, folder=tmp_path)
    )
    child.stop()
    assert {path.stat().st_mode & 0o777 for path in (left_open, tmp_path / "run")} == {0o700}
    assert child.log.stat().st_mode & 0o777 == 0o600
