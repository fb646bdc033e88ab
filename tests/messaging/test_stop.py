"""How a loop of ours is stopped: asked once, its pauses end with it, and it is waited for in bounds."""

import time

import eventlet
import pytest

from hub_messaging import stopping
from hub_messaging.stopping import RECONNECT_SECONDS, Stop, has_ended, where


def test_a_pause_ends_when_the_loop_is_to_end() -> None:
    stop = Stop()
    eventlet.spawn_after(0.01, stop.ask)
    started = time.monotonic()
    stop.pause(30)
    assert stop.asked
    stop.pause(30)  # a later wait returns at once
    assert time.monotonic() - started < 15


def test_asking_twice_is_asking_once_and_the_time_counts_from_the_first() -> None:
    stop = Stop()
    assert not stop.overdue(0)
    stop.ask()
    first = stop._asked_at
    stop.ask()
    assert stop._asked_at == first
    assert stop.overdue(0)
    assert not stop.overdue(3600)


def test_pauses_grow_from_failure_to_failure_and_begin_again_after_a_success(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    stop, pauses = Stop(), list[float]()
    monkeypatch.setattr(stop, "pause", pauses.append)
    for _ in range(len(RECONNECT_SECONDS) + 2):
        stop.pause_after_failure()
    stop.succeeded()
    stop.pause_after_failure()
    assert pauses == [*RECONNECT_SECONDS, RECONNECT_SECONDS[-1], RECONNECT_SECONDS[-1], RECONNECT_SECONDS[0]]


def test_a_thread_is_waited_for_as_long_as_was_said() -> None:
    stop = Stop()
    thread = eventlet.spawn(stop.pause, 30)
    assert not has_ended(thread, 0.01)
    stop.ask()
    assert has_ended(thread, 10)
    assert has_ended(thread, 10)  # also of a thread that has ended
    assert has_ended(None, 0)


def test_the_place_of_an_exception_is_reported_without_its_text() -> None:
    try:
        stopping.has_ended("Ada Lovelace", 1)
    except AttributeError as exc:
        said = where(exc)
    assert "stopping.py" in said
    assert said.endswith(" has_ended")
    assert "Ada" not in said


def test_an_unanswered_request_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stopping, "ANSWER_SECONDS", 0.01)
    with pytest.raises(stopping.Silent), stopping.answered():
        eventlet.sleep(30)
