"""Periodic work, by one replica only and without overlapping turns.

nameko's own timer fires in every replica. Here the replica that holds a PostgreSQL advisory lock takes every
turn; when it ends, or loses its database, another one takes over.
"""

import zlib
from collections.abc import Callable
from contextlib import suppress
from math import ceil
from typing import Final, TypeVar

import eventlet
import structlog
from eventlet.event import Event
from eventlet.greenthread import GreenThread
from nameko.extensions import Entrypoint
from sqlalchemy import Connection, text
from sqlalchemy.exc import SQLAlchemyError

from hub_platform.container import HandleResult
from hub_platform.context import context_of

F = TypeVar("F", bound=Callable[..., object])

OFTEN_SECONDS: Final = 0.05
IDLE_SECONDS: Final = 30  # minimum without a statement of the holder, after which PostgreSQL frees the lock
ALIVE_SECONDS: Final = 5.0  # between two statements of the lock's holder during a turn
DOUBLINGS: Final = 20  # no pause is longer than that of so many failures
AGAIN_SECONDS: Final = 5.0  # after a turn that failed; twice as long after each further one, up to the usual

log = structlog.get_logger(__name__)


class Every(Entrypoint):  # type: ignore[misc]  # nameko ships no types
    """Calls a method again and again, `seconds` after the turn before has ended, in one replica.

    A timer that goes by hub time takes turns more often while hub time is being set, and notes in the
    context's `hub_time_of_turns` the hub time at which its last turn without an error began.
    """

    def __init__(self, seconds: float = 1.0, *, by_hub_time: bool = False, **kwargs: object) -> None:
        self.seconds = seconds
        self.by_hub_time = by_hub_time
        self._stopping = Event()
        self._thread: GreenThread = None
        self._failures = 0  # one after the other
        super().__init__(**kwargs)

    def start(self) -> None:
        """Begin taking turns."""
        self._thread = self.container.spawn_managed_thread(self._run)

    def stop(self) -> None:
        """Let the turn in hand end, and take no more."""
        self._stopping.send()
        self._thread.wait()

    def kill(self) -> None:
        """End at once."""
        self._thread.kill()

    def _run(self) -> None:
        while not self._was_stopped_in_pause():
            try:
                with context_of(self.container).engine.connect() as lock:
                    self._take_turns(lock.execution_options(isolation_level="AUTOCOMMIT"))
            except Exception as exc:  # noqa: BLE001 - the database is away; it may come back
                self._failures += 1
                log.error("periodic_interrupted", method=self.method_name, error=type(exc).__name__)

    def _take_turns(self, lock: Connection) -> None:
        """Take a turn, and every one from then on, unless another replica does."""
        key = {"key": zlib.crc32(f"{self.container.service_name}.{self.method_name}".encode())}
        if not lock.scalar(text("SELECT pg_try_advisory_lock(:key)"), key):
            self._failures = 0
            return
        # A replica that is halted, or cut off without a word, loses the lock to another one.
        idle = max(IDLE_SECONDS, ceil(2 * self.seconds))
        lock.execute(text(f"SET idle_session_timeout = '{idle}s'"))
        try:
            self._turn(lock)
            while not self._was_stopped_in_pause():
                lock.execute(text("SELECT 1"))  # raises when the lock went with its connection
                self._turn(lock)
        finally:
            if not lock.invalidated:
                lock.execute(text("SELECT pg_advisory_unlock(:key)"), key)
                lock.execute(text("RESET idle_session_timeout"))

    def _was_stopped_in_pause(self) -> bool:
        """Wait for the next turn; True when the service stops instead."""
        seconds = self._pause_seconds()
        if not (self.by_hub_time and context_of(self.container).settings.allow_hub_time):
            return _waited(self._stopping, seconds)
        left = seconds
        while left > 0:
            if _waited(self._stopping, min(left, OFTEN_SECONDS)):
                return True
            left = 0 if context_of(self.container).clocks.hub.was_just_set() else left - OFTEN_SECONDS
        return False

    def _pause_seconds(self) -> float:
        """How long to wait: what is done once an hour does not wait an hour for a database that came back."""
        if self._failures == 0:
            return self.seconds
        return min(self.seconds, AGAIN_SECONDS * 2.0 ** min(self._failures - 1, DOUBLINGS))

    def _turn(self, lock: Connection) -> None:
        done = Event()
        hub_time = context_of(self.container).clocks.hub.now() if self.by_hub_time else None
        self.container.spawn_worker(self, (), {}, handle_result=_send_to(done))
        lost = _wait_for(done, lock)
        try:
            done.wait()
        except Exception as exc:  # noqa: BLE001 - an error in one turn must not end the service
            self._failures += 1
            log.error("periodic_failed", method=self.method_name, error=type(exc).__name__)
        else:
            self._failures = 0
            if hub_time is not None:
                context_of(self.container).hub_time_of_turns[self.method_name] = hub_time
        if lost is not None:
            raise lost


def _wait_for(done: Event, lock: Connection) -> SQLAlchemyError | None:
    """Wait until a turn has ended, also where the lock is lost meanwhile: no turn is taken over itself.

    A statement every few seconds shows PostgreSQL that the replica is alive. Return the error by which the
    lock was lost, if it was.
    """
    lost = None
    while not done.ready():
        with eventlet.Timeout(ALIVE_SECONDS, False), suppress(Exception):  # noqa: FBT003 - eventlet's signature
            done.wait()
        if lost is None and not done.ready():
            try:
                lock.execute(text("SELECT 1"))
            except SQLAlchemyError as exc:
                lost = exc
    return lost


def _waited(event: Event, seconds: float) -> bool:
    """Whether the event came within so many seconds."""
    with eventlet.Timeout(seconds, False):  # noqa: FBT003 - eventlet's signature
        event.wait()
    return bool(event.ready())


def _send_to(done: Event) -> HandleResult:
    def handle_result(_worker: object, result: object, exc_info: object) -> tuple[object, object]:
        done.send(result, exc_info)
        return result, exc_info

    return handle_result


def every(*, seconds: float, by_hub_time: bool = False) -> Callable[[F], F]:
    """Declare a method as work to be done every so often; see `Every`."""
    decorator: Callable[[F], F] = Every.decorator(seconds=seconds, by_hub_time=by_hub_time)
    return decorator
