"""One hub per checkout, and signals that always end in an orderly stop."""

import contextlib
import fcntl
import signal
from collections.abc import Iterator

from hub_local.failures import CannotStart
from hub_local.places import Places

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def only_one(places: Places) -> Iterator[None]:
    """Hold the lock of this checkout; the system lets go of it whatever happens to us.

    Raises:
        CannotStart: another run holds it.
    """
    places.records.mkdir(parents=True, exist_ok=True)
    with places.lock.open("a+") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise CannotStart(
                f"A hub is already running from {places.base} ({lock.read() or 'just starting'}): use that "
                "one, or stop it with Ctrl-C where it was started."
            ) from None
        lock.truncate(0)
        try:
            yield
        finally:
            lock.truncate(0)


def announce(places: Places, address: str) -> None:
    """Let the next one who tries know where this hub answers."""
    places.lock.write_text(address)


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """SIGTERM and a closed terminal act like Ctrl-C."""
    before = {one: signal.signal(one, signal.default_int_handler) for one in ENDING}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """A second Ctrl-C must not leave half of the programs running."""
    before = {one: signal.signal(one, signal.SIG_IGN) for one in ENDING}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
