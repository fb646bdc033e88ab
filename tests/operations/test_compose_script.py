"""Refusals of deploy/compose.sh when an engine is missing, old or short of space."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from hub_local.places import ROOT

SCRIPT = ROOT / "deploy" / "compose.sh"
# Stands for Docker: answers what is looked at first, writes down what would change something.
ENGINE = """#!/bin/sh
case "$*" in
  "version --format {{.Server.Version}}") [ -n "$ENGINE" ] && echo "$ENGINE" ;;
  "compose version --short") [ -n "$COMPOSE" ] && echo "$COMPOSE" ;;
  "info --format {{.DockerRootDir}}") echo / ;;
  "info --format {{.MemTotal}}") echo "$MEMORY" ;;
  "volume inspect"*) exit 1 ;;
  "volume ls"*) ;;
  *"ps --quiet"*) ;;
  *) echo "${COMPOSE_PROJECT_NAME:-hub}: $*" >>"$DONE"; exit 1 ;;
esac
"""
DISK = """#!/bin/sh
printf 'Avail\\n%sG\\n' "$FREE"
"""


class Machine:
    """A machine with as much as it is given."""

    def __init__(self, folder: Path) -> None:
        self.programs = folder / "bin"
        self.done = folder / "done"
        self.programs.mkdir()
        for name, text in {"docker": ENGINE, "df": DISK}.items():
            (self.programs / name).write_text(text)
            (self.programs / name).chmod(0o755)
        for name in ("bash", "dirname", "sort", "head", "tail", "tr", "env", "printf", "mkdir", "id"):
            (self.programs / name).symlink_to(shutil.which(name) or name)
        self.has = {"ENGINE": "26.1.5", "COMPOSE": "2.26.1", "MEMORY": "8000000000", "FREE": "20"}
        self.secrets = folder / "secrets"

    def says(self, *words: str, **has: str) -> str:
        """Return the refusal on standard error."""
        settings = {"PATH": str(self.programs), "DONE": str(self.done), "HUB_SECRETS": str(self.secrets)}
        environment = {k: v for k, v in os.environ.items() if not k.startswith(("HUB_", "COMPOSE_"))}
        environment |= settings | {"HUB_HTTP_PORT": "1", "HUB_HTTPS_PORT": "1"} | self.has | has
        done = subprocess.run(
            [str(SCRIPT), *words], env=environment, capture_output=True, text=True, check=False, timeout=30
        )
        assert done.returncode == 1, done.stderr
        return done.stderr.strip()

    @property
    def changes(self) -> list[str]:
        """Docker commands that could change anything."""
        return self.done.read_text().splitlines() if self.done.exists() else []


@pytest.fixture(name="machine")
def _machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


@pytest.mark.parametrize(
    ("has", "says"),
    [
        ({"ENGINE": ""}, "The Docker engine does not answer: start it"),
        ({"ENGINE": "19.03.15"}, "Docker Engine 19.03.15 is too old: 20.10 or newer"),
        ({"COMPOSE": ""}, "Docker Compose v2 is not installed"),
        ({"COMPOSE": "2.19.1"}, "Docker Compose 2.19.1 is too old: 2.20 or newer"),
        ({"COMPOSE": "v2.9.0"}, "Docker Compose 2.9.0 is too old"),
        ({"FREE": "3"}, "Only 3 GB are free in /; the hub needs 4 GB to start."),
        ({"MEMORY": "1900000000"}, "This machine has 1900 MB of memory; the hub needs 2 GB."),
    ],
)
def test_what_is_missing_is_said_before_anything_is_done(
    machine: Machine, has: dict[str, str], says: str
) -> None:
    said = machine.says("up", **has)
    assert said.startswith(says)
    assert "\n" not in said
    assert machine.changes == []
    assert not machine.secrets.exists()


def test_without_docker(machine: Machine) -> None:
    (machine.programs / "docker").unlink()
    assert machine.says("up").startswith("Docker is not installed: install Docker Engine with Compose v2.20")


def test_images_that_cannot_be_built_change_nothing(machine: Machine) -> None:
    assert machine.says("up").endswith("The images could not be built; nothing that runs was changed.")
    assert ["build" in change for change in machine.changes] == [True]
    assert not machine.secrets.exists()


@pytest.mark.parametrize(
    "command", ["down", "logs", "ps", "migrate", "backup", "upgrade", "doctor", "hubctl"]
)
def test_a_hub_that_is_not_there(machine: Machine, command: str) -> None:
    assert (
        machine.says(command)
        == "There is no hub here yet: make up creates one, make restore restores one from a backup."
    )
    assert machine.changes == []


def test_what_is_no_command(machine: Machine) -> None:
    assert machine.says("frobnicate").startswith("usage: compose.sh up|check-settings|down|")
    assert machine.says().startswith("usage: ")


def test_a_backup_that_is_not_named(machine: Machine) -> None:
    assert machine.says("restore") == "Name the backup: make restore ARCHIVE=backups/hub-….tar.gz"
    assert machine.changes == []


def test_a_demonstration_has_everything_of_its_own(machine: Machine) -> None:
    assert "There is no hub here yet" in machine.says("down", HUB_DEMO="1")
    machine.says("up", HUB_DEMO="1", ENGINE="26.1.5")
    assert machine.changes[0].startswith(
        "hub-demo: compose --env-file /dev/null --file compose.yaml --profile operator build"
    )


BROKER = """#!/bin/sh
case "$*" in
  *"config --services") printf 'postgres\\nrabbitmq\\n' ;;
  *"ps --all --format"*ID*) printf 'postgres|running|healthy|1\\nrabbitmq|running|healthy|2\\n' ;;
  "inspect"* | *"ps --all"* | *"compose.yaml config") ;;
  *"ps --quiet"*) echo "$RUNS" ;;
  *" import_definitions "*) echo "$*" >>"$DONE"; exit "$REFUSES" ;;
  *) echo "$*" >>"$DONE" ;;
