"""How much a reader takes at a time, learned from how long its work takes."""

from dataclasses import dataclass
from typing import Final

BATCH: Final = 200  # events in one transaction at the most
PREFETCH: Final = 2 * BATCH  # the next batch is on its way while this one is worked on
PREFETCH_SINGLE: Final = 50  # when events are handled one by one; few, so that a stop soon has them in hand
STEP_SECONDS: Final = 0.5  # of work between two acknowledgements, when events are handled one by one
WEIGHT: Final = 0.1  # of the newest measurement: one slow moment is no pace


@dataclass
class Pace:
    """Learns how long a message takes, and says how many fit into a time."""

    only_batches: bool  # every handler takes many events at a time
    limit_seconds: float  # of work that may be in hand
    prefetch: int = 0  # messages that the broker may send ahead
    seconds: float = 0.0  # for one message, lately

    def __post_init__(self) -> None:
        self.prefetch = PREFETCH if self.only_batches else PREFETCH_SINGLE

    @property
    def step(self) -> int:
        """How many messages to deal with before the next acknowledgement."""
        if self.only_batches or self.seconds * BATCH <= STEP_SECONDS:
            return BATCH
        return max(1, int(STEP_SECONDS / self.seconds))

    def learn(self, seconds: float, messages: int) -> None:
        """Note that so many messages took so long. A small batch takes hardly less time than a full one."""
        divisor = BATCH if self.only_batches else messages
        self.seconds += (seconds / divisor - self.seconds) * WEIGHT

    def ask_for_less(self) -> bool:
        """Whether what is sent ahead takes too long; then `prefetch` is lowered to half of the limit."""
        if self.prefetch == 1 or self.seconds * self.prefetch <= self.limit_seconds:
            return False
        self.prefetch = max(1, int(self.limit_seconds / 2 / self.seconds))
        return True
