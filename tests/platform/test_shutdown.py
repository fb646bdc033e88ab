"""The end of a process, step by step: what is said, what is still waited for, and what is refused."""

import json
from types import SimpleNamespace
from typing import Any, cast

import eventlet
import pytest
from eventlet import hubs
from nameko.constants import MAX_WORKERS_CONFIG_KEY
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint

from hub_platform import container as hosting
from hub_platform import stopping
from hub_platform.container import HubContainer
from hub_platform.stopping import Shutdown


class Ended(BaseException):
    """The process would be gone."""


class Machine:
    """A stand-in for the machine: no sleep, no end of the process."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, writable: bool = True) -> None:
        self.slept: list[float] = []
        self.written: list[tuple[int, bytes]] = []
        self.code: int | None = None
        system = SimpleNamespace(write=lambda fd, line: self.written.append((fd, line)), _exit=self.exit)
        monkeypatch.setattr(stopping, "_time", SimpleNamespace(sleep=self.slept.append))
        monkeypatch.setattr(stopping, "_os", system)
        ready: tuple[list[int], ...] = ([], [stopping.STDOUT] if writable else [], [])
        monkeypatch.setattr(stopping, "_select", SimpleNamespace(select=lambda *_asked: ready))

    def exit(self, code: int) -> None:
        self.code = code
        raise Ended


def test_a_process_that_does_not_leave_is_ended_and_says_what_it_was_at(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine = Machine(monkeypatch)
    with pytest.raises(Ended):
        stopping._end_in(9.0, "visits", lambda: ["plan_visit"] * 80)
    assert (machine.slept, machine.code) == ([9.0], stopping.FORCED)
    ((fd, line),) = machine.written
    told = json.loads(line)
    assert fd == stopping.STDOUT
    assert (told["event"], told["level"]) == ("ended_by_force", "critical")
    assert (told["service"], told["after_seconds"]) == ("visits", 9.0)
    assert told["in_hand"] == ["plan_visit"] * 50, "a line must fit a pipe"
    assert told["timestamp"].endswith("Z")


def test_a_process_with_unread_output_is_ended_without_a_log_line(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    machine = Machine(monkeypatch, writable=False)
    with pytest.raises(Ended):
        stopping._end_in(9.0, "visits", list)
    assert (machine.written, machine.code) == ([], stopping.FORCED)


def test_a_process_is_ended_even_when_it_cannot_say_what_it_was_at(monkeypatch: pytest.MonkeyPatch) -> None:
    machine = Machine(monkeypatch)

    def broken() -> list[str]:
        raise RuntimeError

    with pytest.raises(Ended):
        stopping._end_in(9.0, "visits", broken)
    assert machine.code == stopping.FORCED


@pytest.mark.parametrize("fails", [False, True], ids=["it stops", "it cannot stop"])
def test_a_container_that_cannot_stop_is_killed(monkeypatch: pytest.MonkeyPatch, fails: bool) -> None:
    done: list[str] = []

    def stop() -> None:
        done.append("stop")
        if fails:
            raise RuntimeError

    monkeypatch.setattr(hubs, "trampoline", lambda _fd, read: done.append("asked"))  # noqa: ARG005
    container = SimpleNamespace(stop=stop, kill=lambda: done.append("kill"))
    shutdown = Shutdown("visits", cast("HubContainer", container))
    shutdown.started()
    shutdown._stop_when(0)
    assert done == ["asked", "stop", *(["kill"] if fails else [])]


class Works:
    """A service of one method."""

    name = "works"

    @Entrypoint.decorator  # type: ignore[untyped-decorator]  # nameko ships no types
    def work(self) -> str:
        """Return at once."""
        return "done"


@pytest.fixture(name="container")
def _container() -> HubContainer:
    return HubContainer(Works, {MAX_WORKERS_CONFIG_KEY: 1})


def test_a_process_that_is_being_killed_takes_no_more_work(container: HubContainer) -> None:
    container._being_killed = True
    (entrypoint,) = container.entrypoints
    with pytest.raises(ContainerBeingKilled):
        container.spawn_worker(entrypoint, (), {})


def test_a_result_that_cannot_be_handed_over_is_named_in_the_log(
    container: HubContainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[Any] = []
    monkeypatch.setattr(
        hosting, "log", SimpleNamespace(error=lambda event, **more: said.append((event, more)))
    )

    def lost(*_outcome: Any) -> None:
        raise RuntimeError("secret")

    (entrypoint,) = container.entrypoints
    container.spawn_worker(entrypoint, (), {}, handle_result=lost)
    eventlet.sleep(0)
    eventlet.sleep(0)
    assert said == [("worker_failed", {"method": "work", "error": "RuntimeError"})]
    assert container.in_hand == []
