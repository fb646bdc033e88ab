"""Nodes in containers: what is started for them, and that they end when they are killed."""

import itertools
import os
from pathlib import Path
from unittest import mock

import pytest
from tests.faults import contained
from tests.faults.brokers import end_at_once
from tests.faults.contained import ContainedChild, ContainedPrograms, program_for

from hub_local.processes import Invocation

SLEEP = ["sleep", "600"]
ENVIRONMENT = {
    "RABBITMQ_NODENAME": "hub1@localhost",
    "ERL_EPMD_PORT": "1",
    "HOME": "/h",
    "PATH": os.environ["PATH"],
}


@pytest.fixture(name="programs")
def _programs(tmp_path: Path) -> ContainedPrograms:
    return ContainedPrograms(tmp_path / "log", tmp_path / "run", shared=tmp_path)


def test_a_node_is_given_what_steers_it_and_nothing_else_of_this_machine(tmp_path: Path) -> None:
    command = contained.command_of("name", ENVIRONMENT, tmp_path)
    given = [word for before, word in itertools.pairwise(command) if before == "--env"]
    assert given == ["RABBITMQ_NODENAME", "ERL_EPMD_PORT", "HOME"]
    assert f"{tmp_path}:{tmp_path}" in command
    assert command[:2] == ["docker", "run"]


def test_a_node_that_is_killed_is_killed_by_the_engine(programs: ContainedPrograms, tmp_path: Path) -> None:
    with (
        mock.patch.object(contained, "command_of", return_value=SLEEP),
        mock.patch.object(contained, "docker") as docker,
    ):
        node = programs.start(Invocation("rabbitmq", ["whatever"], environment=ENVIRONMENT, folder=tmp_path))
        assert isinstance(node, ContainedChild)
        docker.side_effect = lambda *_, **__: node.process.kill()
        end_at_once(node)
    assert [call.args for call in docker.call_args_list] == [
        ("kill", node.container), ("rm", "--force", "--volumes", node.container),
    ]  # fmt: skip
    assert node.has_ended


def test_other_programs_run_on_this_machine(programs: ContainedPrograms, tmp_path: Path) -> None:
    child = programs.start(Invocation("epmd", SLEEP, environment=ENVIRONMENT, folder=tmp_path))
    try:
        assert not isinstance(child, ContainedChild)
        assert not child.has_ended
    finally:
        child.stop(grace=0)


def test_nothing_is_installed_for_a_node_in_a_container(programs: ContainedPrograms) -> None:
    with mock.patch("hub_local.broker.install", side_effect=AssertionError):
        assert program_for(programs) == Path("rabbitmq")
