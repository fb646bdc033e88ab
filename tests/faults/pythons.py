"""Which Python the programs under test run on: this machine's, or the deployed images' in a container.

A container has the network, the process numbers and the run's folder of the machine; only Python and its
packages are those of the image. So a program that kills itself is not process 1, which no signal of its own
can end, and the broker is where it always is.
"""

import itertools
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.faults import leftovers
from tests.support.waiting import wait_until

from hub_local.containers import docker
from hub_local.places import ROOT, python_path
from hub_local.processes import Child, Invocation, Programs

IMAGE = "mathshub-faults"
PEERS = ROOT / "tests" / "peers"
IN_IMAGE = "/opt/hub/bin/python"
ASK = """\
import importlib.metadata, json, platform, sys
def found(name):
    try:
        return importlib.metadata.version(name)
    except importlib.metadata.PackageNotFoundError:
        return "not installed"
print(json.dumps({"Python": platform.python_version()} | {name: found(name) for name in sys.argv[1:]}))
"""
STARTS_WITHIN = 60.0  # seconds, for the engine to make a container on a busy machine
RUNS_AT_MOST = 120.0  # seconds
numbers = itertools.count(1)


@dataclass(frozen=True)
class Started:
    """A program in one of its lives."""

    child: Child
    container: str | None = None  # when it runs in one

    def send(self, number: signal.Signals) -> None:
        """Send a signal to the program itself; `docker run` would pass on only what can be caught."""
        self._wait_until_there()
        if self.container is None:
            self.child.process.send_signal(number)
        else:
            docker("kill", "--signal", number.name, self.container, check=False)

    @property
    def was_killed(self) -> bool:
        """Whether it was ended by SIGKILL; a container's end tells that as a shell does."""
        return self.child.process.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)

    def stop(self, grace: float) -> float:
        """Ask it to leave, then make it; nothing of it stays. The seconds that it took itself."""
        self._wait_until_there()
        begun = time.monotonic()
        self.child.stop(grace=grace)
        taken = time.monotonic() - begun
        if self.container is not None:
            docker("rm", "--force", self.container, check=False)
        return taken

    def _wait_until_there(self) -> None:
        """Wait until the engine has made the container, so that no signal is lost."""
        if self.container is not None:
            state = ("inspect", "--format", "{{.State.Status}}", self.container)
            wait_until(
                lambda: self.child.has_ended or docker(*state, check=False) in ("running", "exited"),
                deadline=STARTS_WITHIN,
                interval=0.1,
            )


@dataclass(frozen=True)
class Python:
    """Starts programs with the Python of an image, or with this one."""

    image: str | None = None  # None: the Python that runs the suite

    def start(
        self, programs: Programs, name: str, words: Sequence[str], own: Mapping[str, str], folder: Path
    ) -> Started:
        """Start a program; `folder` is the run's, which it may write to."""
        container = None if self.image is None else f"hub-faults-{os.getpid()}-{next(numbers)}"
        command = [*self._before(container, [*own, "PYTHONPATH"], folder), *words]
        child = programs.start(Invocation(name, command, environment=environment(own), folder=ROOT))
        return Started(child, container)

    def run(
        self, words: Sequence[str], own: Mapping[str, str], folder: Path
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end and keep what it says."""
        return subprocess.run(
            [*self._before(None, [*own, "PYTHONPATH"], folder), *words],
            env=environment(own),
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=RUNS_AT_MOST,
            check=False,
        )

    def versions(self, packages: Iterable[str], folder: Path) -> dict[str, str]:
        """Which Python it is, and which releases of packages it has."""
        told: dict[str, str] = json.loads(self.run(["-c", ASK, *packages], {}, folder).stdout)
        return told

    def _before(self, container: str | None, variables: Iterable[str], folder: Path) -> list[str]:
        if self.image is None:
            return [sys.executable]
        options = [
            "--rm",
            *leftovers.label(),
            "--network",
            "host",
            "--pid",
            "host",
            "--user",
            f"{os.getuid()}:{os.getgid()}",
        ]
        options += ["--volume", f"{ROOT}:{ROOT}", "--volume", f"{folder}:{folder}", "--workdir", str(ROOT)]
        options += ["--env", "PYTHONDONTWRITEBYTECODE="]  # or every start would compile every module
        for variable in variables:  # their values do not stand on the command line
            options += ["--env", variable]
        if container is not None:
            options += ["--name", container]
        return ["docker", "run", *options, "--entrypoint", IN_IMAGE, self.image]


def environment(own: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a program's process: this machine's, overridden by the given one."""
    return {**os.environ, **own, "PYTHONPATH": python_path()}


def build_image(*, with_peers: bool) -> Python:
    """Make the image: what the deployed ones are made of, and what the other systems need besides.

    Raises:
        CannotStart: it could not be made.
    """
    indexes = ["--build-arg", "PIP_INDEX_URL", "--build-arg", "PIP_EXTRA_INDEX_URL"]
    options = ["--quiet", *indexes]
    file = ROOT / "deploy" / "Dockerfile"
    docker("build", *options, "--target", "base", "--file", str(file), "--tag", IMAGE, str(ROOT))
    if not with_peers:
        return Python(IMAGE)
    image = f"{IMAGE}-peers"
    docker("build", *options, "--build-arg", f"BASE={IMAGE}", "--tag", image, str(PEERS))
    return Python(image)