esac
"""
STARTS = '. "$1/common.sh"; . "$1/mend.sh"; . "$1/start.sh"; start'


@pytest.mark.parametrize(
    ("runs", "refuses", "given", "started"),
    [("", "0", 0, 1), ("5a1d", "0", 3, 1), ("5a1d", "1", 2, 0)],
    ids=["no broker runs", "a broker runs", "a broker refuses"],
)
def test_a_broker_that_runs_is_given_the_definitions_of_this_release_before_the_services_start(
    tmp_path: Path, runs: str, refuses: str, given: int, started: int
) -> None:
    (tmp_path / "docker").write_text(BROKER)
    (tmp_path / "docker").chmod(0o755)
    done = tmp_path / "done"
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "DONE": str(done), "RUNS": runs}
    subprocess.run(
        ["bash", "-euc", STARTS, "-", str(ROOT / "deploy" / "compose")],
        env=environment | {"REFUSES": refuses, "HUB_SECRETS": "/secrets"},
        cwd=tmp_path,
        capture_output=True,
        check=False,
        timeout=30,
    )
    told = done.read_text().splitlines()
    asked = [one for one in told if "hubctl log" not in one]
    assert len(told) - len(asked) == started  # whether the event log is whole is looked at once the hub is up
    assert sum("definitions" in one for one in asked) == given
    # Database and broker are started first.
    assert [" up --detach" in one for one in asked] == [True] + [False] * given + [True] * started
    if given:
        assert asked[1].endswith("cp /secrets/rabbitmq_definitions.json rabbitmq:/tmp/definitions.json")


DESCRIBES = '. "$1/common.sh"; . "$1/doctor.sh"; description'


@pytest.mark.parametrize(
    ("described", "codes", "said"),
    [
        ("1", "", "  well   The hub has been described."),
        ("1", "873", "HUB_AREA_LA_CODES is not read any more: the hub has been described, so remove"),
        ("0", "873,874", "PUT /enrolment/v1/hub describes it"),
        ("0", "873,874", "its area_la_codes are 873,874."),
        ("0", "", "  note   The hub has not been described yet"),
        ("", "873", "  note   Whether the hub has been described could not be read."),
    ],
)
def test_a_setting_that_became_data_is_named_with_what_to_do(
    tmp_path: Path, described: str, codes: str, said: str
) -> None:
    (tmp_path / "docker").write_text(f"#!/bin/sh\necho {described}\n")
    (tmp_path / "docker").chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "HUB_SECRETS": "/secrets"}
    done = subprocess.run(
        ["bash", "-euc", DESCRIBES, "-", str(ROOT / "deploy" / "compose")],
        env=environment | {"HUB_AREA_LA_CODES": codes},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    assert said in done.stdout
