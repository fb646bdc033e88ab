"""Importing the national register, over HTTP as `hubctl import gias` does it: how long, how large, who waits.

The file is invented and as large as the real one: the demonstration's schools again and again, each time
with URNs of their own, written as GIAS writes them.
"""

import contextlib
import http.client
import json
import os
import re
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from tests.bench import listing, runs
from tests.bench.arithmetic import percentile
from tests.bench.servers import DATABASE, Servers
from tests.support.waiting import wait_until

from hub_demo.dates.school_years import SchoolYear
from hub_demo.register.files import register_csv
from hub_demo.register.hub import invent_hub
from hub_local import ports
from hub_local.keys import signer
from hub_local.places import ROOT, python_path
from hub_local.processes import Child, Invocation
from hub_platform.migrations import migrate
from hub_platform.runner import migrations_of

ROWS: Final = 50_000  # GIAS had 52,000 establishments in 2025, the closed ones included
YEAR: Final = SchoolYear(2025)
FIRST_URN: Final = 500_000  # beyond those that GIAS has given out to schools
LOOK_EVERY: Final = 0.05  # seconds between two probes
PATH: Final = "/enrolment/v1/imports/gias?mode=apply"
EVENTS: Final = "SELECT count(*) FROM outbox"
DEADLINE: Final = 600.0


