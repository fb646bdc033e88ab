"""HTTP commands: how many a second, and how long each takes, at one replica and at two, ours and FastAPI.

Connections that are kept open send one command after another, each to its replica, as a gateway would
share them out. Every run has a database of its own, a copy of one that enrolment has filled itself.
"""

import contextlib
import os
import sys
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, Final
from urllib.parse import urlsplit
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.bench.latency import Connection
from tests.bench.runs import alive, cpu_seconds
from tests.bench.servers import Servers
from tests.enrolment import factories
from tests.support.amqp import connected
from tests.support.waiting import wait_until

from hub_enrolment.models import GroupSession, WorkGroup
from hub_local import ports
from hub_local.keys import signer
from hub_local.places import ROOT, python_path
from hub_local.processes import Child, Invocation
from hub_messaging.tables import outbox
from hub_messaging.topology import LOG_QUEUE
from hub_platform.database import make_sessions
from hub_platform.migrations import migrate
from hub_platform.runner import migrations_of

GROUPS: Final = 25
PLACES: Final = 20  # of a group; what a register marks
REGISTERS: Final = 12  # of a group
CONNECTIONS: Final = 8
WARMING: Final = 40  # commands before the watch starts: pools are opened, statements compiled
TEMPLATE: Final = "bench_commands"
DATABASE: Final = "bench"
V1: Final = "/enrolment/v1"


@dataclass(frozen=True)
class Command:
    """One request that must be accepted."""

    method: str
    path: str
    body: dict[str, Any]
    status: int


@dataclass(frozen=True)
class Program:
    """A server that answers the commands."""

    name: str
    module: tuple[str, ...]
    live: str  # a path that answers 200 once it is up
    promise: str


@dataclass(frozen=True)
class Answered:
    """How one run went."""

    rate: float  # commands a second
    seconds: list[float]  # from sending a command to its answer
    cpu: float  # microseconds of the replicas' processor time for each command


OURS: Final = Program(
    "ours",
    ("hub_enrolment", "run"),
    "/enrolment/health/live",
    "events in an outbox, published meanwhile; every rule, token checked, request logged, ETag",
)
FASTAPI: Final = Program(
    "FastAPI",
    ("tests.bench.contenders.fastapi_commands",),
    "/openapi.json",
    "one commit; no event, no token, no log line, the rules that indexes do not hold left to one lock",
)
PROGRAMS: Final = (OURS, FASTAPI)
REPLICAS: Final = (1, 2)
KINDS: Final = {"enrol": "Enrol a participant", "register": f"Take a register of {PLACES} marks"}


def fill(servers: Servers) -> dict[str, list[Command]]:
    """Make the database that every run copies; the commands of each kind."""
    servers.administrate(f"DROP DATABASE IF EXISTS {TEMPLATE} WITH (FORCE)", f"CREATE DATABASE {TEMPLATE}")
    url = servers.url(TEMPLATE)
    migrate(url, migrations_of("hub_enrolment"))
    sessions = make_sessions(url)
    now = datetime.now(UTC)
    with sessions.begin() as session:
        commands = {"enrol": _enrolments(session, now), "register": _registers(session, now)}
        session.execute(sa.update(outbox).values(published_at=now))  # earlier events are not the relay's work
    sessions.kw["bind"].dispose()
    return commands


def _group(session: Session, now: datetime) -> UUID:
    return factories.group(session, closes_at=now + timedelta(days=30)).id


def _enrolments(session: Session, now: datetime) -> list[Command]:
    """For each group as many teachers as it has places; those of one group lie far apart."""
    groups = [_group(session, now) for _ in range(GROUPS)]
    urns = factories.schools(session, PLACES)
    return [
        Command(
            "POST",
            f"{V1}/work-groups/{group_id}/enrolments",
            {"teacher_id": str(factories.teacher(session, urn)), "role": "participant"},
            201,
        )
        for urn in urns
        for group_id in groups
    ]


def _registers(session: Session, now: datetime) -> list[Command]:
    """Registers of sessions that have begun within the last days."""
    groups = [_group(session, now) for _ in range(GROUPS)]
    places = {
        group_id: factories.fill(session, group_id, teachers_n=PLACES, schools_n=10) for group_id in groups
    }
    begun = now - timedelta(days=4)
    meetings: list[GroupSession] = [
        factories.meeting(session, group_id, starts_at=begun + timedelta(hours=4 * number))
        for number in range(REGISTERS)
        for group_id in groups
    ]
    for group_id in groups:
        session.get_one(WorkGroup, group_id).status = "running"  # as groups are that meet
    return [
        Command("PUT", f"{V1}/sessions/{meeting.id}/register", _marks(places[meeting.work_group_id]), 200)
        for meeting in meetings
    ]


