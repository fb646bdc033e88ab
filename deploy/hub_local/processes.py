"""Child processes: each started in a session of its own, recorded in a file, stopped in order.

Each child's process id and start time are written to `.local/run/<name>.pid`. After a run that was killed,
the next run stops the children that it finds there. The start time distinguishes them from an unrelated
process with the same id.
"""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from hub_local.passwords import private_folder

GRACE = 15.0  # seconds between the stop signal and SIGKILL
LOG_LIMIT = 5_000_000  # bytes; a longer log is renamed at the next start


@dataclass
class Child:
    """A program that this run started and must stop."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    record: Path
    stop_signal: signal.Signals = signal.SIGTERM
    asked: bool = False

    @property
    def has_ended(self) -> bool:
        """Whether the process has exited."""
        return self.process.poll() is not None

    def ask_to_stop(self) -> None:
        """Send the stop signal, once; `stop` waits for the end."""
        if not self.asked and not self.has_ended:
            self.process.send_signal(self.stop_signal)
        self.asked = True

    def kill(self) -> None:
        """Send SIGKILL and wait for the end."""
        self.process.kill()
        self.process.wait()

    def stop(self, grace: float = GRACE) -> None:
        """Send the stop signal, after `grace` seconds SIGKILL, also to the rest of the session."""
        if not self.record.exists():
            return  # stopped before; another process may have its id now
        self.ask_to_stop()
        try:
            self.process.wait(grace)
        except subprocess.TimeoutExpired:
            pass
        finally:
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.record.unlink(missing_ok=True)


@dataclass(frozen=True)
class Invocation:
    """A program with its arguments, environment and account, ready to be started."""

    name: str  # of its log file and its record
    arguments: Sequence[str | Path]
    environment: Mapping[str, str]  # all of it: nothing is inherited
    folder: Path  # the working directory
    stop_signal: signal.Signals = signal.SIGTERM
    user: int | None = None  # the user id with which it runs; None for this process's

    def open(self, log: Path) -> subprocess.Popen[bytes]:
        """Start it in a session of its own, with its output appended to a file."""
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as output:
            return subprocess.Popen(
                [str(argument) for argument in self.arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self.folder,
                env=dict(self.environment),
                start_new_session=True,
                user=self.user,
                group=group_of(self.user),
                extra_groups=None if self.user is None else [],
            )


@dataclass(frozen=True)
class Programs:
    """Starts programs, each with a log file and a record of its process id."""

    logs: Path
    records: Path

    def start(self, invocation: Invocation) -> Child:
        """Start a program in its own session, so that Ctrl-C in the terminal does not reach it."""
        private_folder(self.logs)
        private_folder(self.records)
        log = self.logs / f"{invocation.name}.log"
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        process = invocation.open(log)
        record = self.records / f"{invocation.name}.pid"
        record.write_text(json.dumps({"pid": process.pid, "started": started(process.pid)}))
        return Child(invocation.name, process, log, record, invocation.stop_signal)

    def stop_leftovers(self, grace: float = GRACE) -> list[str]:
        """Stop the recorded programs of a killed run, all at the same time; return their names."""
        records = sorted(self.records.glob("*.pid"))
        left = {record.stem: found for record in records if (found := recorded_process(record)) is not None}
        end(*left.values(), grace=grace)
        for record in records:
            record.unlink(missing_ok=True)
        return list(left)


def group_of(user: int | None) -> int | None:
    """Return the primary group id of a user id; None without a user."""
    import pwd

    return None if user is None else pwd.getpwuid(user).pw_gid


def started(pid: int) -> float:
    """Return the start time of a process in seconds since 1970; 0 when it has ended."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return 0.0


def recorded_process(record: Path) -> psutil.Process | None:
    """Return the running process of a record; None when it ended or its id belongs to another process."""
    try:
        facts = json.loads(record.read_text())
        process = psutil.Process(facts["pid"])
        same = abs(process.create_time() - facts["started"]) < 1
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except (psutil.NoSuchProcess, ValueError, KeyError, TypeError):
        return None


def end(*processes: psutil.Process, grace: float = GRACE) -> None:
    """Stop processes that are not our children, with their descendants: SIGTERM, after `grace` SIGKILL.

    All are signalled before the first wait, because a database ends only after its clients.
    """
    families: list[psutil.Process] = []
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            families += [process, *process.children(recursive=True)]
            process.terminate()
    _, alive = psutil.wait_procs(families, timeout=grace)
    for one in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            one.kill()
    psutil.wait_procs(alive, timeout=grace)
