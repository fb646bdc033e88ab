"""Setting the hub's clock in every service, and waiting for the timers and e-mails that are due.

A year passes in minutes of real time. Without this an offer of a place would never end, and the e-mails of
one day would have the date of another.
"""

import contextlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypedDict

from hub_demo.connection import AWAY, Connection
from hub_demo.settling import PATIENCE, PUBLISHERS, until_settled
from hub_local.failures import CannotStart

INTERVAL: Final = 0.03  # seconds between two observations
STEADY: Final = 2  # observations in a row without outstanding work


class Clock(TypedDict):
    """A service's answer to GET /<service>/v1/clock, as far as it is read here."""

    work_left: Mapping[str, int]  # kind of work → number
    timers: Mapping[str, str]  # timer → ISO 8601 instant of its last run


@dataclass(frozen=True)
class Outstanding:
    """Work and timers that are due in the services with timers; reporting has none."""

    work: Mapping[str, int]  # kind of work → number
    behind: tuple[str, ...]  # timers that have not run since the clock was set

    @property
    def is_settled(self) -> bool:
        """Whether nothing is outstanding."""
        return not (self.work or self.behind)

    def __str__(self) -> str:
        left = [f"{count} {what}" for what, count in self.work.items()]
        return ", ".join([*left, *(f"{timer} has not run" for timer in self.behind)])


class Teller:
    """Sets the clock of each service over a connection of its own."""

    def __init__(self, addresses: Mapping[str, str], token: str) -> None:
        self._connections = {name: Connection(address, token) for name, address in addresses.items()}

    def close(self) -> None:
        """Close the connections."""
        for connection in self._connections.values():
            connection.close()

    def tell(self, at: datetime) -> None:
        """Set the hub's clock to an instant (aware), in the services with timers.

        Raises:
            CannotStart: a service refuses the time.
        """
        for service in PUBLISHERS:
            with contextlib.suppress(*AWAY):  # the following commands set the clock too
                self._set(service, at)

    def settle(self, at: datetime, patience: float = PATIENCE) -> None:
        """Set the hub's clock to an instant (aware), and wait until timers and the sender have settled.

        Raises:
            CannotStart: a service refuses the time, or does not complete the work that is due.
        """
        for service in self._connections.keys() - set(PUBLISHERS):
            with contextlib.suppress(*AWAY):  # reporting has no timers; a later call sets its clock
                self._set(service, at)
        until_settled(lambda: self._look(at), patience, interval=INTERVAL, steady=STEADY)

    def _look(self, at: datetime) -> Outstanding:
        work: Counter[str] = Counter()
        behind: list[str] = []
        for service in PUBLISHERS:
            clock = self._set(service, at)
            work.update(clock["work_left"])
            behind += [name for name, turn in clock["timers"].items() if datetime.fromisoformat(turn) < at]
        return Outstanding(+work, tuple(behind))

    def _set(self, service: str, at: datetime) -> Clock:
        """Set the clock of one service; return its clocks, timers and outstanding work."""
        path = f"/{service}/v1/clock"
        answered = self._connections[service].send("GET", path, None, {"Hub-Time": at.isoformat()})
        if answered.status >= 500:
            raise ConnectionError(answered.code)
        if answered.status != 200:
            raise CannotStart(
                f"{service} refuses {at:%d %B %Y %H:%M} UTC as the hub's time: "
                f"{answered.status} {answered.code} {answered.detail}".rstrip()
            )
        clock: Clock = answered.body
        return clock