def _marks(places: Sequence[UUID]) -> dict[str, Any]:
    return {"marks": [{"enrolment_id": str(place), "mark": "present"} for place in places]}


def measure(servers: Servers, program: Program, replicas: int, commands: Sequence[Command]) -> Answered:
    """Send all commands of one kind to so many replicas of a program."""
    servers.administrate(
        f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)",
        f"CREATE DATABASE {DATABASE} TEMPLATE {TEMPLATE}",
        "CHECKPOINT",
    )
    with running(servers, program, replicas) as (children, addresses):
        keys = signer(servers.places.secrets)
        token = keys.issue("bench", ("hub_admin",), timedelta(hours=1))
        send_all(addresses, token, commands[:WARMING])
        used, begun = sum(map(cpu_seconds, children)), time.perf_counter()
        seconds = send_all(addresses, token, commands[WARMING:])
        took, used = time.perf_counter() - begun, sum(map(cpu_seconds, children)) - used
        for child in children:
            alive(child)
    return Answered(len(seconds) / took, seconds, used / len(seconds) * 1e6)


def send_all(addresses: Sequence[str], token: str, commands: Sequence[Command]) -> list[float]:
    """Send them over several connections, each to one replica; how long each took."""
    with ThreadPoolExecutor(CONNECTIONS) as pool:
        parts = [
            pool.submit(send_some, addresses[n % len(addresses)], token, commands[n::CONNECTIONS])
            for n in range(CONNECTIONS)
        ]
        return [seconds for part in parts for seconds in part.result()]


def send_some(address: str, token: str, commands: Sequence[Command]) -> list[float]:
    """Send them over one connection, one after another.

    Raises:
        RuntimeError: one was not accepted.
    """
    took = []
    with closing(Connection(address, token)) as connection:
        for command in commands:
            begun = time.perf_counter()
            status, answer = connection(command.method, command.path, command.body, If_Match='"1"')
            took.append(time.perf_counter() - begun)
            if status != command.status:
                raise RuntimeError(f"a command was answered with {status}: {answer}")
    return took


@contextlib.contextmanager
def running(servers: Servers, program: Program, replicas: int) -> Iterator[tuple[list[Child], list[str]]]:
    """So many processes of a program, each at a port of its own."""
    with contextlib.ExitStack() as stack:
        stack.callback(_forget_events, servers)
        children, addresses = [], []
        for _ in range(replicas):
            port = ports.any_free()
            child = servers.programs.start(
                Invocation(
                    f"commands-{next(servers.numbers)}",
                    [sys.executable, "-W", "ignore", "-m", *program.module],
                    environment=_environment(servers, port),
                    folder=ROOT,
                )
            )
            stack.callback(child.stop, 5)
            address = f"http://{ports.LOOPBACK}:{port}"
            children.append(child)
            addresses.append(address)
            wait_until(partial(_up, child, address + program.live), deadline=30)
        yield children, addresses


def _up(child: Child, url: str) -> bool:
    alive(child)
    with contextlib.suppress(OSError), closing(Connection(url, "")) as connection:
        return connection("GET", urlsplit(url).path)[0] == 200
    return False


def _environment(servers: Servers, port: int) -> dict[str, str]:
    return os.environ | {
        "HUB_ID": "bench",
        "HUB_LOG_LEVEL": "INFO",  # as an operator runs it
        "HUB_DATABASE_URL": servers.url(DATABASE),
        "HUB_AMQP_URI": servers.amqp_uri,
        "HUB_HTTP_PORT": str(port),
        "HUB_REQUESTS_PER_MINUTE": "0",
        "HUB_TOKEN_PUBLIC_KEY_FILE": str(signer(servers.places.secrets).public_file),
        "PYTHONPATH": os.pathsep.join([python_path(), str(ROOT)]),
    }


def _forget_events(servers: Servers) -> None:
    """Let no row read what another has published."""
    with connected(servers.amqp_uri) as connection:
        channel = connection.channel()
        channel.queue_delete(LOG_QUEUE)
        channel.exchange_delete("enrolment.events")
