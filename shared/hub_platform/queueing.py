"""A short queue for work that is heavy for the whole process, such as printing and reading files.

It is entered outside workers and transactions, so that what waits holds neither. One subject cannot fill it.
"""

import threading
from collections import Counter, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from hub_platform.problems import Problem

RETRY_AFTER: Final = "5"  # seconds
YOURS: Final = "Your account has the maximum of this work in progress."
ALL: Final = "Too much of this work is in progress."


@dataclass
class Queue:
    """Lets `at_once` in at a time, in the order of arrival."""

    at_once: int
    waiting: int  # how many more may wait
    of_one_subject: int  # waiting and at work together
    patience: float  # seconds that one waits at most
    _turns: threading.Lock = field(default_factory=threading.Lock)
    _at_work: int = 0
    _line: deque[threading.Event] = field(default_factory=deque)
    _subjects: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def turn(self, subject: str) -> Iterator[None]:
        """Wait for a turn and hold it.

        Raises:
            Problem: 503 `busy` with Retry-After: the queue is full, for everyone or for this subject, or the
                wait took too long.
        """
        self._enter(subject)
        try:
            yield
        finally:
            self._leave(subject)

    def check(self, subject: str) -> None:
        """Refuse what would be refused if it came now.

        Raises:
            Problem: 503 `busy` with Retry-After.
        """
        with self._turns:
            if self._subjects.get(subject, 0) >= self.of_one_subject:
                raise busy(YOURS)
            if len(self._line) >= self.waiting:
                raise busy(ALL)

    def _enter(self, subject: str) -> None:
        with self._turns:
            if self._subjects.get(subject, 0) >= self.of_one_subject:
                raise busy(YOURS)
            if self._at_work < self.at_once and not self._line:
                self._at_work += 1
                self._subjects[subject] += 1
                return
            if len(self._line) >= self.waiting:
                raise busy(ALL)
            mine = threading.Event()
            self._line.append(mine)
            self._subjects[subject] += 1
        if not self._waited(mine):
            self._forget(subject)
            raise busy(ALL)

    def _waited(self, mine: threading.Event) -> bool:
        """Whether the turn came; a turn that comes at the last instant is taken."""
        if mine.wait(self.patience):
            return True
        with self._turns:
            if mine not in self._line:
                return True
            self._line.remove(mine)
            return False

    def _leave(self, subject: str) -> None:
        with self._turns:
            if self._line:
                self._line.popleft().set()  # the turn is handed on
            else:
                self._at_work -= 1
        self._forget(subject)

    def _forget(self, subject: str) -> None:
        with self._turns:
            self._subjects[subject] -= 1
            if not self._subjects[subject]:
                del self._subjects[subject]


def busy(why: str) -> Problem:
    """Return 503 `busy`, with the reason and when to try again."""
    return Problem(503, "busy", f"{why} Try again in {RETRY_AFTER} s.", headers={"Retry-After": RETRY_AFTER})
