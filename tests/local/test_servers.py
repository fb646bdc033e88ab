"""The private RabbitMQ and the embedded PostgreSQL: started, stopped, found again with their data."""

import contextlib
import json
import signal
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import amqp
import psutil
import pytest
import sqlalchemy as sa
from tests.support.amqp import connected
from tests.support.waiting import wait_until

from hub_local import (
    broker,
    broker_container,
    broker_node,
    containers,
    definitions,
    packages,
    ports,
    postgres,
)
from hub_local.declared import FILE
from hub_local.hub import MANAGEMENT
from hub_local.processes import Programs
from hub_local.services import SERVICES
from hub_messaging.subscribers import lifecycle, queue_status
from hub_messaging.subscribers.broker import Management, ManagementAway, management_of
from hub_messaging.subscribers.limits import Limits
from hub_messaging.subscribers.naming import queue_of
from hub_messaging.subscribers.state import RegisteredSubscriber
from hub_platform.clocks import real_now

pytestmark = pytest.mark.servers
NAMES = {"visits": "hub_visits", "reporting": "hub_reporting"}
SECRETS = {name: f"{name}-secret" for name in (definitions.ADMINISTRATOR, *(s.name for s in SERVICES))}

SUBSCRIBER = RegisteredSubscriber(
    name="warehouse",
    asked=("VisitLogged",),
    events={"visits": ("VisitLogged",)},
    since="now",
    added_at=datetime(2026, 11, 1, tzinfo=UTC),
    added_by="ada",
)


@dataclass
class Restarted:
    """A broker that runs, and can be started again on its data."""

    start: Callable[[], broker.Broker]
    running: broker.Broker

    def again(self) -> None:
        """Stop it and start it."""
        self.running.stop()
        self.running = self.start()
        self.running.require_ready()


@pytest.fixture(name="restarted", scope="module", params=["private", "container"])
def _restarted(
    tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest
) -> Iterator[Restarted]:
    """Start a broker of each kind."""
    in_container = request.param == "container"
    if in_container and not containers.can_run(broker_container.IMAGE, print):
        pytest.skip("no Docker engine that could run it answers")
    if not in_container and broker_node.find_program() is None and not packages.can_install():
        pytest.skip("RabbitMQ's program is not on this machine")
    subscribers = [service.subscriber for service in SERVICES]
    known = definitions.of_hub(subscribers, SECRETS, json.loads(FILE.read_text()))
    contents = broker.Contents(known, SECRETS)
    folder = tmp_path_factory.mktemp("servers")
    kind = broker.start_container if in_container else broker.start_node
    plugins = () if in_container else (MANAGEMENT,)

    def start() -> broker.Broker:
        programs = Programs(folder / "log", folder / "run")
        port = ports.kept(folder / "amqp_port")
        return kind(broker.PrivateBroker(programs, folder / "broker", contents, plugins, port), say=print)

    restarted = Restarted(start, start())
    try:
        restarted.running.require_ready()
        yield restarted
    finally:
        restarted.running.stop()
        if in_container:
            broker_container.forget(folder / "broker")


@contextlib.contextmanager
def running_database(folder: Path) -> Iterator[postgres.Server]:
    programs = Programs(folder / "log", folder / "run")
    started = postgres.start(programs, folder / "postgres", folder / "secrets")
    try:
        yield started
    finally:
        started.stop()


def test_a_service_cannot_write_to_the_exchange_of_another(restarted: Restarted) -> None:
    with connected(restarted.running.uris["visits"]) as connection:
        channel = connection.channel()
        message = amqp.Message("forged")
        with pytest.raises(amqp.AccessRefused):
            channel.basic_publish_confirm(message, exchange="enrolment.events", routing_key="SchoolEnrolled")


@pytest.mark.parametrize("restarted", ["private"], indirect=True)
def test_the_private_broker_listens_on_loopback_only(restarted: Restarted) -> None:
    processes = processes_of(restarted.running)
    assert {process.name() for process in processes} == {"beam.smp", "epmd"}
    connections = [one for process in processes for one in process.net_connections()]
    listening = {one.laddr.ip for one in connections if one.status == psutil.CONN_LISTEN}
    assert listening
    assert listening <= {"127.0.0.1", "::1", "::ffff:127.0.0.1"}


