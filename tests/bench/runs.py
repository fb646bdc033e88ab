"""One run of one contender: a fresh database, a fresh queue, a process of its own, and how fast it was."""

import contextlib
import json
import os
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import amqp
import psutil
import sqlalchemy as sa
from tests.bench import filling
from tests.bench.contenders import work
from tests.bench.servers import Servers
from tests.support.amqp import connected
from tests.support.waiting import wait_until

from hub_local import ports
from hub_local.keys import signer
from hub_local.places import ROOT, python_path
from hub_local.processes import Child, Invocation
from hub_messaging.topology import LOG_QUEUE

DEADLINE: Final = 180.0  # seconds that a run may take
POLL: Final = 0.1  # seconds between two looks at whether it is done
QUIET: Final = 0.02  # share of a core below which a program is idle
REACHED: Final = sa.text(
    "SELECT count(*), extract(epoch FROM max(at)) FROM read_model WHERE revision = :revision"
)
# A relay waits on the connection by which it listens; ours looks by it for what there is to send, too.
WAITS: Final = (
    "SELECT EXISTS (SELECT FROM pg_stat_activity"
    " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    " AND (query LIKE 'LISTEN%' OR query LIKE '%FROM outbox WHERE published_at IS NULL%'))"
)
BEGUN: Final = "SELECT extract(epoch FROM min(received_at)) FROM inbox"
FIRST_BATCH: Final = (
    "SELECT count(*) FROM inbox WHERE received_at < (SELECT min(received_at) FROM inbox) + interval '10 ms'"
)
UNPUBLISHED: Final = "SELECT EXISTS (SELECT FROM outbox WHERE published_at IS NULL)"
LAST_PUBLISHED: Final = "SELECT extract(epoch FROM max(published_at)) FROM outbox"


@dataclass(frozen=True)
class Contender:
    """One way to do the work."""

    name: str
    module: str  # below tests.bench.contenders
    arguments: tuple[str, ...] = ()
    queue: str = "bench.in"
    content_type: str = "application/json"
    share: float = 1.0  # of the row's events: a slow one is given fewer, so that a run takes seconds
    promise: str = ""  # in words, for the table

    def share_of(self, events: int) -> int:
        """How many of a row's events it is given: whole subjects."""
        return max(1, round(events * self.share / work.REVISIONS)) * work.REVISIONS


@dataclass(frozen=True)
class Run:
    """How one run went."""

    rate: float  # events a second
    cpu: float  # microseconds of processor time that the contender's process took for each event


@contextlib.contextmanager
def running(servers: Servers, contender: Contender, events: int) -> Iterator[Child]:
    """The contender's process."""
    database = servers.admin_url.set(database="bench").render_as_string(hide_password=False)
    environment = os.environ | {
        "HUB_ID": "bench",
        "HUB_LOG_LEVEL": "WARNING",
        "HUB_DATABASE_URL": database,
        "HUB_AMQP_URI": servers.amqp_uri,
        "HUB_HTTP_PORT": str(ports.any_free()),
        "HUB_TOKEN_PUBLIC_KEY_FILE": str(signer(servers.places.secrets).public_file),
        "BENCH_QUEUE": contender.queue,
        "BENCH_EVENTS": str(events),
        "PYTHONPATH": os.pathsep.join([python_path(), str(ROOT)]),
    }
    module = f"tests.bench.contenders.{contender.module}"
    child = servers.programs.start(
        Invocation(
            f"{contender.module}-{next(servers.numbers)}",  # a log of its own
            [sys.executable, "-W", "ignore", "-m", module, *contender.arguments],
            environment=environment,
            folder=ROOT,
        )
    )
    try:
        yield child
    finally:
        child.stop(grace=3)


def read(servers: Servers, contender: Contender, events: int) -> Run:
    """Events a second from a full queue into the read model."""
    with (
        servers.database() as engine,
        servers.broker(contender.queue) as connection,
        closed_gate(servers, contender.queue) as open_gate,
    ):
        # The queue's messages must not be in the log, which a new reader reads first.
        connection.channel().queue_unbind(LOG_QUEUE, work.EXCHANGE, "#")
        filling.fill(connection, work.EXCHANGE, work.EVENT_TYPE, events, contender.content_type)
        with running(servers, contender, events) as child:
            wait_until(lambda: alive(child) and at_the_broker(servers, child), deadline=30)
            wait_until(lambda: idle(child), deadline=30)
            begun, used = time.time(), cpu_seconds(child)
            open_gate()
            subjects = events // work.REVISIONS
            ended = wait_until(
                lambda: alive(child) and reached(engine, subjects), deadline=DEADLINE, interval=POLL
            )
            used = cpu_seconds(child) - used
        return Run(events / (ended - begun), used / events * 1e6)


