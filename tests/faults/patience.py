"""How long the harness waits: not for so many seconds in all, but for so many in which nothing has moved.

A machine that is busy with something else makes everything slow and must not make a promise look broken.
"""

import time
from collections.abc import Hashable

MANY_TIMES = 4  # a bound, however much still moves


class Patience:
    """Ends when nothing has changed for so many seconds, and in any case after a multiple of them."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._begun = self._moved_at = time.monotonic()
        self._seen: Hashable = None

    def is_exhausted(self, seen: Hashable) -> bool:
        """Look at how things are now; whether it is time to give up."""
        now = time.monotonic()
        if seen != self._seen:
            self._seen, self._moved_at = seen, now
        return now - self._moved_at > self._seconds or now - self._begun > self._seconds * MANY_TIMES
