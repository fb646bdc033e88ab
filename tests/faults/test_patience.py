"""Patience ends with standstill, and one day in any case."""

import time

import pytest
from tests.faults import patience
from tests.faults.patience import Patience


@pytest.fixture(name="clock")
def _clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_what_stands_still_is_given_up_after_the_bound(clock: list[float]) -> None:
    waiting = Patience(10)
    assert not waiting.is_exhausted(1)
    clock[0] += 10
    assert not waiting.is_exhausted(1)
    clock[0] += 0.1
    assert waiting.is_exhausted(1)


def test_what_moves_is_waited_for(clock: list[float]) -> None:
    waiting = Patience(10)
    for step in range(3):
        clock[0] += 9
        assert not waiting.is_exhausted(step)


def test_what_never_comes_to_an_end_is_given_up_too(clock: list[float]) -> None:
    waiting = Patience(10)
    for step in range(patience.MANY_TIMES * 2):
        clock[0] += 5
        assert not waiting.is_exhausted(step)
    clock[0] += 5
    assert waiting.is_exhausted("one step more")
