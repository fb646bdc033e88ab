"""Tells every service what time it is at the hub, and waits until what was due by then has been done.

Otherwise years would pass in minutes of real time: an offer of a place would never end, and e-mails of one
day would bear the time of another.
"""

import contextlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from hub_demo.connection import AWAY, Connection
from hub_demo.settling import PATIENCE, PUBLISHERS, until_settled
from hub_local.failures import CannotStart

INTERVAL: Final = 0.03  # seconds between two looks
STEADY: Final = 2  # looks in a row that find nothing to do


@dataclass(frozen=True)
class Still:
    """What is left to do in the services that do something by themselves. Reporting only listens."""

    work: Mapping[str, int]  # what is to be done → how many
    behind: tuple[str, ...]  # timers that have taken no turn since the time was told

    @property
    def is_settled(self) -> bool:
        """Nothing is left."""
        return not (self.work or self.behind)

    def __str__(self) -> str:
        left = [f"{count} {what}" for what, count in self.work.items()]
        return ", ".join([*left, *(f"{timer} has taken no turn" for timer in self.behind)])


class Teller:
    """Holds a connection to each service."""

    def __init__(self, addresses: Mapping[str, str], token: str) -> None:
        self._connections = {name: Connection(address, token) for name, address in addresses.items()}

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections.values():
            connection.close()

    def tell(self, at: datetime) -> None:
        """Set the hub's clock to an instant (aware), in the services that do something by themselves.

        Raises:
            CannotStart: a service refuses the time.
        """
        for service in PUBLISHERS:
            with contextlib.suppress(*AWAY):  # the commands that follow carry the time too
                self._set(service, at)

    def settle(self, at: datetime, patience: float = PATIENCE) -> None:
        """Set the hub's clock to an instant (aware), and wait until timers and the sender have settled.

        Raises:
            CannotStart: a service refuses the time, or nothing moves any more with something still due.
        """
        for service in self._connections.keys() - set(PUBLISHERS):
            with contextlib.suppress(*AWAY):  # it only listens, and may do so later
                self._set(service, at)
        until_settled(lambda: self._look(at), patience, interval=INTERVAL, steady=STEADY)

    def _look(self, at: datetime) -> Still:
        work: Counter[str] = Counter()
        behind: list[str] = []
        for service in PUBLISHERS:
            clock = self._set(service, at)
            work.update(clock["work_left"])
            behind += [name for name, turn in clock["timers"].items() if datetime.fromisoformat(turn) < at]
        return Still(+work, tuple(behind))

    def _set(self, service: str, at: datetime) -> Any:
        """Tell one service the time; what it says of its clocks, timers and work."""
        path = f"/{service}/v1/clock"
        answered = self._connections[service].send("GET", path, None, {"Hub-Time": at.isoformat()})
        if answered.status >= 500:
            raise ConnectionError(answered.code)
        if answered.status != 200:
            raise CannotStart(
                f"{service} does not take {at:%d %B %Y %H:%M} UTC as the hub's time: "
                f"{answered.status} {answered.code} {answered.detail}".rstrip()
            )
        return answered.body
