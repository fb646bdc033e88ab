"""Every route of every service, tried with what its description allows and with what it does not.

schemathesis makes the requests out of the OpenAPI document that a service serves, and holds the answers
against it: no failure; no status, media type, header or field that is not described; no access without
a token; nothing taken that is not allowed.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.interfaces.conftest import SERVICES, Running
from tests.interfaces.known import Known
from tests.support.services import RunningService

from hub_local.places import ROOT

SETTINGS = ROOT / "tests" / "interfaces" / "schemathesis.toml"
DEADLINE = 1800  # seconds, some twenty times what it takes
ROLES = ("hub_admin", "hub_lead", "work_group_lead", "pd_lead", "board", "subscriber")


@dataclass(frozen=True)
class Trial:
    """schemathesis at work on one service."""

    process: "subprocess.Popen[bytes]"
    told: Path


@pytest.fixture(name="trials", scope="module")
def _trials(
    running: Running, known: Mapping[str, Known], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Mapping[str, Trial]]:
    """Try all services at once: a process waits as long as it works."""
    with ExitStack() as stack:
        trials = {}
        for name in SERVICES:
            trials[name] = start(running[name], known[name], tmp_path_factory.mktemp(f"trial_{name}"))
            stack.callback(trials[name].process.wait)
            stack.callback(trials[name].process.kill)
        yield trials


def start(service: RunningService, known: Known, folder: Path) -> Trial:
    token = str(service.client(*ROLES).token)
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(SETTINGS), "--no-color"),
        *("run", f"http://127.0.0.1:{service.port}/{service.name}/v1/openapi.json"),
        *("--header", f"Authorization: Bearer {token}"),
    ]
    own = {"HUB_KNOWN": json.dumps(known), "PYTHONPATH": str(ROOT)}
    told = folder / "told"
    with told.open("wb") as file:
        process = subprocess.Popen(
            command, env=os.environ | own, cwd=folder, stdout=file, stderr=subprocess.STDOUT
        )
    return Trial(process, told)


@pytest.mark.parametrize("name", SERVICES)
def test_every_route_conforms_to_its_description(
    name: str, trials: Mapping[str, Trial], running: Running
) -> None:
    code = trials[name].process.wait(DEADLINE)
    told = trials[name].told.read_text()
    assert code == 0, told
    assert "No issues found" in told
    assert running[name].lines("request_failed") == []
