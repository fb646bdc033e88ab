"""Fair shares of a service's workers, so that many requests of one subject do not delay the others.

Requests wait here, outside workers and transactions. A limited number runs at once, and of one subject; the
next to be admitted is a request of the subject that has waited longest for a turn.
"""

from collections import Counter, OrderedDict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from eventlet import Timeout
from eventlet.event import Event

from hub_platform.queueing import busy

AT_ONCE: Final = 16  # of 20 workers: deliveries, timers and questions of other services need some, too
OF_ONE_SUBJECT: Final = 10
WAITING: Final = 400  # requests, all together
WAITING_OF_ONE: Final = 200
PATIENCE_SECONDS: Final = 20.0

_YOURS: Final = "Your account has the maximum number of requests in progress."
_ALL: Final = "Too many requests are in progress."


@dataclass
class Shares:
    """Admits requests by turns of their subjects."""

    at_once: int = AT_ONCE
    of_one_subject: int = OF_ONE_SUBJECT
    patience: float = PATIENCE_SECONDS
    _inside: int = 0
    _by_subject: Counter[str] = field(default_factory=Counter)
    _queues: OrderedDict[str, deque[Event]] = field(default_factory=OrderedDict)

    @contextmanager
    def turn(self, subject: str) -> Iterator[None]:
        """Wait for a turn and hold it.

        Raises:
            hub_platform.problems.Problem: 503 `busy`: too many wait, or the wait took too long.
        """
        if self._has_room(subject) and not self._queues.get(subject):
            self._admit(subject)
        else:
            self._wait(subject)
        try:
            yield
        finally:
            self._leave(subject)

    def _has_room(self, subject: str) -> bool:
        return self._inside < self.at_once and self._by_subject[subject] < self.of_one_subject

    def _admit(self, subject: str) -> None:
        self._inside += 1
        self._by_subject[subject] += 1

    def _wait(self, subject: str) -> None:
        line = self._queues.setdefault(subject, deque())
        if len(line) >= WAITING_OF_ONE:
            raise busy(_YOURS)
        if sum(map(len, self._queues.values())) >= WAITING:
            raise busy(_ALL)
        mine = Event()
        line.append(mine)
        try:
            with Timeout(self.patience, False):  # noqa: FBT003 - eventlet's way to go on after it
                mine.wait()
        except BaseException:  # the worker was ended: pass the turn on
            if mine.ready():
                self._leave(subject)
            raise
        finally:
            if not mine.ready():
                self._give_up(subject, mine)
        if not mine.ready():
            raise busy(_YOURS if self._by_subject[subject] >= self.of_one_subject else _ALL)

    def _give_up(self, subject: str, mine: Event) -> None:
        line = self._queues[subject]
        line.remove(mine)
        if not line:
            del self._queues[subject]

    def _leave(self, subject: str) -> None:
        self._inside -= 1
        self._by_subject[subject] -= 1
        if not self._by_subject[subject]:
            del self._by_subject[subject]
        self._admit_next()

    def _admit_next(self) -> None:
        for subject, line in self._queues.items():
            if self._has_room(subject):
                self._admit(subject)
                line.popleft().send()
                if line:
                    self._queues.move_to_end(subject)
                else:
                    del self._queues[subject]
                return
