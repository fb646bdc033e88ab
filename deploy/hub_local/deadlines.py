"""Waiting for a condition, with an end to the patience."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
INTERVAL = 0.05  # seconds between two looks


def wait_for(condition: Callable[[], T | None], *, seconds: float, interval: float = INTERVAL) -> T | None:
    """Ask until the answer is truthy and give it back; None when `seconds` have passed without one."""
    end = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() >= end:
            return None
        time.sleep(interval)
