"""Long work lets others have their turn."""

import time

import pytest
from eventlet.greenthread import sleep, spawn

from hub_platform.turns import in_turns


def test_values_come_as_they_are_in_their_order() -> None:
    assert list(in_turns(iter(range(250)), every=100)) == list(range(250))
    assert list(in_turns([], every=1)) == []


@pytest.mark.parametrize(("values", "turns"), [(1, 1), (3, 1), (4, 2), (6, 2), (7, 3)])
def test_others_get_a_turn_before_each_so_many(
    monkeypatch: pytest.MonkeyPatch, values: int, turns: int
) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    assert len(list(in_turns(range(values), every=3))) == values
    assert waits == [0] * turns


def test_in_a_service_another_request_is_answered_in_between(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", sleep)  # as the runner does for the whole process
    told: list[str] = []
    spawn(told.append, "answered")
    told.extend(f"row {value}" for value in in_turns(range(2), every=1))
    assert told == ["answered", "row 0", "row 1"]
