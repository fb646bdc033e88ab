"""Child processes that are sure to end: started in their own session, recorded, stopped in order.

Each child's process id and start time are written to `.local/run/<name>.pid`. When a run was killed before it
could stop its children, the next one finds them there. The start time tells them from a stranger that was
given the same number later.
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

GRACE = 15.0  # seconds between the polite signal and SIGKILL
LOG_LIMIT = 5_000_000  # bytes; a longer log is put aside at the next start


@dataclass
class Child:
    """A running program that this run must stop."""

    name: str
    process: subprocess.Popen[bytes]
    log: Path
    record: Path
    stop_signal: signal.Signals = signal.SIGTERM
    asked: bool = False

    @property
    def has_ended(self) -> bool:
        """Whether the program is no longer running."""
        return self.process.poll() is not None

    def ask_to_stop(self) -> None:
        """Send the polite signal, once; `stop` waits for the effect."""
        if not self.asked and not self.has_ended:
            self.process.send_signal(self.stop_signal)
        self.asked = True

    def kill(self) -> None:
        """End the program at once, as a power cut would, and wait until it is gone."""
        self.process.kill()
        self.process.wait()

    def stop(self, grace: float = GRACE) -> None:
        """Ask the program to end, then end it and whatever is left of its session."""
        if not self.record.exists():
            return  # stopped before; its number may be another's by now
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
class Programs:
    """Starts programs, one log and one record each."""

    logs: Path
    records: Path

    def start(
        self,
        name: str,
        arguments: Sequence[str | Path],
        *,
        environment: Mapping[str, str],
        folder: Path,
        stop_signal: signal.Signals = signal.SIGTERM,
        user: int | None = None,
    ) -> Child:
        """Start a program in its own session, so that Ctrl-C in the terminal reaches only us."""
        private_folder(self.logs)
        private_folder(self.records)
        log = self.logs / f"{name}.log"
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_suffix(".log.1"))
        with os.fdopen(os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as output:
            process = subprocess.Popen(
                [str(argument) for argument in arguments],
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                env=dict(environment),
                start_new_session=True,
                user=user,
                group=group_of(user),
                extra_groups=None if user is None else [],
            )
        record = self.records / f"{name}.pid"
        record.write_text(json.dumps({"pid": process.pid, "started": started(process.pid)}))
        return Child(name, process, log, record, stop_signal)

    def stop_leftovers(self, grace: float = GRACE) -> list[str]:
        """End the programs of a run that was killed before it could, all together; their names."""
        records = sorted(self.records.glob("*.pid"))
        left = {record.stem: found for record in records if (found := recorded_process(record)) is not None}
        end(*left.values(), grace=grace)
        for record in records:
            record.unlink(missing_ok=True)
        return list(left)


def group_of(user: int | None) -> int | None:
    """The main group of an account, by its number."""
    import pwd

    return None if user is None else pwd.getpwuid(user).pw_gid


def started(pid: int) -> float:
    """When the process began, as seconds since 1970; 0 when it is already gone."""
    try:
        return psutil.Process(pid).create_time()
    except psutil.NoSuchProcess:
        return 0.0


def recorded_process(record: Path) -> psutil.Process | None:
    """The process a record speaks of, if it is that very one and still runs."""
    try:
        facts = json.loads(record.read_text())
        process = psutil.Process(facts["pid"])
        same = abs(process.create_time() - facts["started"]) < 1
        return process if same and process.status() != psutil.STATUS_ZOMBIE else None
    except (psutil.NoSuchProcess, ValueError, KeyError, TypeError):
        return None


def end(*processes: psutil.Process, grace: float = GRACE) -> None:
    """Stop processes that are not our children: politely, then for sure, with what they started.

    All are asked before any is waited for: a database waits for its clients, so one by one would take long.
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
