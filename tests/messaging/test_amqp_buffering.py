"""py-amqp reads the bytes that were sent through the buffer, however the network splits them."""

import socket
from types import SimpleNamespace
from typing import Any

import pytest
from amqp.transport import TCPTransport
from hypothesis import given
from hypothesis import strategies as st

from hub_messaging.amqp_buffering import HEAD, ReadAhead, corked

Frame = tuple[int, int, bytes]
frames = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 9), st.binary(max_size=40)), max_size=12)


class Wire:
    """A socket that gives what is put into it in pieces of our choosing, and nothing in between."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces

    def recv(self, size: int) -> bytes:
        if not self.pieces:
            raise TimeoutError
        piece, self.pieces[0] = self.pieces[0][:size], self.pieces[0][size:]
        if not self.pieces[0]:
            self.pieces.pop(0)
        return piece


def transport_over(wire: Wire) -> TCPTransport:
    transport = TCPTransport("nowhere:1", 1)
    transport._read_buffer = b""
    transport._quick_recv = wire.recv
    return transport


def on_the_wire(sent: list[Frame]) -> bytes:
    return b"".join(HEAD.pack(k, c, len(body)) + body + b"\xce" for k, c, body in sent)


@given(frames, st.lists(st.integers(1, 60), min_size=1))
def test_frames_arrive_whole_and_in_order_however_they_are_cut(sent: list[Frame], cuts: list[int]) -> None:
    data, at = on_the_wire(sent), 0
    pieces: list[bytes] = []
    while at < len(data):
        size = cuts[len(pieces) % len(cuts)]
        pieces.append(data[at : at + size])
        at += size
    transport = transport_over(Wire(pieces))
    arrived: list[Frame] = []
    connection = SimpleNamespace(transport=transport)
    connection.blocking_read = lambda: arrived.append(transport.read_frame())
    ahead = ReadAhead.of(connection)
    assert ReadAhead.of(connection) is ahead
    for _ in range(len(pieces) + len(sent) + 1):
        try:
            connection.blocking_read()
        except TimeoutError:
            continue
        ahead.dispatch()
    assert arrived == sent


def test_only_whole_frames_are_dealt_with_without_waiting() -> None:
    data = on_the_wire([(1, 0, b"one"), (1, 0, b"two")])
    transport = transport_over(Wire([data[:-1]]))
    arrived: list[Frame] = []
    connection = SimpleNamespace(transport=transport)
    connection.blocking_read = lambda: arrived.append(transport.read_frame())
    ahead = ReadAhead.of(connection)
    connection.blocking_read()
    ahead.dispatch()
    assert arrived == [(1, 0, b"one")]


def test_a_broker_that_hangs_up_is_noticed() -> None:
    transport = TCPTransport("nowhere:1", 1)
    transport._read_buffer = b""
    transport._quick_recv = lambda _size: b""
    ReadAhead.of(SimpleNamespace(transport=transport))
    with pytest.raises(OSError, match="closed"):
        transport.read_frame()


def test_what_is_written_while_corked_leaves_in_one_piece() -> None:
    ours, theirs = socket.socketpair()
    with ours, theirs:
        writes: list[bytes] = []
        transport = TCPTransport("nowhere:1", 1)
        transport.sock = ours

        def write(data: Any) -> None:
            writes.append(bytes(data))

        transport._write = write
        with corked(SimpleNamespace(transport=transport)):
            transport.write(memoryview(b"one"))
            transport.write(b"two")
            assert writes == []
        transport.write(b"three")
    assert writes == [b"onetwo", b"three"]


def test_nothing_is_sent_of_what_failed_half_way() -> None:
    writes: list[bytes] = []
    transport = TCPTransport("nowhere:1", 1)
    transport._write = writes.append
    with pytest.raises(RuntimeError), corked(SimpleNamespace(transport=transport)):
        transport.write(b"one")
        raise RuntimeError
    assert writes == []
