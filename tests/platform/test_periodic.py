"""Work that is done every so often: what a turn that fails means for the next one."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from eventlet import spawn_after
from eventlet.event import Event
from sqlalchemy import Connection
from sqlalchemy.exc import InvalidRequestError
from tests.platform.contexts import config_with

from hub_platform import periodic
from hub_platform.periodic import Every


class Lock:
    """A connection that may hold the advisory lock, and may break."""

    invalidated = False

    def __init__(self, *, free: bool = True) -> None:
        self.free = free
        self.said: list[str] = []

    def scalar(self, *_statement: Any) -> bool:
        return self.free

    def execute(self, statement: Any, _values: Any = None) -> None:
        self.said.append(str(statement))


class Container:
    """Runs each turn at once, with the outcome that a test has set; then lets the work stop."""

    service_name = "sorting"

    def __init__(self, every: Every, outcomes: list[Exception | None], lock: Lock) -> None:
        self.every = every
        self.outcomes = outcomes
        engine = SimpleNamespace(connect=lambda: self)
        self.config = config_with(sessions=SimpleNamespace(kw={"bind": engine}))
        self.lock = lock

    def __enter__(self) -> Any:
        return SimpleNamespace(execution_options=lambda **_options: self.lock)

    def __exit__(self, *_exc: object) -> None:
        """Give the connection back."""

    def spawn_worker(self, _every: Every, _args: Any, _kwargs: Any, handle_result: Any) -> None:
        error = self.outcomes.pop(0)
        handle_result(None, None, None if error is None else (type(error), error, None))


def pauses(
    monkeypatch: pytest.MonkeyPatch, seconds: float, *outcomes: Exception | None, lock: Lock | None = None
) -> list[float]:
    """How long is waited before each turn and after the last one."""
    waited: list[float] = []
    stopped: list[bool] = []
    every = Every(seconds)
    every.method_name = "forget"
    container = Container(every, list(outcomes), lock or Lock())
    every.container = container

    def pause(_event: Any, length: float) -> bool:
        if not stopped:
            waited.append(length)
        stopped.extend([True] if not container.outcomes or (lock is not None and len(waited) > 1) else [])
        return bool(stopped)

    monkeypatch.setattr(periodic, "_waited", pause)
    every._run()
    return waited


BROKEN = ValueError()


def test_turns_follow_each_other_at_the_usual_distance(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pauses(monkeypatch, 3600.0, None, None) == [3600.0, 3600.0, 3600.0]


def test_a_turn_that_failed_is_taken_again_soon_and_less_often_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    failing = pauses(monkeypatch, 3600.0, *[BROKEN] * 12)
    assert failing[:4] == [3600.0, 5.0, 10.0, 20.0]
    assert failing[-1] == 3600.0


def test_after_a_success_the_distance_is_the_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pauses(monkeypatch, 3600.0, BROKEN, None) == [3600.0, 5.0, 3600.0]


def test_what_is_done_often_is_not_done_more_often_for_a_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert set(pauses(monkeypatch, 1.0, BROKEN, BROKEN)) == {1.0}


def test_years_of_failures_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    assert set(pauses(monkeypatch, 1.0, *[BROKEN] * 2_000)) == {1.0}


def test_a_database_that_is_away_is_tried_again_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken(Lock):
        def scalar(self, *_statement: Any) -> bool:
            raise OSError

    assert pauses(monkeypatch, 3600.0, None, lock=Broken()) == [3600.0, 5.0]


def test_a_replica_that_another_one_keeps_from_it_waits_as_usual(monkeypatch: pytest.MonkeyPatch) -> None:
    assert pauses(monkeypatch, 3600.0, None, lock=Lock(free=False)) == [3600.0, 3600.0]


@pytest.mark.parametrize(("seconds", "idle"), [(1.0, 30), (30.0, 60), (3600.0, 7200)])
def test_a_lock_whose_holder_says_nothing_becomes_free(
    monkeypatch: pytest.MonkeyPatch, seconds: float, idle: int
) -> None:
    lock = Lock()
    pauses(monkeypatch, seconds, None, lock=lock)
    assert lock.said[0] == f"SET idle_session_timeout = '{idle}s'"
    assert lock.said[-1] == "RESET idle_session_timeout"


def test_the_holder_of_the_lock_sends_statements_during_a_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(periodic, "ALIVE_SECONDS", 0.01)
    lock, done = Lock(), Event()
    spawn_after(0.1, done.send, None)
    assert periodic._wait_for(done, cast("Connection", lock)) is None
    assert set(lock.said) == {"SELECT 1"}


def test_a_turn_ends_before_the_loss_of_its_lock_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    class Losing(Lock):
        def execute(self, statement: Any, _values: Any = None) -> None:
            super().execute(statement)
            raise InvalidRequestError

    monkeypatch.setattr(periodic, "ALIVE_SECONDS", 0.01)
    lock, done = Losing(), Event()
    spawn_after(0.1, done.send, None)
    assert isinstance(periodic._wait_for(done, cast("Connection", lock)), InvalidRequestError)
    assert done.ready()
    assert lock.said == ["SELECT 1"]
