"""The name server speaks Erlang's protocol: each node is given the ports meant for it."""

import socket
import struct
import sys
from collections.abc import Iterator
from json import dumps
from pathlib import Path

import pytest
from tests.faults import name_server
from tests.support.waiting import wait_until

from hub_local import ports
from hub_local.places import ROOT, python_path
from hub_local.processes import Invocation, Programs

HUB1, BEHIND_A_PROXY = 5001, 6002


@pytest.fixture(name="port")
def _port(tmp_path: Path) -> Iterator[int]:
    port = ports.any_free()
    child = Programs(tmp_path, tmp_path / "run").start(
        Invocation(
            "name-server",
            [
                sys.executable,
                "-m",
                name_server.__name__,
                dumps({port: {"hub1": HUB1, "hub2": BEHIND_A_PROXY}}),
            ],
            environment={"PYTHONPATH": python_path()},
            folder=ROOT,
        )
    )
    wait_until(lambda: not ports.is_free(port))
    yield port
    child.stop(grace=1)


def asked(port: int, question: bytes) -> socket.socket:
    connection = socket.create_connection((ports.LOOPBACK, port), timeout=5)
    connection.sendall(struct.pack(">H", len(question)) + question)
    return connection


def answer(port: int, question: bytes) -> bytes:
    with asked(port, question) as connection:
        return b"".join(iter(lambda: connection.recv(1000), b""))


def registration(name: bytes) -> bytes:
    said = struct.pack(">BHBBHHH", name_server.ALIVE, HUB1, name_server.NORMAL_NODE, 0, 6, 5, len(name))
    return said + name + struct.pack(">H", 0)


def test_another_node_is_found_behind_its_proxy(port: int) -> None:
    told = answer(port, bytes([name_server.PORT]) + b"hub2")
    assert told[:4] == struct.pack(">BBH", name_server.PORT_ANSWER, 0, BEHIND_A_PROXY)
    assert told.endswith(b"\x00\x04hub2\x00\x00")


def test_a_node_that_there_is_not_is_not_found(port: int) -> None:
    assert answer(port, bytes([name_server.PORT]) + b"hub9") == bytes([name_server.PORT_ANSWER, 1])


def test_a_node_is_listed_while_it_lives(port: int) -> None:
    names = bytes([name_server.NAMES])
    assert answer(port, names) == struct.pack(">I", port)
    with asked(port, registration(b"hub1")) as alive:
        assert alive.recv(6)[:2] == bytes([name_server.ALIVE_ANSWER, 0])
        assert answer(port, names)[4:] == b"name hub1 at port 5001\n"
    wait_until(lambda: answer(port, names) == struct.pack(">I", port))
