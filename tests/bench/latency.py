"""From an accepted command to its effect in a report, through HTTP at both ends, with the whole hub running.

Commands register teachers at enrolment, at a fixed rate whatever the answers take. What is watched is the
freshness that every report carries: the number of events that the read models have stored, written in the
transaction that writes them. The n-th answer of 201 is visible when that number has grown by n.
"""

import http.client
import json
import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from io import StringIO
from typing import Any, Final
from urllib.parse import urlsplit

import psutil
from rich.console import Console
from tests.bench.arithmetic import when_reached
from tests.support.waiting import wait_until

from hub_demo import Part, Target, send
from hub_local.hub import Hub, running_hub
from hub_local.places import Places
from hub_local.processes import Programs
from hub_local.terminal import Terminal

RATE: Final = 100  # commands a second
SENDERS: Final = 10  # connections that share them
LOOK_EVERY: Final = 0.005  # seconds between two looks at the freshness; more looks would be a load themselves
TODAY: Final = date(2026, 11, 29)
LOADED_UNTIL: Final = date(2025, 9, 12)  # the days of the demonstration that are there before
ARRIVES_WITHIN: Final = 60.0  # seconds after the last command


@dataclass(frozen=True)
class Watched:
    """The measurements of one run; seconds."""

    answered: list[float]  # from sending a command to its 201
    visible: list[float]  # from its 201 to its effect in a report; 0 when that was seen first
    whole: list[float]  # from sending it to its effect in a report
    rate: float  # commands a second that were sent: fewer than wanted when the answers took too long


@dataclass
class Connection:
    """One connection that is kept open, with a token."""

    address: str
    token: str

    def __post_init__(self) -> None:
        parts = urlsplit(self.address)
        self._connection = http.client.HTTPConnection(str(parts.hostname), parts.port, timeout=30)

    def __call__(self, method: str, path: str, body: Any = None, **more: str) -> tuple[int, Any]:
        """Send one request; status and JSON of the answer. Underscores in a header's name become hyphens."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json"}
        headers |= {name.replace("_", "-"): value for name, value in more.items()}
        self._connection.request(method, path, None if body is None else json.dumps(body), headers)
        response = self._connection.getresponse()
        return response.status, json.loads(response.read())

    def close(self) -> None:
        """Close the connection to the service."""
        self._connection.close()


@contextmanager
def loaded_hub(places: Places) -> Iterator[Hub]:
    """The four services with the first days of the demonstration year, and nothing of an earlier run."""
    Programs(places.logs, places.records).stop_leftovers()
    shutil.rmtree(places.base, ignore_errors=True)
    with running_hub(places, Terminal(Console(file=StringIO())), settings={}) as hub:
        send(Target(hub.fleet.addresses, hub.token()), TODAY, Part(until=LOADED_UNTIL))
        wait_until(lambda: settled(hub), deadline=ARRIVES_WITHIN, interval=1.0)
        yield hub
    shutil.rmtree(places.base, ignore_errors=True)


def connection_to(hub: Hub, service: str) -> Any:
    """A connection to one service, closed at the end of the `with`."""
    return closing(Connection(hub.fleet.addresses[service], hub.token()))


def projected_events(reporting: Connection) -> int:
    """Return how many events the read models have stored."""
    status, fresh = reporting("GET", "/reporting/v1/freshness")
    if status != 200:
        raise RuntimeError(f"freshness answered {status}")
    return int(fresh["events"])


def settled(hub: Hub) -> bool:
    """Whether nothing has come in for a second."""
    with connection_to(hub, "reporting") as reporting:
        before = projected_events(reporting)
        time.sleep(1.0)
        return before > 0 and projected_events(reporting) == before


def watch(hub: Hub, seconds: float) -> Watched:
    """Send commands for so many seconds, and see when each takes effect."""
    with connection_to(hub, "enrolment") as enrolment:
        schools = enrolment("GET", "/enrolment/v1/schools?limit=50")[1]["items"]
    urns = [school["urn"] for school in schools if school["status"] == "open"]
    commands = int(RATE * seconds)
    looks: list[tuple[float, int]] = []
    ended = threading.Event()
    with connection_to(hub, "reporting") as reporting, ThreadPoolExecutor(SENDERS + 1) as pool:
        before = projected_events(reporting)
        looking = pool.submit(look, reporting, looks, before + commands, ended)
        begun = time.perf_counter() + 0.1
        sending = [
            pool.submit(send_some, hub, urns, begun, range(n, commands, SENDERS)) for n in range(SENDERS)
        ]
        try:
            sent = sorted(
                (answer for one in sending for answer in one.result()), key=lambda answer: answer[1]
            )
            looking.result(timeout=ARRIVES_WITHIN)
        finally:
            ended.set()
    instants = when_reached([before + n for n in range(1, commands + 1)], looks)
    return Watched(
        answered=[answered - asked for asked, answered in sent],
        visible=[max(0.0, seen - answered) for seen, (_, answered) in zip(instants, sent, strict=True)],
        whole=[seen - asked for seen, (asked, _) in zip(instants, sent, strict=True)],
        rate=commands / (max(asked for asked, _ in sent) - begun + 1 / RATE),
    )


def look(reporting: Connection, looks: list[tuple[float, int]], until: int, ended: threading.Event) -> None:
    """Read the freshness repeatedly, until it reaches the count or the run ends."""
    count = 0
    while count < until and not ended.wait(LOOK_EVERY):
        count = projected_events(reporting)
        looks.append((time.perf_counter(), count))


def send_some(hub: Hub, urns: list[str], begun: float, numbers: range) -> list[tuple[float, float]]:
    """Send each command at its time; when each was sent and answered."""
    answers = []
    with connection_to(hub, "enrolment") as enrolment:
        for number in numbers:
            time.sleep(max(0.0, begun + number / RATE - time.perf_counter()))
            asked = time.perf_counter()
            command = {
                "given": "Ada",
                "family": f"Bench {number}",
                "email": f"ada.{number}@example.org",
                "urn": urns[number % len(urns)],
                "role": "class_teacher",
                "trnless": True,
            }
            status, answer = enrolment("POST", "/enrolment/v1/teachers", command)
            if status != 201:
                raise RuntimeError(f"a command was refused: {status} {answer}")
            answers.append((asked, time.perf_counter()))
    return answers


def resident(hub: Hub) -> dict[str, float]:
    """Megabytes that each service's process holds."""
    return {
        name: psutil.Process(child.process.pid).memory_info().rss / 1e6
        for name, child in sorted(hub.fleet.running.items())
    }
