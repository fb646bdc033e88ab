"""The steps of docs/subscribing.md before a client runs, typed as they stand there."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from tests.subscribing import page
from tests.subscribing.feeding import NAME

from hub_local.places import ROOT

HUBCTL = ".local/venv/bin/hubctl"


def follow(folder: Path, name: str, operator: Mapping[str, str], *, hubctl: str = HUBCTL) -> dict[str, str]:
    """Let the operator add a subscriber, and read the settings that its client gets.

    Args:
        folder: made here; where the commands are typed.
        name: of the subscriber, instead of the page's.
        operator: the environment in which the operator types.
        hubctl: how the command begins on this deployment.
    """
    folder.mkdir()
    (folder / ".local").symlink_to(ROOT / ".local")
    assert f" {NAME} " in page.adding()
    assert page.adding().startswith(HUBCTL)
    type_in(page.adding().replace(f" {NAME} ", f" {name} ").replace(HUBCTL, hubctl), folder, operator)
    printed = type_in(f"{page.setting()}; env -0", folder, {"PATH": "/usr/bin:/bin"})
    settings = dict(line.split("=", 1) for line in printed.split("\0") if "=" in line)
    assert settings["HUB_EVENTS_QUEUE"] == f"subscriber.{name}"
    return {key: value for key, value in settings.items() if key.startswith("HUB_EVENTS_")}


def type_in(command: str, folder: Path, environment: Mapping[str, str]) -> str:
    """Type a command in a folder; what it prints on standard output."""
    run = subprocess.run(
        ["sh", "-c", command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, f"{command}\n{run.stdout}\n{run.stderr}"
    return run.stdout
