"""Installing packages of the system, as root on Debian or Ubuntu only."""

import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from hub_local.failures import CannotStart

POLICY = Path("/usr/sbin/policy-rc.d")
# Debian's maintainer scripts do not start a service when policy-rc.d exits with 101.
NO_SERVICES = (
    "#!/bin/sh\n# Temporary: a package is being installed for its program, not for its service.\nexit 101\n"
)


def can_install() -> bool:
    """Return whether this process is root on a system with apt-get."""
    return os.geteuid() == 0 and shutil.which("apt-get") is not None


def install(package: str, *, log: Path) -> None:
    """Install one package for its programs; the service of the same name is neither started nor enabled.

    Raises:
        CannotStart: apt-get failed.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("wb") as output, services_kept_off():
        if apt_get("install", package, output=output) != 0:
            # A fresh image has no package lists yet.
            apt_get("update", output=output)
            if apt_get("install", package, output=output) != 0:
                raise CannotStart(f"apt-get could not install {package}.", log=log)
        if shutil.which("systemctl"):
            run(["systemctl", "disable", package], output=output)


def apt_get(action: str, *packages: str, output: IO[bytes]) -> int:
    """Run apt-get without questions, after waiting for another apt to end; return the exit code."""
    options = ["-y", "-q", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=300"]
    return run(["apt-get", *options, action, *packages], output=output)


def run(command: list[str], *, output: IO[bytes]) -> int:
    """Run a command without standard input, with its output in a log; return the exit code."""
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=output,
        stderr=subprocess.STDOUT,
        env=os.environ | {"DEBIAN_FRONTEND": "noninteractive", "NEEDRESTART_MODE": "l"},
        check=False,
    ).returncode


@contextlib.contextmanager
def services_kept_off() -> Iterator[None]:
    """Keep packages from starting services while they are installed, unless the system has a policy-rc.d."""
    if POLICY.exists():
        yield
        return
    POLICY.write_text(NO_SERVICES)
    POLICY.chmod(0o755)
    try:
        yield
    finally:
        POLICY.unlink(missing_ok=True)
