"""The edge that looks names up (DNS, hosts file) without holding up the process (ADR 23).

The C library's `getaddrinfo` blocks its thread, for up to half a minute when no name server answers, and a
service runs on one thread. So a look-up runs on a thread of the operating system, and the caller of it
has a deadline.
"""

import ipaddress
import socket
import time
from collections.abc import Callable
from functools import partial
from types import ModuleType
from typing import Final, ParamSpec, TypeVar

import eventlet
from eventlet import hubs, patcher
from eventlet.event import Event
from eventlet.green import socket as green_socket

LOOKUP_SECONDS: Final = 5.0
# Look-ups under way at once; a service knows the names of database, broker, mail server and collector.
AT_ONCE: Final = 16
FUNCTIONS: Final = ("getaddrinfo", "gethostbyname", "gethostbyname_ex", "gethostbyaddr", "getnameinfo")

_os: ModuleType = patcher.original("os")
_thread: ModuleType = patcher.original("_thread")

P = ParamSpec("P")
T = TypeVar("T")
Question = tuple[object, ...]


class Lookups:
    """Look-ups under way. One question is put once, however many wait for its answer."""

    def __init__(self, seconds: float = LOOKUP_SECONDS) -> None:
        """`seconds`: how long an answer may take, counted from the first who asked."""
        self._seconds = seconds
        self._under_way: dict[Question, tuple[Event, float]] = {}

    def ask(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Call one of the standard library's look-up functions.

        Raises:
            OSError: what the function raises, or EAI_AGAIN when there was no answer in time.
        """
        host = kwargs.get("host", args[0] if args else None)
        if function.__name__ == "getaddrinfo" and is_address(host):
            return function(*args, **kwargs)
        question = (function.__name__, args, tuple(sorted(kwargs.items())))
        if question not in self._under_way:
            if len(self._under_way) >= AT_ONCE:
                raise socket.gaierror(socket.EAI_AGAIN, "too many names are being looked up")
            self._under_way[question] = (Event(), time.monotonic() + self._seconds)
            eventlet.spawn_n(self._look_up, question, partial(function, *args, **kwargs))
        answer, ends = self._under_way[question]
        found: T | None = answer.wait(max(0.0, ends - time.monotonic()))
        if found is None:
            raise socket.gaierror(socket.EAI_AGAIN, "no name server answers")
        return found

    def _look_up(self, question: Question, function: Callable[[], object]) -> None:
        """Hand the answer to those who wait. It stays under way until the thread is done, however long."""
        answer, _ = self._under_way[question]
        found, error = None, None
        try:
            found = _on_a_thread(function)
        except Exception as exc:  # noqa: BLE001 - it belongs to those who wait
            error = exc
        del self._under_way[question]
        answer.send(found, error)


def look_up_on_threads(seconds: float = LOOKUP_SECONDS) -> None:
    """Replace the look-up functions of `socket`; call it after eventlet has patched the standard library."""
    lookups = Lookups(seconds)
    for name in FUNCTIONS:
        ask = partial(lookups.ask, getattr(green_socket, name))
        for module in (socket, green_socket):
            setattr(module, name, ask)


def is_address(host: object) -> bool:
    """Whether there is nothing to look up: it is an IP address, or stands for this machine."""
    text = host.decode(errors="replace") if isinstance(host, bytes) else str(host or "")
    if not text:
        return True
    try:
        ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        return False
    return True


def _on_a_thread(function: Callable[[], T]) -> T:
    """Call a function on a thread of its own; other greenlets go on meanwhile.

    eventlet's own pool (tpool) waits for its threads at the end of the process: for the silent name server.
    """
    ended, tell = _os.pipe()
    answers: list[T] = []
    errors: list[Exception] = []

    def work() -> None:
        try:
            answers.append(function())
        except Exception as exc:  # noqa: BLE001 - it is raised where the answer is awaited
            errors.append(exc)
        finally:
            _os.close(tell)  # which makes the other end readable

    try:
        _thread.start_new_thread(work, ())
    except RuntimeError:  # the system has no thread left
        _os.close(tell)
        raise
    else:
        hubs.trampoline(ended, read=True)
    finally:
        _os.close(ended)
    if errors:
        raise errors[0]
    return answers[0]
