"""The plain services: each says on standard output what it does, for a test to count."""

import time
from typing import Any

import eventlet
from nameko.events import EventDispatcher, event_handler
from nameko.extensions import DependencyProvider
from nameko.rpc import rpc
from nameko.timer import timer

SLOW_SECONDS = 3.0  # its consumer looks once a second whether it is to stop
BUSY_SECONDS = 8.0  # more than the two heartbeats of a test after which the broker gives up


def say(what: str) -> None:
    """One line, at once."""
    print(what, flush=True)  # noqa: T201 - a test reads it


class Raises:
    """A handler that fails."""

    name = "raises"

    @event_handler("sorting", "ParcelSorted")  # type: ignore[untyped-decorator]  # nameko ships no types
    def on_parcel_sorted(self, _body: Any) -> None:
        """Fail after printing a line."""
        say("handling")
        raise RuntimeError("poison")


class Requeues:
    """The same with what nameko offers against the loss."""

    name = "requeues"

    @event_handler("sorting", "ParcelSorted", requeue_on_error=True)  # type: ignore[untyped-decorator]
    def on_parcel_sorted(self, _body: Any) -> None:
        """Fail after printing a line."""
        say("handling")
        raise RuntimeError("poison")


class Receives:
    """A handler that works, slowly or busily as its settings say."""

    name = "receives"

    @event_handler("sorting", "ParcelSorted")  # type: ignore[untyped-decorator]
    def on_parcel_sorted(self, body: Any) -> None:
        """Take the time."""
        say("handling")
        if body == "slow":
            eventlet.sleep(SLOW_SECONDS)
        if body == "busy":
            ends = time.monotonic() + BUSY_SECONDS
            while time.monotonic() < ends:
                pass
        say("handled")


class Publishes:
    """Publishes from within a change that is then taken back."""

    name = "sorting"
    dispatch = EventDispatcher()

    @rpc  # type: ignore[untyped-decorator]
    def sort(self, number: int) -> None:
        """Publish, then fail: the change is undone, the event is out."""
        self.dispatch("ParcelSorted", {"number": number})
        raise RuntimeError("the transaction is rolled back")


class Broken(DependencyProvider):  # type: ignore[misc]
    """A dependency with a bad day."""

    def worker_setup(self, _worker_ctx: Any) -> None:
        """Fail before the method is called."""
        raise RuntimeError("hook")


class HasBroken:
    """A service that depends on it."""

    name = "hasbroken"
    broken = Broken()

    @rpc  # type: ignore[untyped-decorator]
    def weigh(self) -> str:
        """Never reached, as the dependency fails first."""
        return "fine"


class Ticks:
    """A timer, as one would write it for work that must be done once."""

    name = "ticks"

    @timer(interval=0.2)  # type: ignore[untyped-decorator]
    def tick(self) -> None:
        """Leave a mark."""
        say("tick")
