"""Containers of a run that was killed before it could remove them: the next run finds them by their label."""

import os

import psutil

from hub_local.containers import docker

LABEL = "mathshub.faults"


def label() -> list[str]:
    """Options of `docker create` and `docker run`: to which run a container belongs."""
    return ["--label", f"{LABEL}={os.getpid()}"]


def remove() -> list[str]:
    """Remove the containers of runs that have ended; return their names."""
    listed = docker(
        "ps", "--all", "--filter", f"label={LABEL}", "--format", f'{{{{.Names}}}} {{{{.Label "{LABEL}"}}}}'
    )
    left = [
        name for name, process in map(str.split, listed.splitlines()) if not psutil.pid_exists(int(process))
    ]
    for name in left:
        docker("rm", "--force", "--volumes", name, check=False)
    return left
