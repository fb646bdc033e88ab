"""Connections of clients: how many there may be, and how long the service waits for the other side.

A client that is slow, on purpose or not, holds a connection and nothing else, and not for ever. Each phase in
which the client has to act has a deadline; a body and an answer earn more time by the bytes that move. Where
connections run short, the one whose deadline is nearest is closed for a new one.
"""

import io
import resource
import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import eventlet
import structlog
from eventlet.greenio import GreenSocket
from eventlet.semaphore import Semaphore

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer

IDLE_SECONDS: Final = 75.0  # between two requests of one connection, as the gateway keeps it
HEAD_SECONDS: Final = 15.0  # from the first byte of a request to the end of its headers
PATIENCE_SECONDS: Final = 15.0  # that a body or an answer may stand still
SLOWEST: Final = 8 * 1024  # bytes in a second, of a body that is sent and of an answer that is read
LONGEST_SECONDS: Final = 900.0  # of one body or one answer, whatever its size
UNREAD_SECONDS: Final = 5.0  # for discarding the rest of a body, so that the answer arrives
AT_MOST: Final = 500  # connections
SPARE_FILES: Final = 150  # of the process's limit: databases, broker, files, child processes
TURN_BYTES: Final = 256 * 1024  # after so many from one client others get a turn
REAP_SECONDS: Final = 1.0

log = structlog.get_logger(__name__)
now = time.monotonic


@dataclass(eq=False)
class Connection:
    """One client's connection, and until when the service waits for the client."""

    sock: GreenSocket
    deadline: float | None = None  # None: the service is at work, and the client waits
    idle: bool = False  # nothing of a request has come yet
    reading: bool = False  # what the client has to do is to send
    overdue: bool = False  # a deadline has passed
    ended: bool = False  # the client sends nothing more
    _earns: bool = False
    _patience: float = PATIENCE_SECONDS
    _last: float = 0.0
    _moved: int = 0

    def await_request(self, seconds: float) -> None:
        """Begin to wait for a request."""
        self.idle, self.reading, self._earns = True, True, False
        self.deadline = now() + seconds

    def await_head(self) -> None:
        """Begin to wait for the rest of the request line and the headers."""
        self.idle = False
        self.deadline = now() + HEAD_SECONDS

    def await_rest(self) -> None:
        """Begin to wait for the rest of a body that is not used."""
        self.reading, self._earns = True, False
        self.deadline = now() + UNREAD_SECONDS

    def begin_transfer(self) -> None:
        """Give a body, or an answer, its full patience."""
        self._patience, self._last = PATIENCE_SECONDS, now() + LONGEST_SECONDS
        self.deadline, self.idle = None, False

    def await_bytes(self, *, reading: bool) -> None:
        """Begin to wait for bytes of a body to come, or of an answer to be taken."""
        if reading is not self.reading:
            self.begin_transfer()
        self.reading, self._earns = reading, True
        self.deadline = min(now() + self._patience, self._last)

    def at_work(self) -> None:
        """Stop waiting for the client. What is left of its patience is kept."""
        if self.deadline is not None:
            self._patience = max(self.deadline - now(), 0.0)
            self.deadline = None

    def moved(self, size: int) -> None:
        """Give more time for bytes that have come or gone; let others have their turn meanwhile."""
        if self._earns and self.deadline is not None:
            self.deadline = min(self.deadline + size / SLOWEST, now() + PATIENCE_SECONDS, self._last)
        self._moved += size
        if self._moved >= TURN_BYTES:
            self._moved = 0
            eventlet.sleep(0)

    def end(self) -> None:
        """Wake up the thread that waits for the client: it reads the end of the stream, or cannot write."""
        self.overdue = True
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)

    def expire(self) -> None:
        """End what is overdue. A client that has begun to send can still read an answer that says why."""
        if self.idle or self.overdue or not self.reading:
            self.end()
            return
        self.overdue, self.deadline = True, now() + REAP_SECONDS
        with suppress(OSError):
            self.sock.shutdown(socket.SHUT_RD)


class Incoming(io.RawIOBase):
    """The stream from a client, which records bytes and times."""

    def __init__(self, raw: io.RawIOBase, connection: Connection) -> None:
        """Read from `raw`."""
        self._raw = raw
        self._connection = connection

    def readable(self) -> bool:
        """Return True, which io.BufferedReader requires."""
        return True

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Read what has come."""
        size: int = self._raw.readinto(buffer) or 0
        if size and self._connection.idle:
            self._connection.await_head()
        self._connection.ended = not size
        self._connection.moved(size)
        return size

    def close(self) -> None:
        """Close the stream below, too."""
        self._raw.close()
        super().close()


class Outgoing(io.RawIOBase):
    """The stream to a client; a write waits only while the client's buffers are full."""

    def __init__(self, raw: io.RawIOBase, connection: Connection) -> None:
        """Write to `raw`."""
        self._raw = raw
        self._connection = connection

    def writable(self) -> bool:
        """Return True, which io.BufferedWriter requires."""
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        """Send as much as the other side takes."""
        self._connection.await_bytes(reading=False)
        try:
            size: int = self._raw.write(data) or 0
            self._connection.moved(size)
        finally:
            self._connection.at_work()
        return size

    def close(self) -> None:
        """Close the stream below, too."""
        self._raw.close()
        super().close()


@dataclass
class Connections:
    """All connections of a service, no more than it can bear."""

    at_most: int = AT_MOST
    _open: set[Connection] = field(default_factory=set)
    _room: Semaphore = field(init=False)

    def __post_init__(self) -> None:
        """Count down from `at_most`."""
        self._room = Semaphore(self.at_most)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._open)

    def make_room(self) -> None:
        """Wait until one more may come; close the one that matters least if there are too many."""
        if self._room.locked():
            self.give_up_one()
        self._room.acquire()

    def give_up_one(self) -> None:
        """Close an idle connection, or else the one whose deadline is nearest."""
        waiting = [one for one in self._open if one.deadline is not None and not one.overdue]
        if waiting:
            min(waiting, key=lambda one: (not one.idle, one.deadline)).end()

    def not_taken(self) -> None:
        """Give back the room of a connection that did not come."""
        self._room.release()

    def opened(self, sock: GreenSocket) -> Connection:
        """Note a new one."""
        connection = Connection(sock)
        connection.await_request(HEAD_SECONDS)
        self._open.add(connection)
        return connection

    def closed(self, connection: Connection) -> None:
        """Remove a connection that has ended."""
        self._open.discard(connection)
        self._room.release()

    def reap(self) -> None:
        """End those whose deadline has passed, for ever."""
        while True:
            eventlet.sleep(REAP_SECONDS)
            instant = now()
            for one in list(self._open):
                if one.deadline is not None and one.deadline < instant:
                    one.expire()


def most_connections(at_most: int = AT_MOST) -> int:
    """As many as the process may have files for, besides what else it opens."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    return max(10, min(at_most, files - SPARE_FILES))
