"""A TCP proxy between a program and the broker that a test can delay or silence."""

import contextlib
import selectors
import socket
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit, urlunsplit

LOOPBACK = "127.0.0.1"


class Pipe:
    """Forward connections to `port` to the target; when dead, drop bytes without closing connections."""

    def __init__(self, target: tuple[str, int], port: int = 0) -> None:
        self._target = target
        self._listener = socket.create_server((LOOPBACK, port))
        self.port = self._listener.getsockname()[1]
        self.dead = False
        self.late_seconds = 0.0  # how long what the target says is held back
        self._closed = False
        self._sockets: list[socket.socket] = []
        self._silent: set[socket.socket] = set()
        threading.Thread(target=self._accept, daemon=True).start()

    def swallow(self) -> None:
        """Let the connections that there are die silently; new ones pass."""
        self._silent.update(self._sockets)

    def close(self) -> None:
        """End every connection, take no more."""
        self._closed = True
        for each in (self._listener, *self._sockets):
            with contextlib.suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        while not self._closed:
            try:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._target)
            except OSError:
                return
            self._sockets += [near, far]
            threading.Thread(target=self._carry, args=(near, far), daemon=True).start()

    def _carry(self, near: socket.socket, far: socket.socket) -> None:
        with selectors.DefaultSelector() as selector, contextlib.suppress(OSError, ValueError):
            selector.register(near, selectors.EVENT_READ, far)
            selector.register(far, selectors.EVENT_READ, near)
            while not self._closed:
                for key, _ in selector.select(timeout=1.0):
                    data = key.fileobj.recv(65536)  # type: ignore[union-attr]  # sockets are what we gave
                    silent = self.dead or near in self._silent
                    if not data:
                        if not silent:
                            self._end(near, far)
                        return
                    if key.fileobj is far:
                        time.sleep(self.late_seconds)
                    if not silent:
                        key.data.sendall(data)

    def _end(self, *sockets: socket.socket) -> None:
        for each in sockets:
            each.close()


@contextlib.contextmanager
def piped(uri: str, *, port: int = 0) -> Iterator[tuple[Pipe, str]]:
    """A pipe to the broker of an AMQP URI, and the URI that leads through it."""
    parts = urlsplit(uri)
    pipe = Pipe((parts.hostname or LOOPBACK, parts.port or 5672), port)
    netloc = f"{parts.netloc.rpartition('@')[0]}@{LOOPBACK}:{pipe.port}"
    try:
        yield pipe, urlunsplit(parts._replace(netloc=netloc))
    finally:
        pipe.close()
