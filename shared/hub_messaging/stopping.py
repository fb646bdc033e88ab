"""The edge that lets a loop of ours be stopped: asked once, waited for a while, then ended."""

import time
import traceback
from pathlib import PurePath
from typing import Any, Final

from eventlet import Timeout
from eventlet.event import Event

ANSWER_SECONDS: Final = 30.0
RECONNECT_SECONDS: Final = (0.2, 0.5, 1.0, 2.0, 4.0)  # never longer: we are back within 5 s of the broker


class Silent(OSError):
    """The broker says that it is there and does not answer what it was asked."""


class Stopped(Exception):
    """Work was left because we are to end; it is done again at the next start."""


class Stop:
    """Tells a loop that it is to end; its pauses end with it."""

    def __init__(self) -> None:
        self._event = Event()
        self._asked_at = 0.0
        self._failures = 0

    @property
    def asked(self) -> bool:
        """Whether the loop is to end."""
        return bool(self._event.ready())

    def ask(self) -> None:
        """Let the loop end; may be said twice."""
        if not self.asked:
            self._asked_at = time.monotonic()
            self._event.send("stop")

    def overdue(self, seconds: float) -> bool:
        """Whether it is so long since the loop was asked to end."""
        return self.asked and time.monotonic() - self._asked_at >= seconds

    def pause(self, seconds: float) -> None:
        """Wait, but no longer than until the loop is to end."""
        if not self.asked:
            self._event.wait(seconds)

    def pause_after_failure(self) -> None:
        """Wait, longer from failure to failure."""
        self.pause(RECONNECT_SECONDS[min(self._failures, len(RECONNECT_SECONDS) - 1)])
        self._failures += 1

    def succeeded(self) -> None:
        """The next failure is a first one again."""
        self._failures = 0


def has_ended(thread: Any, seconds: float) -> bool:
    """Wait for a thread that was asked to stop; whether it did so in time."""
    if thread is None:
        return True
    done = Event()
    thread.link(lambda _thread: done.send("ended") if not done.ready() else None)
    return bool(done.wait(seconds))


def where(error: BaseException) -> str:
    """Where an exception was raised, in a word for the log; its text may hold what somebody sent."""
    frames = traceback.extract_tb(error.__traceback__)
    return ", ".join(f"{PurePath(frame.filename).name}:{frame.lineno} {frame.name}" for frame in frames[-3:])


def answered() -> Timeout:
    """For a `with` statement around questions to the broker: heartbeats alone keep no question open.

    Raises:
        Silent: they were not answered in time.
    """
    return Timeout(ANSWER_SECONDS, Silent("no answer"))
