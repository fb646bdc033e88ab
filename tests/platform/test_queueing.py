"""Heavy work takes turns: in order, a few waiting, and one subject never fills the queue."""

import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support.waiting import wait_until

from hub_platform.problems import Problem
from hub_platform.queueing import Queue


def queue(**changes: float) -> Queue:
    values = {"at_once": 1, "waiting": 2, "of_one_subject": 2, "patience": 20.0} | changes
    return Queue(**values)  # type: ignore[arg-type]


@contextmanager
def waiting(line: Queue, *subjects: str) -> Iterator[list[str]]:
    """Threads that wait for a turn, one after another, and note when they have it."""
    had: list[str] = []

    def work(subject: str) -> None:
        with line.turn(subject):
            had.append(subject)

    threads = []
    for subject in subjects:
        threads.append(threading.Thread(target=work, args=(subject,)))
        threads[-1].start()
        wait_until(lambda: len(line._line) == len(threads))
    yield had
    for thread in threads:
        thread.join()


def refused(line: Queue, subject: str) -> Problem:
    with pytest.raises(Problem) as problem, line.turn(subject):
        pass
    return problem.value


def test_turns_come_in_the_order_of_arrival() -> None:
    line = queue()
    with ExitStack() as held:
        held.enter_context(line.turn("ada"))
        with waiting(line, "bea", "cleo") as had:
            assert had == []
            held.close()
        assert had == ["bea", "cleo"]


def test_what_does_not_fit_is_503_with_retry_after() -> None:
    line = queue()
    with ExitStack() as held:
        held.enter_context(line.turn("ada"))
        with waiting(line, "bea", "cleo"):
            problem = refused(line, "dora")
            assert (problem.status, problem.code, problem.headers) == (503, "busy", {"Retry-After": "5"})
            held.close()
    with line.turn("dora"):
        pass


def test_one_subject_has_no_more_than_its_part_and_others_still_come_in() -> None:
    line = queue()
    with ExitStack() as held:
        held.enter_context(line.turn("ada"))
        with waiting(line, "ada") as had:
            assert refused(line, "ada").code == "busy"
            assert len(line._line) == 1
            held.close()
        assert had == ["ada"]
    with line.turn("ada"):
        pass


def test_patience_ends_and_leaves_nothing_behind() -> None:
    line = queue(patience=0.01)
    with line.turn("ada"):
        assert refused(line, "bea").code == "busy"
        assert refused(line, "bea").code == "busy"
    assert (line._at_work, len(line._line), dict(line._subjects)) == (0, 0, {})


def test_work_that_fails_gives_its_turn_back() -> None:
    line = queue()
    for _ in range(3):
        with pytest.raises(ZeroDivisionError), line.turn("ada"):
            raise ZeroDivisionError
    assert (line._at_work, dict(line._subjects)) == (0, {})


@given(st.integers(1, 4), st.lists(st.sampled_from("abc"), max_size=12))
def test_never_more_than_allowed_at_once_and_everything_comes_back(at_once: int, subjects: list[str]) -> None:
    line = queue(at_once=at_once, waiting=0, of_one_subject=12)
    with ExitStack() as held:
        entered = 0
        for subject in subjects:
            try:
                held.enter_context(line.turn(subject))
                entered += 1
            except Problem:
                assert line._at_work == at_once
        assert entered == min(at_once, len(subjects)) == line._at_work
    assert (line._at_work, dict(line._subjects)) == (0, {})
