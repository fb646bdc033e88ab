"""Connections to the AMQP gateway from any address, and a server behind it that holds all of them."""

import socket
import socketserver
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Final

from tests.support.amqp_gateway import HOST, Gateway

AT_ONCE: Final = 50  # connections of one address, as in the gateway's configuration


@contextmanager
def holding_server() -> Iterator[int]:
    """A server that greets each connection and keeps it, however long; its port."""

    class Holding(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while self.request.recv(100):
                self.request.sendall(b"\x01")

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True
        block_on_close = False
        request_queue_size = 2 * AT_ONCE

    with Server(("127.0.0.1", 0), Holding) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


def knock(port: int, *, source: str = "127.0.0.1") -> socket.socket:
    """A TCP connection from an address of the loopback network."""
    return socket.create_connection(("127.0.0.1", port), 10, source_address=(source, 0))


def handshake(gateway: Gateway, *, source: str) -> None:
    """Connect from an address, until the broker has answered.

    Raises:
        OSError: the gateway refuses, or nothing answers within 10 s.
    """
    with (
        knock(gateway.port, source=source) as plain,
        gateway.context().wrap_socket(plain, server_hostname=HOST) as encrypted,
    ):
        encrypted.sendall(b"AMQP\x00\x00\x09\x01")
        assert encrypted.recv(1) == b"\x01"


def opened(gateway: Gateway) -> ssl.SSLSocket | None:
    """A connection that reaches the broker; None when the gateway refuses it."""
    with suppress(OSError):
        encrypted = gateway.context().wrap_socket(knock(gateway.port), server_hostname=HOST)
        try:
            encrypted.sendall(b"AMQP\x00\x00\x09\x01")
            if encrypted.recv(1):
                return encrypted
        except OSError:
            encrypted.close()
    return None
