"""The lock that allows one hub per checkout, and signals that stop it in order."""

import contextlib
import signal
from collections.abc import Iterator

from filelock import FileLock, Timeout

from hub_local.failures import CannotStart
from hub_local.places import Places

ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


@contextlib.contextmanager
def only_one(places: Places) -> Iterator[None]:
    """Hold the lock of this checkout, which the system releases when this process ends.

    Raises:
        CannotStart: another run holds it.
    """
    places.records.mkdir(parents=True, exist_ok=True)
    lock = FileLock(places.lock, blocking=False)
    try:
        lock.acquire()
    except Timeout:
        address = places.address.read_text() if places.address.exists() else "just starting"
        raise CannotStart(
            f"A hub is already running from {places.base} ({address}): use that one, or stop it with Ctrl-C "
            "where it was started."
        ) from None
    try:
        places.address.unlink(missing_ok=True)  # of a run that was killed
        yield
    finally:
        places.address.unlink(missing_ok=True)
        lock.release()


def announce(places: Places, address: str) -> None:
    """Record the address of this hub, which a second run shows."""
    places.address.write_text(address)


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Handle SIGTERM and SIGHUP (a closed terminal) like Ctrl-C."""
    before = {one: signal.signal(one, signal.default_int_handler) for one in ENDING}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Ignore these signals while programs are being stopped, so that a second Ctrl-C leaves none running."""
    before = {one: signal.signal(one, signal.SIG_IGN) for one in ENDING}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
