"""A connection to the broker that one greenlet holds, and that others hand work to.

The broker's client may be used by one greenlet at a time only: two that write at once mix their frames. So
one reads, writes and keeps the heartbeat, and is woken when there is something to do. It reconnects by itself
and, when it is asked to end, finishes what is in hand.
"""

import contextlib
import select
import socket
from collections import deque
from collections.abc import Callable
from typing import Any, Final, Protocol

import eventlet
import structlog

from hub_messaging import amqp_properties  # noqa: F401 - imported for what it does
from hub_messaging.amqp_buffering import ReadAhead
from hub_messaging.stopping import Stop, where
from hub_messaging.wire import BROKER_ERRORS, connected, drain, reason_of, tick

IDLE_SECONDS: Final = 0.5  # how often a heartbeat is looked after while nothing happens
ANSWER_SECONDS: Final = 3.0  # what the broker may take to answer whatever we declare or cancel
AWAY: Final = "the broker does not answer"

log = structlog.get_logger(__name__)


class ConnectionOwner(Protocol):
    """Whoever a line belongs to."""

    def opened(self, channel: Any) -> None:
        """Declare and consume on a new connection's channel."""

    def closing(self, channel: Any) -> None:
        """We were asked to end: take nothing new."""

    def finished(self) -> bool:
        """Whether nothing is in hand any more; asked only when we are to end."""

    def lost(self) -> None:
        """The connection is gone, and with it all that was under way on it."""


class BrokerConnection:
    """One connection with one channel. `away` says why it cannot be used, or is None."""

    def __init__(self, uri: str, holder: ConnectionOwner, name: str) -> None:
        """`name` tells lines apart in the log."""
        self._uri = uri
        self._holder = holder
        self._name = name
        self._jobs: deque[tuple[Any, Callable[[], None]]] = deque()
        self._bell, self._bell_push = socket.socketpair()
        self._bell_push.setblocking(False)  # noqa: FBT003 - the standard library's signature
        self._stop = Stop()
        self.has_failed = False  # the broker was tried and is away, as opposed to not tried yet
        self.channel: Any = None
        self.away: str | None = "the broker has not been reached yet"

    def do(self, channel: Any, job: Callable[[], None]) -> None:
        """Have a job done by the greenlet that may; it is dropped when that channel is gone by then."""
        self._jobs.append((channel, job))
        self._ring()

    def end(self) -> None:
        """Finish what is in hand, then leave; `run` returns when that is done."""
        self._stop.ask()
        self._ring()

    def run(self) -> None:
        """Hold the connection, and a new one whenever it breaks, until `end`."""
        while not self._stop.asked:
            try:
                with connected(self._uri) as connection:
                    self._serve(connection)
            except Exception as exc:  # noqa: BLE001 - whatever happens, the loop goes on
                at = None if isinstance(exc, BROKER_ERRORS) else where(exc)
                log.warning("connection_lost", connection=self._name, error=type(exc).__name__, at=at)
                self.has_failed, self.away = True, reason_of(exc, AWAY)
            else:
                self.away = AWAY
            self.channel = None
            self._jobs.clear()
            self._holder.lost()
            self._stop.pause_after_failure()

    def _serve(self, connection: Any) -> None:
        with eventlet.Timeout(ANSWER_SECONDS, TimeoutError):
            self.channel = connection.channel()
            self._holder.opened(self.channel)
        self.away, self.has_failed = None, False
        self._stop.succeeded()
        while not self._stop.asked:
            self._work(connection)
        with eventlet.Timeout(ANSWER_SECONDS, TimeoutError):
            self._holder.closing(self.channel)
        while self._jobs or not self._holder.finished():
            self._work(connection)

    def _work(self, connection: Any) -> None:
        """Do what there is to do, then wait for more."""
        self._work_off()
        ReadAhead.of(connection).dispatch()  # what was read along with an answer to us
        if not self._jobs:
            self._listen(connection.sock, IDLE_SECONDS)
        while drain(connection, 0.001):
            pass
        tick(connection)  # afterwards: what has not been read yet looks like silence

    def _work_off(self) -> None:
        while self._jobs:
            channel, job = self._jobs.popleft()
            if channel is self.channel:
                job()

    def _listen(self, sock: Any, seconds: float) -> None:
        """Wait until the broker says something, somebody rings, or time is up."""
        readable, _, _ = select.select([sock, self._bell], [], [], seconds)
        if self._bell in readable:
            self._bell.recv(4096)

    def _ring(self) -> None:
        with contextlib.suppress(BlockingIOError):  # it is full of rings already
            self._bell_push.send(b"!")
