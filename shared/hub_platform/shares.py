"""A fair share of a service's workers for each who asks: nobody's many requests make others wait.

Requests wait here outside workers and transactions. So many are let in at once, and only so many of one
subject; the next to be let in is that of whoever has had no turn for longest.
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

_YOURS: Final = "You have more requests under way than one account may have."
_ALL: Final = "Too many requests are under way."


@dataclass
class Shares:
    """Lets requests in."""

    at_once: int = AT_ONCE
    of_one_subject: int = OF_ONE_SUBJECT
    patience: float = PATIENCE_SECONDS
    _inside: int = 0
    _by_subject: Counter[str] = field(default_factory=Counter)
    _lines: OrderedDict[str, deque[Event]] = field(default_factory=OrderedDict)

    @contextmanager
    def turn(self, subject: str) -> Iterator[None]:
        """Wait for a turn and hold it.

        Raises:
            hub_platform.problems.Problem: 503 `busy`: too many wait, or the wait took too long.
        """
        if self._has_room(subject) and not self._lines.get(subject):
            self._let_in(subject)
        else:
            self._wait(subject)
        try:
            yield
        finally:
            self._leave(subject)

    def _has_room(self, subject: str) -> bool:
        return self._inside < self.at_once and self._by_subject[subject] < self.of_one_subject

    def _let_in(self, subject: str) -> None:
        self._inside += 1
        self._by_subject[subject] += 1

    def _wait(self, subject: str) -> None:
        line = self._lines.setdefault(subject, deque())
        if len(line) >= WAITING_OF_ONE:
            raise busy(_YOURS)
        if sum(map(len, self._lines.values())) >= WAITING:
            raise busy(_ALL)
        mine = Event()
        line.append(mine)
        try:
            with Timeout(self.patience, False):  # noqa: FBT003 - eventlet's way to go on after it
                mine.wait()
        except BaseException:  # the process leaves: the turn is another's
            if mine.ready():
                self._leave(subject)
            raise
        finally:
            if not mine.ready():
                self._give_up(subject, mine)
        if not mine.ready():
            raise busy(_YOURS if self._by_subject[subject] >= self.of_one_subject else _ALL)

    def _give_up(self, subject: str, mine: Event) -> None:
        line = self._lines[subject]
        line.remove(mine)
        if not line:
            del self._lines[subject]

    def _leave(self, subject: str) -> None:
        self._inside -= 1
        self._by_subject[subject] -= 1
        if not self._by_subject[subject]:
            del self._by_subject[subject]
        self._let_in_next()

    def _let_in_next(self) -> None:
        for subject, line in self._lines.items():
            if self._has_room(subject):
                self._let_in(subject)
                line.popleft().send()
                if line:
                    self._lines.move_to_end(subject)
                else:
                    del self._lines[subject]
                return
