"""A fair share of the workers for each who asks."""

import eventlet
import pytest
from eventlet import GreenPool
from eventlet.event import Event

from hub_platform import shares as module
from hub_platform.problems import Problem
from hub_platform.shares import Shares


def assert_busy(problem: Problem) -> None:
    assert (problem.status, problem.code) == (503, "busy")
    assert problem.headers["Retry-After"]


class Desk:
    """Requests that run until a test ends them."""

    def __init__(self, shares: Shares) -> None:
        self.shares = shares
        self.pool = GreenPool()
        self.inside: list[str] = []
        self.refused: list[str] = []
        self.done: dict[str, Event] = {}

    def ask(self, *names: str) -> None:
        """`ada 1` is a request of ada's."""
        for name in names:
            self.done[name] = Event()
            self.pool.spawn(self._request, name)
        eventlet.sleep(0)

    def go(self, name: str) -> None:
        self.done[name].send()
        eventlet.sleep(0)
        eventlet.sleep(0)

    def _request(self, name: str) -> None:
        try:
            with self.shares.turn(name.partition(" ")[0]):
                self.inside.append(name)
                self.done[name].wait()
                self.inside.remove(name)
        except Problem as problem:
            assert_busy(problem)
            self.refused.append(name)


@pytest.fixture(name="desk")
def _desk() -> Desk:
    return Desk(Shares(at_once=3, of_one_subject=2))


def test_one_subject_gets_no_more_than_its_share(desk: Desk) -> None:
    desk.ask("ada 1", "ada 2", "ada 3")
    assert desk.inside == ["ada 1", "ada 2"]
    desk.ask("emmy 1")
    assert desk.inside == ["ada 1", "ada 2", "emmy 1"]


def test_a_share_that_is_free_is_handed_on(desk: Desk) -> None:
    desk.ask("ada 1", "ada 2", "ada 3")
    desk.go("ada 1")
    assert desk.inside == ["ada 2", "ada 3"]


def test_subjects_take_turns(desk: Desk) -> None:
    """One request of a subject does not wait for all earlier requests of the others."""
    desk.ask("ada 1", "ada 2", "emmy 1", "ada 3", "ada 4", "emmy 2", "grace 1")
    assert desk.inside == ["ada 1", "ada 2", "emmy 1"]
    desk.go("ada 1")
    assert desk.inside[-1] == "ada 3"
    desk.go("ada 2")
    assert desk.inside[-1] == "emmy 2"
    desk.go("emmy 1")
    assert desk.inside[-1] == "grace 1"
    desk.go("emmy 2")
    assert desk.inside == ["ada 3", "grace 1", "ada 4"]


def test_no_request_waits_for_ever() -> None:
    desk = Desk(Shares(at_once=1, of_one_subject=1, patience=0.01))
    desk.ask("ada 1", "ada 2", "emmy 1")
    eventlet.sleep(0.05)
    assert desk.refused == ["ada 2", "emmy 1"]
    desk.go("ada 1")
    desk.ask("emmy 2")
    assert desk.inside == ["emmy 2"]


def test_a_line_has_an_end(monkeypatch: pytest.MonkeyPatch, desk: Desk) -> None:
    monkeypatch.setattr(module, "WAITING_OF_ONE", 1)
    monkeypatch.setattr(module, "WAITING", 2)
    desk.ask("ada 1", "ada 2", "ada 3", "ada 4")
    assert desk.refused == ["ada 4"]
    desk.ask("emmy 1", "emmy 2", "grace 1")
    assert desk.refused == ["ada 4", "grace 1"]


def test_a_request_that_leaves_the_queue_takes_no_share(desk: Desk) -> None:
    desk.ask("ada 1", "ada 2")
    waiting = eventlet.spawn(desk._request, "ada 1")
    desk.ask("ada 3")
    waiting.kill()
    desk.go("ada 2")
    assert desk.inside == ["ada 1", "ada 3"]


def test_one_that_is_ended_in_its_turn_hands_it_on(desk: Desk) -> None:
    desk.ask("ada 1", "ada 2")
    waiting = eventlet.spawn(desk._request, "ada 1")
    desk.ask("ada 3")
    desk.done["ada 2"].send()
    eventlet.sleep(0)
    waiting.kill()
    eventlet.sleep(0)
    eventlet.sleep(0)
    assert "ada 3" in desk.inside