@dataclass(frozen=True)
class ImportRun:
    """One file imported twice into an empty hub."""

    first: float  # seconds from sending the file to the answer
    again: float  # of the same file a second time, with nothing left to publish
    before: float  # MB that the process held
    peak: float  # MB that it held at most
    cpu: float  # seconds of processor time that the first one took of the service
    cpu_again: float
    probe: float  # the longest answer to a health probe, seconds
    events: int  # published by the first import
    events_again: int
    pages: tuple[float, ...]  # seconds that each page of the whole list of schools took, in its order

    @property
    def page_ms(self) -> float:
        """99 of 100 pages took at most so many milliseconds."""
        return percentile(self.pages, 99) * 1000

    @property
    def late_page_ms(self) -> float:
        """The same of the last tenth of the pages."""
        return percentile(self.pages[-max(1, len(self.pages) // 10) :], 99) * 1000


def register(rows: int = ROWS) -> bytes:
    """An establishments file of so many schools."""
    schools = invent_hub("bench", YEAR).january
    many = (
        replace(schools[number % len(schools)], urn=str(FIRST_URN + number), number=number % 10_000)
        for number in range(rows)
    )
    return register_csv(many, YEAR)


def measure(servers: Servers, raw: bytes) -> ImportRun:
    """Import a file, wait until everything is published, import it again, read the list of schools."""
    with fresh_database(servers) as (engine, url), running(servers, url) as service:
        before, used = memory(service.child, "VmRSS"), runs.cpu_seconds(service.child)
        with service.probed() as first_probes:
            first, created = service.imports(raw)
        used = runs.cpu_seconds(service.child) - used
        events = int(runs.scalar(engine, EVENTS))
        wait_until(lambda: not runs.scalar(engine, runs.UNPUBLISHED), deadline=DEADLINE, interval=0.5)
        wait_until(lambda: runs.idle(service.child), deadline=60)
        used_again = runs.cpu_seconds(service.child)
        with service.probed() as again_probes:
            again, changed = service.imports(raw)
        used_again = runs.cpu_seconds(service.child) - used_again
        if not created or changed:
            raise RuntimeError(f"the first import wrote {created} schools, the second one {changed}")
        return ImportRun(
            first=first,
            again=again,
            before=before,
            peak=memory(service.child, "VmHWM"),
            cpu=used,
            cpu_again=used_again,
            probe=max(first_probes + again_probes),
            events=events,
            events_again=int(runs.scalar(engine, EVENTS)) - events,
            pages=tuple(listing.walk(service.port, service.token)),
        )


@dataclass(frozen=True)
class Service:
    """The enrolment service as a process."""

    child: Child
    port: int
    token: str

    def imports(self, raw: bytes) -> tuple[float, int]:
        """Send a file; seconds until the answer, and how many schools it wrote."""
        begun = time.perf_counter()
        answer = self.ask("POST", PATH, raw)
        return time.perf_counter() - begun, int(answer["created"]) + int(answer["changed"])

    def ask(self, method: str, path: str, body: bytes | None = None) -> Any:
        """Send one request that must succeed; the JSON of the answer."""
        with closing(http.client.HTTPConnection(ports.LOOPBACK, self.port, timeout=DEADLINE)) as connection:
            connection.request(method, path, body, {"Authorization": f"Bearer {self.token}"})
            response = connection.getresponse()
            said = response.read()
        if response.status != 200:
            raise RuntimeError(f"{path} answered {response.status}: {said[:500]!r}")
        return json.loads(said)

    @contextlib.contextmanager
    def probed(self) -> Iterator[list[float]]:
        """Ask whether it lives, again and again; the seconds that each answer took, in a list that grows."""
        took: list[float] = []
        ended = threading.Event()

        def probe() -> None:
            while not ended.wait(LOOK_EVERY):
                begun = time.perf_counter()
                self.ask("GET", "/enrolment/health/live")
                took.append(time.perf_counter() - begun)

        thread = threading.Thread(target=probe)
        thread.start()
        try:
            yield took
        finally:
            ended.set()
            thread.join()


@contextlib.contextmanager
def fresh_database(servers: Servers) -> Iterator[tuple[sa.Engine, str]]:
    """A database with enrolment's tables."""
    with servers.database() as engine:
        with engine.begin() as connection:
            # Only the messaging library's tables are in it, which enrolment's migrations make for themselves.
            connection.exec_driver_sql("DROP SCHEMA public CASCADE")
            connection.exec_driver_sql("CREATE SCHEMA public")
        url = servers.admin_url.set(database=DATABASE).render_as_string(hide_password=False)
        migrate(url, migrations_of("hub_enrolment"))
        yield engine, url


@contextlib.contextmanager
def running(servers: Servers, url: str) -> Iterator[Service]:
    """The service, ready."""
    port, keys = ports.any_free(), signer(servers.places.secrets)
    environment = os.environ | {
        "HUB_ID": "bench",
        "HUB_LOG_LEVEL": "WARNING",
        "HUB_REQUESTS_PER_MINUTE": "0",  # no limit
        "HUB_DATABASE_URL": url,
        "HUB_AMQP_URI": servers.amqp_uri,
        "HUB_HTTP_PORT": str(port),
        "HUB_TOKEN_PUBLIC_KEY_FILE": str(keys.public_file),
        "PYTHONPATH": python_path(),
    }
    child = servers.programs.start(
        Invocation(
            f"enrolment-{next(servers.numbers)}",
            [sys.executable, "-W", "ignore", "-m", "hub_enrolment", "run"],
            environment=environment,
            folder=ROOT,
        )
    )
    service = Service(child, port, keys.issue("bench", ["hub_admin"], timedelta(hours=1)))
    try:
        wait_until(lambda: runs.alive(child) and _ready(service), deadline=60)
        wait_until(lambda: runs.idle(child), deadline=30)
        yield service
    finally:
        child.stop(grace=10)


def _ready(service: Service) -> bool:
    try:
        return bool(service.ask("GET", "/enrolment/health/ready"))
    except (OSError, RuntimeError):
        return False


def memory(child: Child, what: str) -> float:
    """MB that a process holds (VmRSS), or has held at most (VmHWM), as Linux counts them."""
    status = Path(f"/proc/{child.process.pid}/status").read_text()
    found = re.search(rf"^{what}:\s+(\d+) kB$", status, re.MULTILINE)
    if found is None:
        raise RuntimeError(f"this system does not count {what}")
    return int(found[1]) * 1024 / 1e6
