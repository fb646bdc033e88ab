"""Waiting for something that another process is about to do."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def wait_until(condition: Callable[[], T | None], *, deadline: float = 10.0, interval: float = 0.02) -> T:
    """Ask until the answer is truthy and give it back; fail the test after `deadline` seconds."""
    end = time.monotonic() + deadline
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() >= end:
            name = getattr(condition, "__name__", repr(condition))
            raise AssertionError(f"{name} was still {answer!r} after {deadline} s")
        time.sleep(interval)
