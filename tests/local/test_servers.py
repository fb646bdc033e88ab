"""The private RabbitMQ and the embedded PostgreSQL: started, stopped, found again with their data."""

import contextlib
import signal
from collections.abc import Iterator
from pathlib import Path

import amqp
import psutil
import pytest
import sqlalchemy as sa
from tests.support.amqp import connected

from local import broker, broker_node, definitions, postgres
from local.broker_container import engine_answers
from local.processes import Programs
from local.services import SERVICES

pytestmark = pytest.mark.servers
NAMES = {"visits": "hub_visits", "reporting": "hub_reporting"}
SECRETS = {name: f"{name}-secret" for name in (definitions.ADMINISTRATOR, *(s.name for s in SERVICES))}


@contextlib.contextmanager
def running_broker(folder: Path) -> Iterator[broker.Broker]:
    known = definitions.of_hub([service.subscriber for service in SERVICES], SECRETS)
    contents = broker.Contents(known, SECRETS)
    programs = Programs(folder / "log", folder / "run")
    started = broker.start(programs, folder / "broker", contents, say=print)
    try:
        started.require_ready()
        yield started
    finally:
        started.stop()


@contextlib.contextmanager
def running_database(folder: Path) -> Iterator[postgres.Server]:
    programs = Programs(folder / "log", folder / "run")
    started = postgres.start(programs, folder / "postgres", folder / "secrets")
    try:
        yield started
    finally:
        started.stop()


@pytest.mark.skipif(engine_answers(), reason="a Docker engine answers, so the broker would be a container")
def test_the_broker_keeps_events_over_a_restart_and_leaves_nothing_running(tmp_path: Path) -> None:
    with running_broker(tmp_path) as first:
        with connected(first.uris["reporting"]) as connection:
            connection.channel().queue_bind("reporting.in", "enrolment.events", "SchoolEnrolled")
        with connected(first.uris["enrolment"]) as connection:
            channel = connection.channel()
            message = amqp.Message("kept", delivery_mode=2)
            channel.basic_publish_confirm(message, exchange="enrolment.events", routing_key="SchoolEnrolled")
        processes = [psutil.Process(child.process.pid) for child in first.programs]
        assert {process.name() for process in processes} == {"beam.smp", "epmd"}
    assert not any(process.is_running() for process in processes)

    with running_broker(tmp_path) as second, connected(second.uris["reporting"]) as connection:
        received: list[amqp.Message] = []
        connection.channel().basic_consume("reporting.in", callback=received.append, no_ack=True)
        connection.drain_events(timeout=10)
        assert [message.body for message in received] == ["kept"]


@pytest.mark.skipif(engine_answers(), reason="a Docker engine answers, so the broker would be a container")
def test_a_service_cannot_write_to_the_exchange_of_another(tmp_path: Path) -> None:
    with running_broker(tmp_path) as started, connected(started.uris["visits"]) as connection:
        channel = connection.channel()
        message = amqp.Message("forged")
        with pytest.raises(amqp.AccessRefused):
            channel.basic_publish_confirm(message, exchange="enrolment.events", routing_key="SchoolEnrolled")


@pytest.mark.skipif(broker_node.find_program() is None, reason="RabbitMQ's program is not on this machine")
def test_everything_of_the_broker_listens_on_loopback_only(tmp_path: Path) -> None:
    with running_broker(tmp_path) as started:
        listening = [
            connection.laddr.ip
            for child in started.programs
            for connection in psutil.Process(child.process.pid).net_connections()
            if connection.status == psutil.CONN_LISTEN
        ]
        assert listening
        assert set(listening) <= {"127.0.0.1", "::1", "::ffff:127.0.0.1"}


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


def test_a_role_enters_its_own_database_only(tmp_path: Path) -> None:
    with running_database(tmp_path) as server:
        url = sa.make_url(postgres.prepare(server, NAMES, tmp_path / "secrets")["visits"])
        assert postgres.answers(url)
        assert not postgres.answers(url.set(database="hub_reporting"))
        assert not postgres.answers(url.set(password="guessed"))


def test_fsync_is_on_unless_a_test_run_asks_otherwise(tmp_path: Path) -> None:
    with running_database(tmp_path) as server, sa.create_engine(server.url).connect() as connection:
        assert connection.scalar(sa.text("SHOW fsync")) == "on"
        assert connection.scalar(sa.text("SHOW listen_addresses")) == "127.0.0.1"