def rebuild(servers: Servers, contender: Contender, events: int) -> Run:
    """Events a second from the log into the read model, by a subscriber whose queue does not exist yet."""
    with servers.database() as engine, servers.broker(contender.queue, late=True) as connection:
        filling.fill(connection, work.EXCHANGE, work.EVENT_TYPE, events, contender.content_type)
        with running(servers, contender, events) as child:
            wait_until(lambda: alive(child) and scalar(engine, BEGUN) > 0, deadline=60, interval=POLL / 10)
            used = cpu_seconds(child)
            ended = wait_until(
                lambda: alive(child) and reached(engine, events // work.REVISIONS),
                deadline=DEADLINE,
                interval=POLL,
            )
            used = cpu_seconds(child) - used
        # The first batch has arrived with the first instant: only those behind it took the time.
        begun, first = (scalar(engine, query) for query in (BEGUN, FIRST_BATCH))
    return Run((events - first) / (ended - begun), used / events * 1e6)


def relay(servers: Servers, contender: Contender, events: int) -> Run:
    """Events a second from a full outbox, confirmed by the broker and marked."""
    with (
        servers.database() as engine,
        servers.broker(contender.queue) as connection,
        running(servers, contender, events) as child,
    ):
        wait_until(lambda: alive(child) and scalar(engine, WAITS), deadline=30)
        wait_until(lambda: idle(child), deadline=30)
        with engine.begin() as transaction:
            filling.fill_outbox(transaction, events)
            begun, used = time.time(), cpu_seconds(child)
        wait_until(lambda: alive(child) and not scalar(engine, UNPUBLISHED), deadline=DEADLINE, interval=POLL)
        used = cpu_seconds(child) - used
        ended = float(scalar(engine, LAST_PUBLISHED))
        require_arrived(connection, contender.queue, events)
        return Run(events / (ended - begun), used / events * 1e6)


def publish(servers: Servers, contender: Contender, events: int) -> Run:
    """Events a second of a program that makes its own and has no outbox; it holds the watch itself."""
    with servers.broker(contender.queue) as connection:
        with running(servers, contender, events) as child:
            line = wait_until(lambda: said(child), deadline=DEADLINE, interval=POLL)
        require_arrived(connection, contender.queue, events)
        return Run(line["events"] / line["seconds"], line["cpu"] / line["events"] * 1e6)


@contextlib.contextmanager
def closed_gate(servers: Servers, queue: str) -> Iterator[Callable[[], None]]:
    """Hold a queue shut until the callable given is called, so that starting is not timed.

    The queues have a single active consumer; the gate is the first and takes one message, which the broker
    requeues in its place when the gate goes.
    """
    with contextlib.ExitStack() as stack:
        connection = stack.enter_context(connected(servers.amqp_uri))
        channel = connection.channel()
        channel.basic_qos(0, 1, False)
        channel.basic_consume(queue, callback=lambda _message: None)
        yield stack.close


def alive(child: Child) -> bool:
    """Whether it runs; a contender that has ended by itself fails the benchmark with its last words."""
    if child.has_ended:
        raise RuntimeError(f"{child.name} has ended:\n{child.log.read_text()[-3000:]}")
    return True


def idle(child: Child) -> bool:
    """Whether a program has nothing to do."""
    process = psutil.Process(child.process.pid)
    return process.cpu_percent(interval=0.3) < 100 * QUIET


def cpu_seconds(child: Child) -> float:
    """Processor time that a program has taken so far."""
    times = psutil.Process(child.process.pid).cpu_times()
    return float(times.user + times.system)


def at_the_broker(servers: Servers, child: Child) -> bool:
    """Whether a program has connected to the broker."""
    port = urlsplit(servers.amqp_uri).port
    opened = psutil.Process(child.process.pid).net_connections("tcp")
    return any(c.raddr[1:] == (port,) and c.status == psutil.CONN_ESTABLISHED for c in opened)


def require_arrived(connection: amqp.Connection, queue: str, events: int) -> None:
    """Make sure that every event is in the queue, once."""
    with connection.channel() as channel:
        count = channel.queue_declare(queue, passive=True).message_count
    if count != events:
        raise RuntimeError(f"{count} of {events} events have arrived")


def said(child: Child) -> dict[str, float] | None:
    """Return the figures that a program with its own clock has written."""
    lines = child.log.read_text().splitlines()
    if lines and lines[-1].startswith("{"):
        return dict(json.loads(lines[-1]))
    alive(child)
    return None


def scalar(engine: sa.Engine, query: str) -> float:
    """Return the one figure of a query; 0 for NULL."""
    with engine.connect() as connection:
        return float(connection.scalar(sa.text(query)) or 0)


def reached(engine: sa.Engine, subjects: int) -> float | None:
    """When the last subject came to its last revision, as seconds since 1970; None while one has not."""
    with engine.connect() as connection:
        count, at = connection.execute(REACHED, {"revision": work.REVISIONS}).one()
    return float(at) if count == subjects else None
