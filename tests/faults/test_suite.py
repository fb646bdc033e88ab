"""How a run shares its cases among lanes, and what it does when a server fails by itself."""

import io
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import cast

import pytest
from rich.console import Console
from tests.faults import suite
from tests.faults.judging import Outcome
from tests.faults.servers import Servers
from tests.faults.starting import ServerFailed
from tests.faults.suite import Suite, Work, jobs_of
from tests.faults.surroundings import Surroundings


@pytest.fixture
def lane(monkeypatch: pytest.MonkeyPatch) -> Suite:
    """A suite whose servers are not real."""

    @contextmanager
    def no_servers(_surroundings: Surroundings, _logs: Path | None) -> Iterator[Servers]:
        yield cast("Servers", object())

    monkeypatch.setattr(suite, "private_servers", no_servers)
    monkeypatch.setattr(suite, "prepare", lambda *_: None)
    monkeypatch.setattr(Suite, "_ask_versions", lambda *_: None)
    monkeypatch.setattr(Suite, "_note", lambda self, outcome: self.outcomes.append(outcome))
    return Suite((1,), 100, (), Console(file=io.StringIO()), cast("Surroundings", object()))


def outcome(name: str) -> Outcome:
    """Return a value that can be recognised."""
    return cast("Outcome", name)


def failing(times: int, name: str) -> tuple[list[int], object]:
    """A case whose servers fail so many times."""
    attempts: list[int] = []

    def run(_servers: Servers) -> Outcome:
        attempts.append(1)
        if len(attempts) <= times:
            raise ServerFailed("gone")
        return outcome(name)

    return attempts, run


def run_lane(lane: Suite, *jobs: object) -> None:
    """Run one lane over these cases."""
    lane._lane((cast("Work", deque(jobs)),), lambda: None, None)


def test_a_case_whose_server_failed_is_repeated_once_and_the_rest_follows(lane: Suite) -> None:
    attempts, job = failing(1, "first")
    run_lane(lane, job, lambda _: outcome("second"))
    assert (lane.outcomes, len(attempts)) == ([outcome("first"), outcome("second")], 2)


def test_a_server_that_fails_again_ends_the_run(lane: Suite) -> None:
    attempts, job = failing(2, "first")
    with pytest.raises(ServerFailed):
        run_lane(lane, job, lambda _: outcome("second"))
    assert (lane.outcomes, len(attempts)) == ([], 2)


def test_two_cases_may_each_be_repeated(lane: Suite) -> None:
    (_, first), (_, second) = failing(1, "first"), failing(1, "second")
    run_lane(lane, first, second)
    assert lane.outcomes == [outcome("first"), outcome("second")]


def test_a_lane_takes_its_own_kind_first_and_then_the_other() -> None:
    work = deque([lambda _: outcome("single")] * 2), deque([lambda _: outcome("cluster")] * 2)
    jobs = jobs_of(work[::-1])
    names = [next(jobs)(cast("Servers", None)), next(jobs)(cast("Servers", None))]
    work[1].clear()
    names += [job(cast("Servers", None)) for job in jobs]
    assert names == [outcome(name) for name in ("cluster", "cluster", "single", "single")]
    assert not any(work)
