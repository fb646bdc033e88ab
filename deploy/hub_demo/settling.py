"""Waiting until all events have arrived in reporting and all due e-mails were sent."""

import contextlib
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

from hub_demo.connection import AWAY, Connection
from hub_local.failures import CannotStart

# Seconds without any progress: longer than a claim of e-mails whose sender has died, as after a restore.
PATIENCE: Final = 330.0
INTERVAL: Final = 0.25
STEADY: Final = 3  # equal observations in a row
PUBLISHERS: Final = ("enrolment", "visits", "notifications")
PARKED: Final = 'hub_inbox_deliveriesstate="parked"'
UNFINISHED: Final = ('hub_inbox_deliveriesstate="waiting"', 'hub_inbox_deliveriesstate="held"')
_METRIC: Final = re.compile(r"^(hub_\w+)(?:\{(.*)\})? ([0-9.e+]+)$", re.MULTILINE)


class Progress(Protocol):
    """An observation; equal to an earlier one when nothing has changed between them."""

    @property
    def is_settled(self) -> bool:
        """Whether nothing is outstanding."""


P = TypeVar("P", bound=Progress)


@dataclass(frozen=True)
class State:
    """Counts of events, deliveries and e-mails in all services."""

    recorded: int  # events that the publishers have recorded
    unsent: int  # recorded events without the broker's confirmation
    projected: int  # recorded events that reporting has handled
    parked_in_reporting: int
    waiting: int  # deliveries that are retried later
    parked: int  # in all services
    messages_due: int
    messages_sent: int
    received: int  # deliveries that were handled in all services

    @property
    def is_settled(self) -> bool:
        """Whether nothing is outstanding. Parked deliveries count as arrived: they are not retried."""
        arrived = self.projected + self.parked_in_reporting >= self.recorded
        return arrived and not (self.unsent or self.waiting or self.messages_due)

    def __str__(self) -> str:
        return (
            f"reporting has {self.projected} of {self.recorded} events, {self.unsent} are not published, "
            f"{self.waiting} deliveries wait, {self.parked} are parked, {self.messages_due} e-mails are due"
        )


class Observer:
    """Reads the metrics of all services."""

    def __init__(self, addresses: Mapping[str, str], token: str) -> None:
        self._connections = {name: Connection(address, token) for name, address in addresses.items()}

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections.values():
            connection.close()

    def state(self) -> State:
        """Return the present counts."""
        metrics = {name: metrics_of(self._connections[name], name) for name in (*PUBLISHERS, "reporting")}
        freshness = self._connections["reporting"].get("/reporting/v1/freshness").body
        summary = self._connections["notifications"].get("/notifications/v1/summary").body
        clock = self._connections["notifications"].get("/notifications/v1/clock").body
        return State(
            recorded=sum(metrics[name].get("hub_outbox_recorded_total", 0) for name in PUBLISHERS),
            unsent=sum(metrics[name].get("hub_outbox_pending", 0) for name in PUBLISHERS),
            projected=int(freshness["events"]),
            parked_in_reporting=int(freshness["parked"]),
            waiting=sum(one.get(name, 0) for one in metrics.values() for name in UNFINISHED),
            parked=sum(one.get(PARKED, 0) for one in metrics.values()),
            messages_due=int(clock["work_left"]["messages to send"]),  # later ones are not awaited
            messages_sent=int(summary["sent"]),
            received=sum(one.get("hub_inbox_received_total", 0) for one in metrics.values()),
        )


def metrics_of(connection: Connection, service: str) -> dict[str, int]:
    """Return the metrics of one service whose names begin with hub_: name with labels → value."""
    text = str(connection.get(f"/{service}/metrics").body)
    return {name + (labels or ""): int(float(value)) for name, labels, value in _METRIC.findall(text)}


def settle(addresses: Mapping[str, str], token: str, patience: float = PATIENCE) -> State:
    """Wait until nothing is outstanding in any service.

    Raises:
        CannotStart: no count has changed for `patience` seconds, and something is outstanding.
    """
    with contextlib.closing(Observer(addresses, token)) as observer:
        return until_settled(observer.state, patience)


def until_settled(
    look: Callable[[], P], patience: float, *, interval: float = INTERVAL, steady: int = STEADY
) -> P:
    """Observe every `interval` seconds until `steady` equal observations in a row are settled.

    Raises:
        CannotStart: no observation has changed for `patience` seconds, and something is outstanding.
    """
    before: P | None = None
    same, moved = 0, time.monotonic()
    while True:
        state = _attempt(look)
        if state is None or state != before:
            same, moved = 0, moved if state is None else time.monotonic()
        before = state or before
        same += 1
        if state is not None and state.is_settled and same >= steady:
            return state
        if time.monotonic() - moved > patience:
            said = before or "a service does not answer"
            raise CannotStart(f"The hub makes no progress on what is outstanding: {said}.")
        time.sleep(interval)


def _attempt(look: Callable[[], P]) -> P | None:
    """Return an observation; None while a service does not answer."""
    try:
        return look()
    except (*AWAY, KeyError, TypeError, AttributeError):
        return None