def test_a_broker_that_stops_leaves_no_process_and_keeps_events_for_its_next_start(
    restarted: Restarted,
) -> None:
    first = restarted.running
    with connected(first.uris["reporting"]) as connection:
        connection.channel().queue_bind("reporting.in", "enrolment.events", "SchoolEnrolled")
    with connected(first.uris["enrolment"]) as connection:
        channel = connection.channel()
        message = amqp.Message("kept", delivery_mode=2)
        channel.basic_publish_confirm(message, exchange="enrolment.events", routing_key="SchoolEnrolled")

    before = processes_of(first)
    restarted.again()
    assert not any(process.is_running() for process in before)
    with connected(restarted.running.uris["reporting"]) as connection:
        received: list[amqp.Message] = []
        connection.channel().basic_consume("reporting.in", callback=received.append, no_ack=True)
        connection.drain_events(timeout=10)
        assert [message.body for message in received] == ["kept"]


def test_a_subscriber_finds_its_queue_at_the_same_address_after_a_restart(restarted: Restarted) -> None:
    administrator = restarted.running.uris[definitions.ADMINISTRATOR]
    api = management_of(administrator, restarted.running.management_url or "")
    lifecycle.add(administrator, api, SUBSCRIBER, Limits())
    restarted.again()
    assert restarted.running.uris[definitions.ADMINISTRATOR] == administrator
    again = management_of(administrator, restarted.running.management_url or "")
    wait_until(lambda: answers(again), deadline=30)
    doing = queue_status.look(again, SUBSCRIBER, real_now())
    assert (doing.exists, doing.may_read, doing.unbound) == (True, True, ())
    assert lifecycle.remove(administrator, again, SUBSCRIBER.name)


def answers(api: Management) -> bool:
    """The management API begins to answer a moment after the broker itself."""
    try:
        return bool(api.get("queues", api.vhost, queue_of(SUBSCRIBER.name)))
    except ManagementAway:
        return False


def processes_of(running: broker.Broker) -> list[psutil.Process]:
    """The processes of a private one; a container has none of ours."""
    return [psutil.Process(child.process.pid) for child in running.programs]


def test_databases_keep_their_rows_over_a_restart_and_a_killed_server(tmp_path: Path) -> None:
    with running_database(tmp_path) as first:
        url = postgres.prepare(first, NAMES, tmp_path / "secrets")["visits"]
        with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
            connection.execute(sa.text("CREATE TABLE kept AS SELECT 1 AS n"))
        first.programs[0].process.send_signal(signal.SIGKILL)
        first.programs[0].process.wait(10)
    for _ in range(2):
        with running_database(tmp_path) as again:
            url = postgres.prepare(again, NAMES, tmp_path / "secrets")["visits"]
            with sa.create_engine(url, poolclass=sa.NullPool).begin() as connection:
                connection.execute(sa.text("INSERT INTO kept VALUES (1)"))
                rows = connection.scalar(sa.text("SELECT count(*) FROM kept"))
    assert rows == 3


@pytest.fixture(name="server", scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[postgres.Server]:
    with running_database(tmp_path_factory.mktemp("database")) as server:
        yield server


def test_a_role_enters_its_own_database_only(server: postgres.Server, tmp_path: Path) -> None:
    url = sa.make_url(postgres.prepare(server, NAMES, tmp_path / "secrets")["visits"])
    assert postgres.answers(url)
    for other in ("hub_reporting", "postgres", "template1"):  # in compose the same
        assert not postgres.answers(url.set(database=other))
    assert not postgres.answers(url.set(password="guessed"))  # pragma: allowlist secret


def test_fsync_is_on_unless_a_test_run_asks_otherwise(server: postgres.Server) -> None:
    with sa.create_engine(server.url).connect() as connection:
        assert connection.scalar(sa.text("SHOW fsync")) == "on"
        assert connection.scalar(sa.text("SHOW listen_addresses")) == "127.0.0.1"
