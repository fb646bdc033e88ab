"""Erlang's name server (epmd) for the nodes of a cluster, each of which finds the others behind a proxy.

    python -m tests.faults.name_server '{"4370": {"hub1": 5001, "hub2": 6002}, …}'

For each node a port to ask at, and the port that it is given for every node: its own, and those of proxies
before the others. So the network between two nodes can be bad. The protocol is that of Erlang's
documentation, "Distribution Protocol"; numbers are big-endian.
"""

import asyncio
import json
import struct
import sys
import time
from collections.abc import Mapping

LOOPBACK = "127.0.0.1"
ALIVE, ALIVE_ANSWER = 120, 118
PORT, PORT_ANSWER = 122, 119
NAMES = 110
NORMAL_NODE, TCP = 77, 0
HIGHEST, LOWEST = 6, 5  # versions of the distribution protocol


class NameServer:
    """The name server as one node uses it."""

    def __init__(self, own_port: int, told: Mapping[str, int]) -> None:
        self._own_port = own_port
        self._told = told
        self._alive: set[str] = set()

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one question; who has registered stays so while its connection lasts."""
        try:
            (length,) = struct.unpack(">H", await reader.readexactly(2))
            asked = await reader.readexactly(length)
            if asked[0] == ALIVE:
                await self._register(asked, reader, writer)
            elif asked[0] == PORT:
                writer.write(self.port_of(asked[1:].decode()))
            elif asked[0] == NAMES:
                writer.write(struct.pack(">I", self._own_port) + self.names().encode())
            await writer.drain()
        except (asyncio.IncompleteReadError, OSError):
            pass
        finally:
            writer.close()

    async def _register(
        self, asked: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        (length,) = struct.unpack(">H", asked[9:11])
        name = asked[11 : 11 + length].decode()
        creation = time.monotonic_ns() // 1_000_000 % 2**32  # distinguishes this life of the node
        writer.write(struct.pack(">BBI", ALIVE_ANSWER, 0, creation))
        await writer.drain()
        self._alive.add(name)
        await reader.read()  # until it ends
        self._alive.discard(name)

    def port_of(self, name: str) -> bytes:
        """The answer to where a node is."""
        port = self._told.get(name)
        if port is None:
            return struct.pack(">BB", PORT_ANSWER, 1)
        said = struct.pack(">BBHBBHHH", PORT_ANSWER, 0, port, NORMAL_NODE, TCP, HIGHEST, LOWEST, len(name))
        return said + name.encode() + struct.pack(">H", 0)

    def names(self) -> str:
        """Return a line for each registered node: its name and port."""
        return "".join(f"name {name} at port {self._told.get(name, 0)}\n" for name in sorted(self._alive))


async def serve(told: Mapping[int, Mapping[str, int]]) -> None:
    """Run until the process is ended."""
    servers = [
        await asyncio.start_server(NameServer(port, names).take, LOOPBACK, port)
        for port, names in told.items()
    ]
    await asyncio.gather(*(server.serve_forever() for server in servers))


if __name__ == "__main__":
    asyncio.run(serve({int(port): names for port, names in json.loads(sys.argv[1]).items()}))
