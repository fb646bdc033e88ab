"""The Docker engine, if one can be used from here."""

import functools
import shutil
import subprocess
from collections.abc import Callable

from hub_local.failures import CannotStart

PATIENCE = 10.0  # seconds for the engine to say that it is there


def docker(*arguments: str, check: bool = True) -> str:
    """Run a docker command; what it printed.

    Raises:
        CannotStart: it failed, with the engine's own words.
    """
    finished = subprocess.run(["docker", *arguments], capture_output=True, text=True, check=False)
    if check and finished.returncode != 0:
        lines = finished.stderr.strip().splitlines() or ["it did not say why"]
        raise CannotStart(f"docker {arguments[0]} failed: {lines[-1]}")
    return finished.stdout.strip()


@functools.cache
def engine_answers() -> bool:
    """Whether a Docker engine can be used from here."""
    if shutil.which("docker") is None:
        return False
    command = ["docker", "info", "--format", "{{.ServerVersion}}"]
    try:
        finished = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)
    except subprocess.TimeoutExpired:
        return False
    return finished.returncode == 0 and bool(finished.stdout.strip())


def can_run(image: str, say: Callable[[str], None]) -> bool:
    """Whether an engine answers and has the image, or can fetch it now."""
    if not engine_answers():
        return False
    if docker("images", "--quiet", image):
        return True
    say(f"Fetching the image {image} …")
    try:
        docker("pull", "--quiet", image)
    except CannotStart as failure:
        say(f"A Docker engine answers but cannot fetch {image}; going on without it. ({failure})")
        return False
    return True
