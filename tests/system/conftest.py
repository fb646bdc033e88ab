"""The whole hub as real processes: private broker and database, the four services, as `make run` has them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from tests.support.services import Client, Reply
from tests.support.waiting import wait_until

from hub_local.hub import Hub, running_hub
from hub_local.places import Places
from hub_local.services import SERVICES
from hub_local.terminal import Terminal


@dataclass(frozen=True)
class Office:
    """The hub as its office uses it, with the client of a hub lead."""

    hub: Hub
    moment: str = "2025-09-04T09:00:00Z"  # the Hub-Time of what is sent

    def at(self, moment: str) -> "Office":
        """The same office at another time."""
        return Office(self.hub, moment)

    def __call__(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """Send one request to the service that the path names."""
        port = int(self.hub.fleet.addresses[path.split("/")[1]].rpartition(":")[2])
        client = Client(port, self.hub.token(), {"Hub-Time": self.moment} if method != "GET" else {})
        return client(method, path, body, **headers)

    def make(self, path: str, body: Any, *, key: str | None = None) -> dict[str, Any]:
        """POST what must be accepted, and give the answer."""
        reply = self("POST", path, body, **({"Idempotency-Key": key} if key else {}))
        assert reply.status in (200, 201), (path, reply.status, reply.body)
        answer: dict[str, Any] = reply.json
        return answer

    def tell(self, moment: str) -> None:
        """Set the hub's clock, in every service, unless it is past that."""
        for service in SERVICES:
            assert self("GET", f"/{service.name}/v1/clock", Hub_Time=moment).status == 200

    def report(self, name: str, **query: str) -> dict[str, Any]:
        """One report's JSON."""
        wanted = "&".join(f"{key}={value}" for key, value in query.items())
        reply = self("GET", f"/reporting/v1/reports/{name}?{wanted}".rstrip("?"))
        assert reply.status == 200, (name, reply.body)
        answer: dict[str, Any] = reply.json
        return answer

    def metric(self, service: str, name: str) -> float:
        """One Prometheus figure of a service."""
        text = self("GET", f"/{service}/metrics").body.decode()
        return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(f"{name} "))

    def parked(self) -> float:
        """Return the number of parked deliveries over all services."""
        return sum(self.metric(s.name, 'hub_inbox_deliveries{state="parked"}') for s in SERVICES if s.reads)

    def settled(self) -> bool:
        """Return whether reporting has projected every recorded event."""
        publishers = ("enrolment", "visits", "notifications")
        if any(self.metric(name, "hub_outbox_pending") for name in publishers):
            return False
        recorded = sum(self.metric(name, "hub_outbox_recorded_total") for name in publishers)
        return recorded == self.metric("reporting", "hub_inbox_received_total")

    def settle(self, deadline: float = 60.0) -> None:
        """Wait until every event has arrived."""
        wait_until(self.settled, deadline=deadline, interval=0.2)


@contextmanager
def open_office(folder: Path) -> Iterator[Office]:
    """Start a hub of its own in a folder, and stop it."""
    with running_hub(Places(folder), Terminal(), settings={}) as hub:
        yield Office(hub)


@pytest.fixture(name="office", scope="package")
def _office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    with open_office(tmp_path_factory.mktemp("hub")) as office:
        yield office
