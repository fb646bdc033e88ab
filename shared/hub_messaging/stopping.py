"""The edge that stops loops: a request, a wait, then an end."""

import time
import traceback
from pathlib import PurePath
from typing import Final

from eventlet import Timeout
from eventlet.event import Event
from eventlet.greenthread import GreenThread

ANSWER_SECONDS: Final = 30.0
RECONNECT_SECONDS: Final = (0.2, 0.5, 1.0, 2.0, 4.0)  # reconnected within 5 s of the broker's return


class Silent(OSError):
    """The broker sends heartbeats but does not answer a request."""


class Stopped(Exception):
    """The process is stopping; the work is repeated at the next start."""


class Stop:
    """A request to a loop to end, which also ends its pauses."""

    def __init__(self) -> None:
        self._event = Event()
        self._asked_at = 0.0
        self._failures = 0

    @property
    def asked(self) -> bool:
        """Whether the loop is to end."""
        return bool(self._event.ready())

    def ask(self) -> None:
        """Request the end of the loop; idempotent."""
        if not self.asked:
            self._asked_at = time.monotonic()
            self._event.send("stop")

    def overdue(self, seconds: float) -> bool:
        """Whether the request was made at least so many seconds ago."""
        return self.asked and time.monotonic() - self._asked_at >= seconds

    def pause(self, seconds: float) -> None:
        """Wait, until the request at the longest."""
        if not self.asked:
            self._event.wait(seconds)

    def pause_after_failure(self) -> None:
        """Wait, longer after each consecutive failure."""
        self.pause(RECONNECT_SECONDS[min(self._failures, len(RECONNECT_SECONDS) - 1)])
        self._failures += 1

    def succeeded(self) -> None:
        """Reset the waits after failures."""
        self._failures = 0


def has_ended(thread: GreenThread, seconds: float) -> bool:
    """Wait for a stopping thread; return whether it ended in time."""
    if thread is None:
        return True
    done = Event()
    thread.link(lambda _thread: done.send("ended") if not done.ready() else None)
    return bool(done.wait(seconds))


def where(error: BaseException) -> str:
    """Return the place where an exception was raised, for the log; its text may quote personal data."""
    frames = traceback.extract_tb(error.__traceback__)
    return ", ".join(f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-3:])


def answered() -> Timeout:
    """Limit requests to the broker in a `with` statement, even while it sends heartbeats.

    Raises:
        Silent: they were not answered in time.
    """
    return Timeout(ANSWER_SECONDS, Silent("no answer"))
