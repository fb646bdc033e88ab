"""How a process leaves: asked by SIGTERM or SIGINT it finishes what is in hand, and it leaves within 10 s.

The clock that sees to it is a thread of the operating system, not a greenlet: a method that never yields
would keep a greenlet, and Python's own signal handlers, from ever running. It writes to the log's file
descriptor by itself, for the logging module's lock may be what hangs, and it ends the process as `kill -9`
would. That loses nothing here: what was not acknowledged is delivered again, what was not committed is rolled
back.
"""

import faulthandler
import json
import signal
from collections.abc import Callable, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Final

import eventlet
import structlog
from eventlet import hubs, patcher
from eventlet.event import Event

from hub_platform.clocks import real_now

if TYPE_CHECKING:
    from hub_platform.container import HubContainer

LEAVE_SECONDS: Final = 9.0
LAST_SECONDS: Final = 9.5  # when even the timer's thread cannot run, as another one holds Python's lock
FORCED: Final = 70  # the exit code of a process that had to be ended: EX_SOFTWARE of sysexits.h
LINE_BYTES: Final = 4000  # a pipe that is writable takes as many at once, so that writing cannot block
STDOUT: Final = 1

_os: ModuleType = patcher.original("os")
_select: ModuleType = patcher.original("select")
_time: ModuleType = patcher.original("time")
_thread: ModuleType = patcher.original("_thread")

log = structlog.get_logger(__name__)


class Shutdown:
    """Sees one container off."""

    def __init__(self, service: str, container: "HubContainer") -> None:
        self._service = service
        self._container = container
        self._started = Event()

    def listen(self) -> None:
        """Take SIGTERM and SIGINT from now on; one that comes during the start waits for its end.

        The signal's number is written to a pipe that is never read: a second signal changes nothing.
        """
        asked, told = _os.pipe()
        _os.set_blocking(told, False)
        signal.set_wakeup_fd(told, warn_on_full_buffer=False)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _do_nothing)

        def watch() -> None:
            _select.select([asked], [], [])
            self.set_clock()

        _thread.start_new_thread(watch, ())
        eventlet.spawn_n(self._stop_when, asked)

    def started(self) -> None:
        """The container is up: it can be stopped."""
        self._started.send()

    def set_clock(self) -> None:
        """End the process in nine seconds, unless it has left by then."""
        faulthandler.dump_traceback_later(LAST_SECONDS, exit=True)
        _thread.start_new_thread(_end_in, (LEAVE_SECONDS, self._service, lambda: self._container.in_hand))

    def _stop_when(self, asked: int) -> None:
        hubs.trampoline(asked, read=True)
        self._started.wait()
        try:
            self._container.stop()
        except Exception as exc:  # noqa: BLE001 - an extension that cannot stop must not keep us
            log.error("stop_failed", error=type(exc).__name__)
            self._container.kill()


def _do_nothing(_signal: int, _frame: object) -> None:
    """Stand where Python would end the process at once."""


def _end_in(seconds: float, service: str, in_hand: Callable[[], Sequence[str]]) -> None:
    _time.sleep(seconds)
    try:
        line = {
            "event": "ended_by_force",
            "level": "critical",
            "timestamp": real_now().isoformat().replace("+00:00", "Z"),
            "service": service,
            "after_seconds": seconds,
            "in_hand": list(in_hand())[:50],
        }
        if _select.select([], [STDOUT], [], 0)[1]:
            _os.write(STDOUT, json.dumps(line).encode()[:LINE_BYTES] + b"\n")
    finally:
        _os._exit(FORCED)  # noqa: SLF001 - public in all but its name
