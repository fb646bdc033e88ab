"""Commands of a Docker engine, where this account can use one."""

import functools
import shutil
import subprocess
from collections.abc import Callable

from hub_local.failures import CannotStart

PATIENCE = 10.0  # seconds to wait for the engine's answer


def docker(*arguments: str, check: bool = True) -> str:
    """Run a docker command; return its output.

    Raises:
        CannotStart: it failed, with the engine's message.
    """
    finished = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    if check and finished.returncode != 0:
        lines = finished.stderr.strip().splitlines() or ["it did not say why"]
        raise CannotStart(f"docker {arguments[0]} failed: {lines[-1]}")
    return finished.stdout.strip()


@functools.cache
def engine_answers() -> bool:
    """Return whether this account can use a Docker engine."""
    if shutil.which("docker") is None:
        return False
    command = ["docker", "info", "--format", "{{.ServerVersion}}"]
    try:
        finished = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return False
    return finished.returncode == 0 and bool(finished.stdout.strip())


def can_run(image: str, say: Callable[[str], None]) -> bool:
    """Return whether an engine answers, after pulling the image unless the engine has it."""
    if not engine_answers():
        return False
    if docker("images", "--quiet", image):
        return True
    say(f"Fetching the image {image} …")
    try:
        docker("pull", "--quiet", image)
    except CannotStart as failure:
        say(f"A Docker engine answers but cannot fetch {image}; starting without a container. ({failure})")
        return False
    return True
