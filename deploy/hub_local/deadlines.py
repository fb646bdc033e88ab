"""Waiting for a condition until a deadline."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
INTERVAL = 0.05  # seconds between two attempts


def wait_for(condition: Callable[[], T | None], *, seconds: float, interval: float = INTERVAL) -> T | None:
    """Call `condition` until its result is truthy and return it; None after `seconds`."""
    end = time.monotonic() + seconds
    while True:
        answer = condition()
        if answer:
            return answer
        if time.monotonic() >= end:
            return None
        time.sleep(interval)
