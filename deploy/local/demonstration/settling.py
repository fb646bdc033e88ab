"""Waiting until everything that was sent has arrived: events in reporting, letters at their readers."""

import contextlib
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from local.demonstration.connection import AWAY, Connection
from local.failures import CannotStart

PATIENCE: Final = 120.0  # seconds without any progress
INTERVAL: Final = 0.25
STEADY: Final = 3  # looks in a row that see the same
PUBLISHERS: Final = ("enrolment", "visits", "notifications")
PARKED: Final = 'hub_inbox_deliveriesstate="parked"'
UNFINISHED: Final = ('hub_inbox_deliveriesstate="waiting"', 'hub_inbox_deliveriesstate="held"')
_METRIC: Final = re.compile(r"^(hub_\w+)(?:\{(.*)\})? ([0-9.e+]+)$", re.MULTILINE)


@dataclass(frozen=True)
class State:
    """How far things are."""

    recorded: int  # events that the publishers have recorded
    unsent: int  # of them not yet with the broker
    projected: int  # of them in reporting
    parked_in_reporting: int
    waiting: int  # deliveries that are tried again later
    parked: int  # in all services
    letters_due: int
    letters_sent: int
    received: int  # deliveries that have taken effect in all services

    @property
    def is_settled(self) -> bool:
        """Nothing is on its way. What was parked is counted as arrived: no waiting would help it."""
        arrived = self.projected + self.parked_in_reporting >= self.recorded
        return arrived and not (self.unsent or self.waiting or self.letters_due)

    def __str__(self) -> str:
        return (
            f"reporting has {self.projected} of {self.recorded} events, {self.unsent} are not published, "
            f"{self.waiting} deliveries wait, {self.parked} are parked, {self.letters_due} letters are due"
        )


class Observer:
    """Looks at all services."""

    def __init__(self, addresses: Mapping[str, str], token: str) -> None:
        self._connections = {name: Connection(address, token) for name, address in addresses.items()}

    def close(self) -> None:
        """Hang up."""
        for connection in self._connections.values():
            connection.close()

    def state(self) -> State:
        """How far things are now."""
        metrics = {name: self._metrics(name) for name in (*PUBLISHERS, "reporting")}
        freshness = self._connections["reporting"].get("/reporting/v1/freshness").body
        summary = self._connections["notifications"].get("/notifications/v1/summary").body
        return State(
            recorded=sum(metrics[name].get("hub_outbox_recorded_total", 0) for name in PUBLISHERS),
            unsent=sum(metrics[name].get("hub_outbox_pending", 0) for name in PUBLISHERS),
            projected=int(freshness["events"]),
            parked_in_reporting=int(freshness["parked"]),
            waiting=sum(one.get(name, 0) for one in metrics.values() for name in UNFINISHED),
            parked=sum(one.get(PARKED, 0) for one in metrics.values()),
            letters_due=int(summary["due"]) + int(summary["sending"]),
            letters_sent=int(summary["sent"]),
            received=sum(one.get("hub_inbox_received_total", 0) for one in metrics.values()),
        )

    def _metrics(self, service: str) -> dict[str, int]:
        text = str(self._connections[service].get(f"/{service}/metrics").body)
        return {name + (labels or ""): int(float(value)) for name, labels, value in _METRIC.findall(text)}


def settle(addresses: Mapping[str, str], token: str, patience: float = PATIENCE) -> State:
    """Wait until nothing moves any more.

    Raises:
        CannotStart: nothing has moved for `patience` seconds, and yet something is on its way.
    """
    with contextlib.closing(Observer(addresses, token)) as observer:
        before: State | None = None
        steady, moved = 0, time.monotonic()
        while True:
            state = _look(observer)
            if state is None or state != before:
                steady, moved = 0, moved if state is None else time.monotonic()
            before = state or before
            steady += 1
            if state is not None and state.is_settled and steady >= STEADY:
                return state
            if time.monotonic() - moved > patience:
                said = before or "a service does not answer"
                raise CannotStart(f"Nothing moves any more, but not everything has arrived: {said}.")
            time.sleep(INTERVAL)


def _look(observer: Observer) -> State | None:
    """How far things are; None while a service does not answer."""
    try:
        return observer.state()
    except (*AWAY, KeyError, TypeError, AttributeError):
        return None
