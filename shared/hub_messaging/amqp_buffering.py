"""The edge beneath py-amqp: fewer system calls. py-amqp reads a message in six and writes one in one.

It uses attributes of py-amqp's transport that are not public, which is why the version is locked and
tests/messaging/test_buffering.py compares what arrives with what was sent, however the bytes are cut.
"""

import contextlib
import socket
import struct
from collections.abc import Iterator
from typing import Final

from amqp.transport import SSLTransport

from hub_messaging.amqp_types import Connection

SIZE: Final = 65_536  # bytes that one system call may bring
HEAD: Final = struct.Struct(">BHI")  # of a frame (AMQP 0-9-1, 4.2.3): kind, channel, size of what follows
END: Final = 1  # byte that closes a frame
# The kernel notices a dead network too. py-amqp's own limit of 1 s would end a connection that only stalls.
SOCKET_SETTINGS: Final = {
    socket.TCP_NODELAY: 1,
    socket.TCP_KEEPIDLE: 10,
    socket.TCP_KEEPINTVL: 5,
    socket.TCP_KEEPCNT: 3,
    socket.TCP_USER_TIMEOUT: 20_000,  # milliseconds until what was sent is acknowledged
}


class ReadAhead:
    """Serves py-amqp's small reads from what one system call has brought."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._transport = connection.transport
        self._recv = self._transport._quick_recv  # noqa: SLF001 - the reason for this module
        self._bytes, self._at = b"", 0

    @classmethod
    def of(cls, connection: Connection) -> "ReadAhead":
        """The one of a connection, put in place when it has none."""
        known = connection.transport._quick_recv  # noqa: SLF001
        if isinstance(known, cls):
            return known
        ahead = cls(connection)
        if not isinstance(connection.transport, SSLTransport):  # TLS has a buffer of its own
            connection.transport._quick_recv = ahead  # noqa: SLF001
        return ahead

    def __call__(self, size: int) -> bytes:
        """Up to so many bytes, of which there is at least one unless the broker has hung up."""
        if self._at >= len(self._bytes):
            self._bytes, self._at = self._recv(SIZE), 0
        chunk = self._bytes[self._at : self._at + size]
        self._at += len(chunk)
        return chunk

    def dispatch(self) -> None:
        """Let py-amqp deal with the whole frames that are here already, without waiting for more."""
        while self._holds_a_frame():
            self._connection.blocking_read()

    def _holds_a_frame(self) -> bool:
        left = len(self._bytes) - self._at
        if left < HEAD.size or self._transport._read_buffer:  # noqa: SLF001 - a frame was begun and not ended
            return False
        _, _, size = HEAD.unpack_from(self._bytes, self._at)
        return bool(left >= HEAD.size + size + END)


@contextlib.contextmanager
def corked(connection: Connection) -> Iterator[None]:
    """Collect what is written, and send it in one go at the end."""
    transport = connection.transport
    write = transport._write  # noqa: SLF001
    written: list[bytes] = []
    transport._write = lambda data: written.append(bytes(data))  # noqa: SLF001
    try:
        yield
    finally:
        transport._write = write  # noqa: SLF001
    transport.write(b"".join(written))
