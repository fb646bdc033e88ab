"""Flow control of a reader: prefetch and batch size, learned from arrivals and processing time.

The prefetch is only a little more than arrived recently: a stopping reader then soon has all of it, and
RabbitMQ requeues nothing (see `wire.fill_up`).
"""

from dataclasses import dataclass
from typing import Final

BATCH: Final = 200  # events in one transaction at most
PREFETCH: Final = 2 * BATCH  # the next batch is on its way while this one is worked on
PREFETCH_SINGLE: Final = 50  # when events are handled one by one
PREFETCH_FIRST: Final = 4  # before anything is known, and when little comes
PREFETCH_GROWS: Final = 4  # times as much, when it was used up
USED_UP: Final = 3  # times in a row, after which more is asked for
LITTLE_SECONDS: Final = 5.0  # without having been used up, after which less is asked for
STEP_SECONDS: Final = 0.5  # of work between two acknowledgements, when events are handled one by one
WEIGHT: Final = 0.1  # of the latest measurement in the moving average


@dataclass
class FlowControl:
    """Moving averages of arrivals and processing time, and the prefetch that follows from them."""

    only_batches: bool  # every handler takes many events at a time
    limit_seconds: float  # of work that may be in hand
    prefetch: int = PREFETCH_FIRST  # messages that the broker may send ahead
    seconds: float = 0.0  # of processing one message, moving average
    last_arrival: float = 0.0  # of the last arrival, by the monotonic clock
    _used_up: int = 0  # times in a row
    _used_up_at: float = 0.0

    @property
    def step(self) -> int:
        """The number of messages to process before the next acknowledgement."""
        if self.only_batches or self.seconds * BATCH <= STEP_SECONDS:
            return BATCH
        return max(1, int(STEP_SECONDS / self.seconds))

    def learn(self, seconds: float, messages: int) -> None:
        """Add a measurement of processing time. A small batch takes hardly less time than a full one."""
        divisor = BATCH if self.only_batches else messages
        self.seconds += (seconds / divisor - self.seconds) * WEIGHT

    def note_arrivals(self, new: int, in_hand: int, now: float) -> None:
        """Record the number of messages that have just arrived, and of all unprocessed ones."""
        if new:
            self.last_arrival = now
        if in_hand < min(self.prefetch, BATCH):  # a reader receives at most a batch at a time
            self._used_up = 0
        else:
            self._used_up += 1
            self._used_up_at = now

    def should_adjust(self, now: float) -> bool:
        """Adjust `prefetch`, and return whether it has changed."""
        before, self.prefetch = self.prefetch, self._fitting(now)
        if self.prefetch == before:
            return False
        self._used_up, self._used_up_at = 0, now
        return True

    def _fitting(self, now: float) -> int:
        """Return the prefetch that fits; it grows only when used up, as a change requeues messages."""
        if self.seconds * self.prefetch > self.limit_seconds:
            return max(1, int(self.limit_seconds / 2 / self.seconds))
        if self._used_up >= USED_UP:
            most = PREFETCH if self.only_batches else PREFETCH_SINGLE
            more = min(most, self.prefetch * PREFETCH_GROWS)
            if self.seconds * more <= self.limit_seconds / 2:
                return more
            return max(self.prefetch, int(self.limit_seconds / 2 / self.seconds))
        if now - max(self.last_arrival, self._used_up_at) > LITTLE_SECONDS:
            return min(self.prefetch, PREFETCH_FIRST)
        return self.prefetch
