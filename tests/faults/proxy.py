"""A small TCP proxy between a program and the broker that can be a bad network; a process of its own.

    python -m tests.faults.proxy LISTEN TARGET CONTROL     three loopback ports

One word on the control port is one order, answered with "done" and the number of connections there were:

    pass      be a good network again, for connections that are not dead
    refuse    cut every connection and take no new one
    cut       cut every connection; new ones pass
    swallow   let every connection that there is die silently: bytes vanish, nobody is told; new ones pass
    slow      pass everything late, little by little
"""

import asyncio
import contextlib
import socket
import struct
import sys

LOOPBACK = "127.0.0.1"
LATE = 0.03  # seconds that each piece is held back when slow
PIECE = 1500  # bytes in a piece when slow: 50 kB/s in each direction of each connection
CHUNK = 65536  # bytes read at once


class Link:
    """One connection through the proxy, both ways."""

    def __init__(self, *writers: asyncio.StreamWriter) -> None:
        self.writers = writers
        self.dead = False  # what is sent vanishes

    def cut(self) -> None:
        """Reset both ends."""
        for writer in self.writers:
            linger = struct.pack("ii", 1, 0)  # close with a reset, not with a goodbye
            with contextlib.suppress(OSError):
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()


class Proxy:
    """All connections, and how the network is now."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._links: set[Link] = set()
        self._refusing = False
        self._slow = False

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until an end closes it."""
        try:
            if self._refusing:
                raise ConnectionRefusedError
            far_reader, far_writer = await asyncio.open_connection(LOOPBACK, self._target)
        except OSError:
            Link(writer).cut()
            return
        link = Link(writer, far_writer)
        self._links.add(link)
        try:
            await asyncio.gather(self._pump(link, reader, far_writer), self._pump(link, far_reader, writer))
        finally:
            self._links.discard(link)
            link.cut()

    async def _pump(self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(PIECE if self._slow else CHUNK):
                if link.dead:
                    continue
                if self._slow:
                    await asyncio.sleep(LATE)
                writer.write(data)
                await writer.drain()
            if not link.dead:
                writer.close()

    async def obey(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry out one order."""
        word = (await reader.readline()).decode().strip()
        there = len(self._links)
        if word in ("cut", "refuse"):
            for link in list(self._links):
                link.cut()
        if word == "swallow":
            for link in self._links:
                link.dead = True
        if word in ("refuse", "slow", "pass"):
            self._refusing = word == "refuse"
            self._slow = word == "slow"
        writer.write(f"done {there}\n".encode())
        await writer.drain()
        writer.close()


async def serve(listen: int, target: int, control: int) -> None:
    """Run until the process is ended."""
    proxy = Proxy(target)
    async with (
        await asyncio.start_server(proxy.take, LOOPBACK, listen) as outside,
        await asyncio.start_server(proxy.obey, LOOPBACK, control) as orders,
    ):
        await asyncio.gather(outside.serve_forever(), orders.serve_forever())


def order(control: int, word: str) -> int:
    """Give a running proxy an order; how many connections there were."""
    with socket.create_connection((LOOPBACK, control), timeout=5) as connection:
        connection.sendall(f"{word}\n".encode())
        answer = connection.makefile().readline().split()
    assert answer[:1] == ["done"], answer
    return int(answer[1])


if __name__ == "__main__":
    asyncio.run(serve(*(int(argument) for argument in sys.argv[1:4])))
