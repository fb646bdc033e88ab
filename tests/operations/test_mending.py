"""Repairs of `make up`, tested with a stub of the Docker engine."""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from hub_local.places import ROOT

OLD = "2020-01-01T00:00:00Z"
STARTS = '. "$1/common.sh"; . "$1/mend.sh"; . "$1/start.sh"; SETTLE_SECONDS=0; start'
PARTS = ("postgres", "rabbitmq", "enrolment", "visits")
ALL = "up " + " ".join(PARTS)
FOUNDATIONS = "up postgres rabbitmq"


class World:
    """The parts of a hub, well unless a test says otherwise, and what was done to them."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "world"
        self.parts: dict[str, dict[str, Any]] = {
            name: {"state": "running", "health": "healthy", "started": OLD, "created": OLD} for name in PARTS
        }
        self.migrations: list[str] = []
        self.programs = folder / "bin"
        self.programs.mkdir()
        shutil.copy(Path(__file__).with_name("engine.py"), self.programs / "docker")
        (self.programs / "docker").chmod(0o755)

    def start(self) -> subprocess.CompletedProcess[str]:
        """Start the hub as `make up` does once the images are there."""
        self.file.write_text(
            json.dumps({"parts": self.parts, "migrations": self.migrations, "done": []}), encoding="utf-8"
        )
        return subprocess.run(
            ["bash", "-euc", STARTS, "-", str(ROOT / "deploy" / "compose")],
            env={
                "PATH": f"{self.programs}:{os.environ['PATH']}",
                "WORLD": str(self.file),
                "HUB_SECRETS": "/secrets",
            },
            cwd=self.programs,
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )

    def done(self) -> list[str]:
        """Return what was done to the parts, in order."""
        done: list[str] = json.loads(self.file.read_text())["done"]
        return done


@pytest.fixture(name="world")
def _world(tmp_path: Path) -> World:
    return World(tmp_path)


def test_a_hub_that_is_well_is_left_as_it_is(world: World) -> None:
    assert world.start().returncode == 0
    assert world.done() == [FOUNDATIONS, ALL]


def test_database_and_broker_come_before_the_services_that_wait_for_them(world: World) -> None:
    world.parts["postgres"] |= {"state": "exited", "health": ""}
    world.parts["visits"] |= {"health": "unhealthy", "cured_by": "restart"}
    assert world.start().returncode == 0
    assert world.done() == [FOUNDATIONS, ALL, "restart visits", ALL]


def test_a_part_that_the_engine_still_holds_to_be_healthy_is_asked_itself(world: World) -> None:
    world.parts["enrolment"]["hung"] = True
    assert world.start().returncode == 0
    assert world.done() == [FOUNDATIONS, ALL, "restart enrolment", ALL]


def test_a_container_is_replaced_when_a_restart_does_not_help(world: World) -> None:
    world.parts["rabbitmq"] |= {"health": "unhealthy", "cured_by": "renew"}
    assert world.start().returncode == 0
    steps = [FOUNDATIONS, "restart rabbitmq", FOUNDATIONS, "renew rabbitmq", FOUNDATIONS, ALL]
    assert world.done() == steps


def test_a_container_that_cannot_start_is_replaced(world: World) -> None:
    world.parts["visits"] |= {"state": "exited", "health": "", "cured_by": "renew"}
    assert world.start().returncode == 0
    assert world.done()[-2:] == ["renew visits", ALL]


def test_what_is_paused_goes_on(world: World) -> None:
    world.parts["postgres"]["state"] = world.parts["visits"]["state"] = "paused"
    assert world.start().returncode == 0
    assert sorted(world.done()) == sorted(["unpause postgres", "unpause visits", FOUNDATIONS, ALL])


def test_what_was_taken_off_its_network_is_connected_again_by_its_name(world: World) -> None:
    world.parts["postgres"]["network"] = "hub_inside_of_another"
    assert world.start().returncode == 0
    connected = "network connect --alias postgres hub_inside postgres"
    assert world.done() == [connected, FOUNDATIONS, ALL]


def test_what_cannot_be_helped_is_named_with_its_last_lines(world: World) -> None:
    world.parts["visits"]["health"] = "unhealthy"
    done = world.start()
    assert done.returncode == 1
    assert "The last log lines of visits:\nthe last line of visits\n" in done.stderr
    assert "the last line of enrolment" not in done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith("The hub did not start. Unhealthy: visits.")
    assert world.done() == [FOUNDATIONS, ALL, "restart visits", ALL, "renew visits", ALL]


def test_what_this_run_has_just_started_is_not_restarted(world: World) -> None:
    world.parts["visits"] |= {"health": "unhealthy", "started": "2998-01-01", "created": "2998-01-01"}
    assert world.start().returncode == 1
    assert world.done() == [FOUNDATIONS, ALL]


def test_nothing_else_is_started_without_a_database(world: World) -> None:
    world.parts["postgres"] |= {"state": "exited", "health": "", "cured_by": "nothing"}
    done = world.start()
    assert done.returncode == 1
    assert "the last line of postgres" in done.stderr
    assert done.stderr.strip().splitlines()[-1].startswith("The database or the broker does not start")
    assert ALL not in world.done()


def test_a_migration_that_failed_is_named_and_nothing_is_restarted_for_it(world: World) -> None:
    world.parts["visits"] |= {"state": "exited", "health": "", "cured_by": "nothing"}
    world.migrations = ["migrate-visits|exited|1", "migrate-enrolment|exited|143"]
    done = world.start()
    assert "The migration of visits failed and was rolled back" in done.stderr
    assert world.done() == [FOUNDATIONS, ALL]
