"""A client of the page, installed by its own commands and run as its reader would run it."""

import os
import re
import shutil
import signal
import sqlite3
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest
from filelock import FileLock
from tests.subscribing.page import Client
from tests.support.waiting import wait_until

from hub_local import packages
from hub_local.places import ROOT

HERE: Final = Path(__file__).parent
INSTALLED: Final = ROOT / ".local" / "subscribing"
LOCKS: Final = ("requirements.lock", "node/package.json", "node/package-lock.json")
LINE: Final = re.compile(r"^(\w+) (\S+) (\d+) ?(\(repeated\))?$", re.MULTILINE)


class Printed(NamedTuple):
    """The line that a client printed of one delivery."""

    type: str
    subject: str
    revision: int
    repeated: bool


@dataclass
class Program:
    """A running client in a folder of its own."""

    process: subprocess.Popen[bytes]
    folder: Path

    @property
    def printed_deliveries(self) -> list[Printed]:
        """Every delivery that any run in this folder has taken, in order."""
        printed = (self.folder / "out").read_text("utf-8")
        return [Printed(one[0], one[1], int(one[2]), bool(one[3])) for one in LINE.findall(printed)]

    def wait_for(self, deliveries: int) -> None:
        """Wait until so many deliveries have been taken.

        Raises:
            AssertionError: the client has ended, with its last words.
        """

        def done() -> bool:
            assert self.process.poll() is None, (self.folder / "err").read_text("utf-8")[-3000:]
            return len(self.printed_deliveries) >= deliveries

        wait_until(done, deadline=120)

    def kill(self) -> None:
        """End it in the middle of whatever it does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(timeout=30)

    def stop(self) -> None:
        """End it as systemd or Docker would."""
        self.process.terminate()
        try:
            self.process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            self.kill()

    @property
    def half_days(self) -> dict[str, int]:
        """School → sum, from the client's database; ask when it has ended."""
        return dict(self._rows("SELECT urn, total FROM half_days"))

    @property
    def inbox(self) -> int:
        """How many events its inbox table knows; ask when it has ended."""
        ((count,),) = self._rows("SELECT count(*) FROM inbox")
        return int(count)

    def _rows(self, statement: str) -> list[tuple[Any, ...]]:
        database = sqlite3.connect(self.folder / "warehouse.db")
        try:
            return database.execute(statement).fetchall()
        finally:
            database.close()


@contextmanager
def running(client: Client, folder: Path, settings: Mapping[str, str]) -> Iterator[Program]:
    """Save the client's files in a folder, install what it needs, and let it read until the block ends."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in client.files.items():
        (folder / name).write_text(content, "utf-8")
    for made in _installed(client):
        if not (folder / made.name).exists():
            (folder / made.name).symlink_to(made)
    with (folder / "out").open("ab") as out, (folder / "err").open("ab") as err:
        process = subprocess.Popen(
            client.reading, cwd=folder, env=_environment() | dict(settings), stdout=out, stderr=err
        )
        program = Program(process, folder)
        try:
            yield program
        finally:
            program.stop()


def _environment() -> dict[str, str]:
    """The machine's own, without what would let a client find packages of the hub."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "HUB_"))}


def _installed(client: Client) -> list[Path]:
    """Return a folder with the result of the client's own commands, run once for each list of versions."""
    folder = INSTALLED / re.sub(r"\W+", "-", client.title)
    folder.mkdir(parents=True, exist_ok=True)
    locks = {name: (HERE / name).read_text() for name in LOCKS}
    wanted = "\n".join([*client.installing, *locks.values()])
    done = folder / ".installed"
    with FileLock(folder / ".lock"):  # several workers
        if not done.exists() or done.read_text() != wanted:
            for name in ("package.json", "package-lock.json"):
                (folder / name).write_text(locks[f"node/{name}"])
            for command in client.installing:
                _install(command, folder)
            done.write_text(wanted)
    _require(client.reading[0], folder)
    return [path for path in folder.iterdir() if path.is_dir()]


def _install(command: str, folder: Path) -> None:
    """Run one command of the page; versions are those of the lock files."""
    if command.startswith("apt-get ") and (shutil.which("php") or not packages.can_install()):
        return
    # The page names packages only: its reader gets the newest ones, and this test the same ones each time.
    pinned = {"PIP_CONSTRAINT": str(_constraints(folder)), "NPM_CONFIG_AUDIT": "false"}
    run = subprocess.run(
        ["sh", "-c", command], cwd=folder, env=_environment() | pinned, capture_output=True, check=False
    )
    if run.returncode != 0:
        _cannot(f"{command}: {run.stderr.decode(errors='replace')[-500:]}")


def _constraints(folder: Path) -> Path:
    """The versions of the lock file; pip takes no hashes of packages that a command does not pin itself."""
    path = folder / "constraints.txt"
    lines = (HERE / "requirements.lock").read_text().splitlines()
    versions = [line.rstrip(" \\") for line in lines if not line.startswith((" ", "#"))]
    path.write_text("\n".join(versions))
    return path


def _require(program: str, folder: Path) -> None:
    if not (folder / program).exists() and shutil.which(program) is None:
        _cannot(f"{program} is not installed")


def _cannot(reason: str) -> None:
    if os.environ.get("CI"):
        pytest.fail(f"The client cannot be run: {reason}")
    pytest.skip(f"The client cannot be run: {reason}")
