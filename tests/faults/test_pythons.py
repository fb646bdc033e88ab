"""Programs of the suite: signals reach the program, its end is understood, secrets stay off command lines."""

import itertools
import os
import re
import signal
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest
from tests.faults import leftovers, pythons
from tests.faults.pythons import Python, Started

from hub_local.processes import Child, Programs

FOR_EVER = "import time\nwhile True: time.sleep(60)"


@pytest.fixture(name="started")
def _started(tmp_path: Path) -> Iterator[Started]:
    programs = Programs(tmp_path / "log", tmp_path / "run")
    started = Python().start(programs, "sleeper", ["-c", FOR_EVER], {}, tmp_path)
    yield started
    started.stop(grace=0)


def test_a_program_that_was_killed_is_known_as_such(started: Started) -> None:
    assert not started.was_killed
    started.send(signal.SIGKILL)
    started.child.process.wait()
    assert started.was_killed


def test_a_program_that_left_when_asked_was_not_killed(started: Started) -> None:
    started.stop(grace=10)
    assert not started.was_killed


@pytest.mark.parametrize(("code", "killed"), [(137, True), (143, False), (0, False), (1, False)])
def test_the_end_of_a_container_is_read_as_a_shell_tells_it(code: int, killed: bool) -> None:
    child = mock.Mock(spec=Child, process=mock.Mock(returncode=code))
    assert Started(child, "name").was_killed is killed


def test_values_of_the_environment_are_not_on_the_command_line_of_a_container(tmp_path: Path) -> None:
    programs = mock.create_autospec(Programs, instance=True)
    own = {"HUB_DATABASE_URL": "postgresql://a:secret@host/b"}  # pragma: allowlist secret
    started = Python("image").start(programs, "publisher", ["-m", "it"], own, tmp_path)
    (invocation,), _ = programs.start.call_args
    command = [str(word) for word in invocation.arguments]
    assert "secret" not in " ".join(command)
    assert command[(at := command.index("HUB_DATABASE_URL")) - 1 : at + 1] == ["--env", "HUB_DATABASE_URL"]
    assert command[-3:] == ["image", "-m", "it"]
    assert invocation.environment["HUB_DATABASE_URL"] == own["HUB_DATABASE_URL"]
    assert started.container in command


def test_a_signal_waits_until_the_engine_has_made_the_container() -> None:
    child = mock.create_autospec(Child, instance=True)
    child.has_ended = False
    answers = iter(["", "created", "running", ""])
    with mock.patch.object(pythons, "docker", side_effect=lambda *_, **__: next(answers)) as docker:
        Started(child, "name").send(signal.SIGSTOP)
    assert docker.call_args.args == ("kill", "--signal", "SIGSTOP", "name")


def test_containers_of_a_run_that_has_ended_are_removed_and_no_others() -> None:
    answers = iter([f"mine {os.getpid()}\nleft {2**22 + 1}", ""])
    with mock.patch.object(leftovers, "docker", side_effect=lambda *_, **__: next(answers)) as docker:
        assert leftovers.remove() == ["left"]
    assert docker.call_args.args == ("rm", "--force", "--volumes", "left")


def test_the_versions_are_those_of_the_python_that_is_asked(tmp_path: Path) -> None:
    told = Python().versions(["sqlalchemy", "no-such-package"], tmp_path)
    assert told["Python"].count(".") == 2
    assert told["sqlalchemy"].startswith("2.")
    assert told["no-such-package"] == "not installed"


def test_an_image_is_built_from_a_stage_and_arguments_that_its_file_has() -> None:
    with mock.patch.object(pythons, "docker") as docker:
        pythons.build_image(with_peers=True)
    assert docker.call_count == 2
    for call in docker.call_args_list:
        words = list(call.args)
        options = dict(itertools.pairwise(words))
        text = Path(options.get("--file", f"{words[-1]}/Dockerfile")).read_text()
        stages, arguments = re.findall(r"(?m)^FROM .* AS (\S+)$", text), re.findall(r"(?m)^ARG (\w+)", text)
        given = [words[at + 1].partition("=")[0] for at, word in enumerate(words) if word == "--build-arg"]
        assert set(given) <= set(arguments)
        assert options.get("--target") in (*stages, None)
