"""Node programs used by tests: one folder each, installed from its lock file at first use."""

import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import pytest
from filelock import FileLock

from hub_local.places import ROOT

SOURCES: Final = Path(__file__).parent


def run(name: str, script: str, given: bytes = b"", *arguments: str, **settings: str) -> bytes:
    """Return the output of a script with `given` as its standard input; fail the test if the script fails.

    Args:
        name: the folder.
        script: the file in it.
        given: what it reads.
        arguments: its command line.
        settings: variables of its environment.
    """
    done = subprocess.run(
        ["node", script, *arguments],
        cwd=installed(name),
        input=given,
        capture_output=True,
        check=False,
        env=_environment(settings),
    )
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    return done.stdout


def installed(name: str) -> Path:
    """Install a folder if need be; return where it is. Skips the test where that fails."""
    if shutil.which("node") is None or shutil.which("npm") is None:
        cannot(name, "Node and npm are not installed (Debian: nodejs, npm)")
    sources, target = SOURCES / name, ROOT / ".local" / name
    target.mkdir(parents=True, exist_ok=True)
    with FileLock(target / "lock"):  # several workers
        done = target / "node_modules" / ".installed"
        wanted = (sources / "package-lock.json").read_text()
        if not done.exists() or done.read_text() != wanted:
            for file in ("package.json", "package-lock.json"):
                shutil.copy(sources / file, target)
            command = ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
            npm = subprocess.run(command, cwd=target, capture_output=True, check=False)
            if npm.returncode != 0:
                cannot(name, f"npm could not install its packages: {npm.stderr.decode()[-500:]}")
            done.write_text(wanted)
        for script in sources.glob("*.mjs"):
            shutil.copy(script, target)
    return target


def cannot(name: str, reason: str) -> None:
    """Skip the test, as these programs cannot be asked; in CI it fails."""
    if os.environ.get("CI"):
        pytest.fail(f"{name} cannot be asked: {reason}")
    pytest.skip(f"{name} cannot be asked: {reason}")


def _environment(settings: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name != "NODE_OPTIONS"} | dict(settings)
