"""Looking names up never holds up what else the process does, and ends in time."""

import os
import socket
import time
from collections.abc import Iterator
from typing import Any

import eventlet
import pytest
from eventlet import patcher
from eventlet.green import socket as green_socket

from hub_platform import names
from hub_platform.names import AT_ONCE, FUNCTIONS, Lookups, look_up_on_threads

SECONDS = 0.3  # instead of what a service waits


class NameServer:
    """Blocks its thread, as the C library does, until it may answer."""

    __name__ = "getaddrinfo"

    def __init__(self) -> None:
        self.asked: list[Any] = []
        self.error: Exception | None = None
        self._ask, self._answer = os.pipe()

    def __call__(self, *args: Any, **_kwargs: Any) -> str:
        self.asked.append(args)
        patcher.original("os").read(self._ask, 1)
        if self.error is not None:
            raise self.error
        return "10.0.0.1"

    def answer(self, times: int = 1) -> None:
        """Let so many look-ups end."""
        os.write(self._answer, b"!" * times)


@pytest.fixture(name="server")
def _server() -> Iterator[NameServer]:
    server = NameServer()
    yield server
    server.answer(AT_ONCE)


def test_others_go_on_while_a_name_is_looked_up(server: NameServer) -> None:
    asking = eventlet.spawn(Lookups(30).ask, server, "database", 5432)
    for _ in range(20):
        eventlet.sleep(0.001)
    assert not asking.dead
    server.answer()
    assert asking.wait() == "10.0.0.1"


def test_a_silent_name_server_is_given_up_and_is_not_asked_again(
    server: NameServer,
) -> None:
    lookups = Lookups(SECONDS)
    since = time.monotonic()
    for _ in range(3):  # the second and the third are refused at once
        with pytest.raises(socket.gaierror) as raised:
            lookups.ask(server, "database", 5432)
        assert raised.value.errno == socket.EAI_AGAIN
    assert SECONDS <= time.monotonic() - since < 10 * SECONDS
    assert server.asked == [("database", 5432)]


def test_many_who_want_the_same_name_share_one_look_up(server: NameServer) -> None:
    lookups = Lookups(30)
    asking = [eventlet.spawn(lookups.ask, server, "database", port) for port in (1, 1, 2, 1)]
    while len(server.asked) < 2:
        eventlet.sleep(0.001)
    server.answer(2)
    assert [one.wait() for one in asking] == ["10.0.0.1"] * 4
    assert sorted(server.asked) == [("database", 1), ("database", 2)]
    server.answer()
    assert lookups.ask(server, "database", 1) == "10.0.0.1"  # an answer is not kept: addresses change


def test_what_the_name_server_says_reaches_all_who_wait(server: NameServer) -> None:
    lookups = Lookups(30)
    server.error = socket.gaierror(socket.EAI_NONAME, "no such name")
    asking = [eventlet.spawn(lookups.ask, server, "unknown") for _ in range(2)]
    eventlet.sleep(0)
    server.answer()
    for one in asking:
        with pytest.raises(socket.gaierror, match="no such name"):
            one.wait()


def test_look_ups_that_never_end_do_not_use_up_the_threads(server: NameServer) -> None:
    lookups = Lookups(0.01)
    for number in range(AT_ONCE + 3):
        with pytest.raises(socket.gaierror):
            lookups.ask(server, f"name-{number}")
    assert len(server.asked) <= AT_ONCE


@pytest.mark.parametrize("host", [None, "", "127.0.0.1", "::1", "fe80::1%lo", b"10.0.0.1"])
def test_an_address_needs_no_thread(host: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(names, "_on_a_thread", None)

    def getaddrinfo(*args: Any) -> tuple[Any, ...]:
        return args

    assert Lookups().ask(getaddrinfo, host, 5432) == (host, 5432)


def test_every_look_up_of_the_standard_library_is_replaced(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (socket, green_socket):
        for name in FUNCTIONS:
            monkeypatch.setattr(module, name, getattr(module, name))
    threads: list[str] = []

    def note(function: Any) -> Any:
        threads.append(function.func.__name__)
        return function()

    monkeypatch.setattr(names, "_on_a_thread", note)
    look_up_on_threads()
    assert socket.getaddrinfo("localhost", 80, type=socket.SOCK_STREAM)
    assert socket.gethostbyname("localhost")
    assert socket.getfqdn("localhost")  # smtplib says hello with it
    assert threads == ["getaddrinfo", "gethostbyname", "gethostbyaddr"]
    threads.clear()
    with pytest.raises(ConnectionRefusedError):
        green_socket.create_connection(("localhost", 1))
    assert threads == ["getaddrinfo"]
