"""A broker connection that one greenlet owns and others give jobs to.

py-amqp may be used by one greenlet at a time only: two that write at once mix their frames. So one greenlet
reads, writes and sends heartbeats, and is woken for each job. It reconnects by itself. When it is asked to
end, it finishes the work in progress.
"""

import contextlib
import select
import socket
from collections import deque
from collections.abc import Callable
from typing import Final, Protocol

import eventlet
import structlog

from hub_messaging import amqp_properties  # noqa: F401 - imported for what it does
from hub_messaging.amqp_buffering import ReadAhead
from hub_messaging.amqp_types import Channel, Connection
from hub_messaging.stopping import Stop, where
from hub_messaging.wire import BROKER_ERRORS, connected, drain, reason_of, tick

IDLE_SECONDS: Final = 0.5  # between two looks at the heartbeat while idle
ANSWER_SECONDS: Final = 3.0  # for the broker to answer a declaration or a cancellation
AWAY: Final = "the broker does not answer"

log = structlog.get_logger(__name__)


class ConnectionOwner(Protocol):
    """The user of a connection, which is called on its events."""

    def opened(self, channel: Channel) -> None:
        """Declare and consume on a new connection's channel."""

    def closing(self, channel: Channel) -> None:
        """The connection is to end: accept no new work."""

    def finished(self) -> bool:
        """Whether no work is in progress; asked only while the connection is to end."""

    def lost(self) -> None:
        """The connection is lost, with the work in progress on it."""


class BrokerConnection:
    """One connection with one channel. `away` is the reason why it is unavailable, or None."""

    def __init__(self, uri: str, holder: ConnectionOwner, name: str) -> None:
        """`name` identifies the connection in the log."""
        self._uri = uri
        self._holder = holder
        self._name = name
        self._jobs: deque[tuple[Channel, Callable[[], None]]] = deque()
        self._bell, self._bell_push = socket.socketpair()
        self._bell_push.setblocking(False)  # noqa: FBT003 - the standard library's signature
        self._stop = Stop()
        self.has_failed = False  # the broker was tried and is unavailable; False: not tried yet
        self.channel: Channel = None
        self.away: str | None = "the broker has not been reached yet"

    def do(self, channel: Channel, job: Callable[[], None]) -> None:
        """Give the owning greenlet a job; it is dropped if the channel is closed by then."""
        self._jobs.append((channel, job))
        self._ring()

    def end(self) -> None:
        """Finish the work in progress and disconnect; `run` returns afterwards."""
        self._stop.ask()
        self._ring()

    def run(self) -> None:
        """Stay connected, again after each failure, until `end`."""
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

    def _serve(self, connection: Connection) -> None:
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

    def _work(self, connection: Connection) -> None:
        """Run the jobs, then wait for the next."""
        self._work_off()
        ReadAhead.of(connection).dispatch()  # frames that arrived with an answer to one of our requests
        if not self._jobs:
            self._listen(connection.sock, IDLE_SECONDS)
        while drain(connection, 0.001):
            pass
        tick(connection)  # after reading: unread frames would look like a missing heartbeat

    def _work_off(self) -> None:
        while self._jobs:
            channel, job = self._jobs.popleft()
            if channel is self.channel:
                job()

    def _listen(self, sock: socket.socket, seconds: float) -> None:
        """Wait for bytes from the broker, a wake-up, or the end of the time."""
        readable, _, _ = select.select([sock, self._bell], [], [], seconds)
        if self._bell in readable:
            self._bell.recv(4096)

    def _ring(self) -> None:
        with contextlib.suppress(BlockingIOError):  # wake-ups are pending already
            self._bell_push.send(b"!")
