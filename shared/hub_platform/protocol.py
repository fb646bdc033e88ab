"""HTTP over one connection: eventlet's protocol, with an end to all that a client can draw out."""

import io
from collections.abc import Callable
from typing import Final
from wsgiref.types import WSGIEnvironment

from eventlet import wsgi
from nameko.web.server import HttpOnlyProtocol

from hub_platform.connections import IDLE_SECONDS, Connection, Incoming, Outgoing
from hub_platform.problems import Problem

TOO_SLOW: Final = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"


class BoundedInput(wsgi.Input):  # type: ignore[misc]  # eventlet ships no types
    """The body of a request, for which the service waits only as long as it keeps coming."""

    client: Connection
    broken = False  # where the next request begins cannot be known

    def read(self, length: int | None = None) -> bytes:
        """Read as much, or all that is left.

        Raises:
            Problem: 408 `request_timeout`; 400 `body_not_readable`: it is malformed, or its end is missing.
        """
        return self._awaited(super().read, length)

    def readline(self, size: int | None = None) -> bytes:
        """Read a line; raises as `read` does."""
        return self._awaited(super().readline, size)

    def discard(self, buffer_size: int = 16 << 10) -> None:
        """Discard the rest of a body for a short time, so that the answer arrives.

        Raises:
            OSError: the connection cannot be used any more.
        """
        if self.broken:
            raise ConnectionAbortedError
        self.client.await_rest()
        try:
            while super().read(buffer_size):
                pass
        finally:
            self.client.at_work()

    def _awaited(self, read: Callable[[int | None], bytes], length: int | None) -> bytes:
        self.client.await_bytes(reading=True)
        try:
            data: bytes = read(length)
        except (ValueError, OSError) as exc:
            self.broken = True
            raise self._failure() from exc
        finally:
            self.client.at_work()
        if self.client.overdue or (self.client.ended and not self._whole):
            self.broken = True
            raise self._failure()
        return data

    @property
    def _whole(self) -> bool:
        return bool(self.chunked_input) or self.position >= (self.content_length or 0)

    def _failure(self) -> Problem:
        if self.client.overdue:
            return Problem(408, "request_timeout", "The body arrived too slowly; send it again.")
        return Problem(400, "body_not_readable", "The body is malformed or incomplete.")


class BoundedProtocol(HttpOnlyProtocol):  # type: ignore[misc]  # nameko ships no types
    """Serves one connection; what is waited for, and how long, is noted in its `Connection`."""

    rfile: io.BufferedReader
    wfile: io.BufferedWriter

    def setup(self) -> None:
        """Put the bounds between eventlet's streams and the socket."""
        super().setup()
        self._client: Connection = self.conn_state[3]
        self._served = False
        received, sent = self.rfile, self.wfile
        self.rfile = io.BufferedReader(Incoming(received.detach(), self._client))
        self.wfile = io.BufferedWriter(Outgoing(sent.detach(), self._client), self.wbufsize)

    def _read_request_line(self) -> object:
        if self._served:
            self._client.await_request(IDLE_SECONDS)
        self._served = True
        return super()._read_request_line()

    def parse_request(self) -> bool:
        """Read the head. One without its end is no request: what is missing could be anything."""
        parsed: bool = super().parse_request()
        self._client.at_work()
        if parsed and self._client.ended:
            self.close_connection = True
            if self._client.overdue:
                self.wfile.write(TOO_SLOW)
            return False
        return parsed

    def get_environ(self) -> WSGIEnvironment:
        """The request, with a body that has bounds."""
        environ: WSGIEnvironment = super().get_environ()
        given = environ["wsgi.input"]
        body = BoundedInput(
            self.rfile,
            given.content_length,
            self.connection,
            wfile=given.wfile,
            wfile_line=given.wfile_line,
            chunked_input=given.chunked_input,
        )
        body.client = self._client
        environ["wsgi.input"] = environ["eventlet.input"] = body
        if body.chunked_input:  # its end is known without a Content-Length
            environ["wsgi.input_terminated"] = True
        self._client.begin_transfer()
        return environ

    def log_message(self, *_: object) -> None:
        """Log nothing: data of unknown senders belongs in no log."""
