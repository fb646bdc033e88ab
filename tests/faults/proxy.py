"""A small TCP proxy before a server that can be a bad network; a process of its own.

    python -m tests.faults.proxy CONTROL LISTEN:TARGET …     loopback ports, any number of routes

A line on the control port is an order: a word, and the LISTEN ports of the routes that it is for (all when
none is named). It is answered with "done" and the number of connections that there were:

    pass      be a good network again, for connections that are not dead
    refuse    cut every connection and take no new one
    cut       cut every connection; new ones pass
    swallow   let every connection that there is die silently: bytes vanish without a reset; new ones pass
    silence   do so, and let new ones be taken and die at once
    freeze    hold back whatever is sent until "pass": packets that are lost and sent again
    slow      pass everything late, little by little
"""

import asyncio
import contextlib
import socket
import struct
import sys
from collections.abc import Iterable

LOOPBACK = "127.0.0.1"
LATE = 0.03  # seconds that each piece is held back when slow
PIECE = 1500  # bytes in a piece when slow: 50 kB/s in each direction of each connection
CHUNK = 65536  # bytes read at once
MODES = ("pass", "refuse", "silence", "freeze", "slow")  # what lasts until the next of them


class Link:
    """One connection through the proxy, both ways."""

    def __init__(self, *writers: asyncio.StreamWriter) -> None:
        self.writers = writers
        self.dead = False  # bytes sent to it are dropped

    def cut(self) -> None:
        """Reset both ends."""
        for writer in self.writers:
            linger = struct.pack("ii", 1, 0)  # close with a reset, not with a goodbye
            with contextlib.suppress(OSError):
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()


class Route:
    """All connections to one target, and how the network is on the way there."""

    def __init__(self, target: int) -> None:
        self._target = target
        self._links: set[Link] = set()
        self._mode = "pass"
        self._flows = asyncio.Event()
        self._flows.set()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection until an end closes it."""
        if self._mode == "silence":
            await self._ignore(reader, writer)
            return
        try:
            await self._flows.wait()
            if self._mode == "refuse":
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

    async def _ignore(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = Link(writer)
        self._links.add(link)
        with contextlib.suppress(OSError):
            while await reader.read(CHUNK):
                pass
        self._links.discard(link)
        link.cut()

    async def _pump(self, link: Link, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(PIECE if self._mode == "slow" else CHUNK):
                if self._mode == "slow":
                    await asyncio.sleep(LATE)
                await self._flows.wait()
                if link.dead:
                    continue
                writer.write(data)
                await writer.drain()
            if not link.dead:
                writer.close()

    def obey(self, word: str) -> int:
        """Be as bad as the word says; how many connections there were."""
        there = len(self._links)
        if word in ("cut", "refuse"):
            for link in list(self._links):
                link.cut()
        if word in ("swallow", "silence"):
            for link in self._links:
                link.dead = True
        if word in MODES:
            self._mode = word
            (self._flows.clear if word == "freeze" else self._flows.set)()
        return there


class Proxy:
    """Every route, by the port where it begins."""

    def __init__(self, routes: Iterable[tuple[int, int]]) -> None:
        self._routes = {listen: Route(target) for listen, target in routes}

    async def serve(self, control: int) -> None:
        """Run until the process is ended."""
        async with contextlib.AsyncExitStack() as stack:
            for listen, route in self._routes.items():
                await stack.enter_async_context(await asyncio.start_server(route.take, LOOPBACK, listen))
            orders = await asyncio.start_server(self._obey, LOOPBACK, control)
            async with orders:
                await orders.serve_forever()

    async def _obey(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Carry out one order."""
        word, *ports = (await reader.readline()).decode().split()
        there = sum(self._routes[int(port)].obey(word) for port in ports or self._routes)
        writer.write(f"done {there}\n".encode())
        await writer.drain()
        writer.close()


def order(control: int, word: str, *ports: int) -> int:
    """Give a running proxy an order; how many connections there were."""
    with socket.create_connection((LOOPBACK, control), timeout=5) as connection:
        connection.sendall(" ".join(map(str, (word, *ports))).encode() + b"\n")
        answer = connection.makefile().readline().split()
    assert answer[:1] == ["done"], answer
    return int(answer[1])


def main(control: str, *routes: str) -> None:
    """Serve what the command line says."""
    pairs = (route.split(":") for route in routes)
    asyncio.run(_serve([(int(listen), int(target)) for listen, target in pairs], int(control)))


async def _serve(routes: list[tuple[int, int]], control: int) -> None:
    await Proxy(routes).serve(control)


if __name__ == "__main__":
    main(*sys.argv[1:])
