"""Long work in a service that does one thing at a time: others are answered in between.

A service's requests share one thread and change over where one of them waits. Work that only computes never
waits, so that probes go unanswered until it is done.
"""

import time
from collections.abc import Iterable, Iterator
from typing import Final, TypeVar

T = TypeVar("T")

VALUES_A_TURN: Final = 100  # some ten milliseconds of work on a row of a large file


def in_turns(values: Iterable[T], every: int = VALUES_A_TURN) -> Iterator[T]:
    """Yield values; before each `every`-th one, other greenlets get a turn."""
    for number, value in enumerate(values):
        if number % every == 0:
            time.sleep(0)  # in a service this is eventlet's, which changes over; elsewhere it is nothing
        yield value
