"""A RabbitMQ and a PostgreSQL of the fault suite's own, to be killed, stopped and started at will."""

import itertools
import json
import shutil
import subprocess
from pathlib import Path

import sqlalchemy as sa
from tests.support.broker import PASSWORD, USER, BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.waiting import wait_until

from local import broker as local_broker
from local import broker_node, definitions, passwords, ports, postgres, postgres_server
from local.processes import Child, Programs

# Counts are read once a case is over; RabbitMQ's own interval of five seconds would be added to each.
SETTINGS = ("collect_statistics_interval = 1000",)
STARTS_WITHIN = 90.0  # seconds, on a busy machine, with logs to read again


def end_at_once(child: Child) -> None:
    """`kill -9`, and wait until it is gone."""
    child.process.kill()
    child.process.wait()
    child.stop(grace=0)


class Broker:
    """A private RabbitMQ node that keeps its ports and its data from one life to the next."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "broker"
        self._programs = Programs(folder / "log", folder / "run")
        self._program = broker_node.find_program() or local_broker.install(self._programs, say=print)
        self.was_restarted = False  # since its data was new
        self.has_deleted = False  # a virtual host since then
        self._definitions = self._folder / "definitions.json"
        passwords.write_private(self._definitions, json.dumps(definitions.administrator(PASSWORD)))
        self._node = self._start(None)
        assert self._node.management_port is not None
        self.server = BrokerServer(ports.LOOPBACK, self._node.port, self._node.management_port)
        self.wait()

    @property
    def port(self) -> int:
        """Where it takes AMQP connections, in every life."""
        return self._node.port

    @property
    def runs(self) -> bool:
        """Whether its process is there."""
        return not self._node.server.has_ended

    def kill(self) -> None:
        """End it as a power cut would."""
        self.was_restarted = True
        for child in self._node.children:
            end_at_once(child)

    def stop(self) -> None:
        """End it politely."""
        self.was_restarted = True
        self._node.stop()

    def forget(self, vhost_uri: str) -> None:
        """Have nothing left of a virtual host; a node that was stopped or killed begins afresh."""
        if self.was_restarted:
            self.renew()
        else:
            self.server.drop_vhost(vhost_uri)
            self.has_deleted = True

    def renew(self) -> None:
        """Have it as it was in the beginning, whatever has been done to it.

        RabbitMQ 3.10.8 that is ended after queues were deleted, by SIGKILL above all, was seen to come back
        with a quorum queue without a leader ("badmatch, timeout" in rabbit_quorum_queue:consume; 40 s after
        the start it still confirmed nothing) and a stream that confirms nothing ("function_clause" in
        rabbit_stream_coordinator:update_stream0). No client can mend that.
        """
        if not (self.was_restarted or self.has_deleted):
            return
        self.kill()
        shutil.rmtree(self._folder / "data", ignore_errors=True)
        self.start()
        self.was_restarted = self.has_deleted = False

    def start(self) -> None:
        """Start it again and wait until clients are let in."""
        self._node = self._start(self._node)
        self.wait()

    def wait(self) -> None:
        """Wait until it answers, over AMQP and over its management interface."""
        uri = self.server.uri(definitions.VIRTUAL_HOST, user=USER)
        wait_until(
            lambda: not self.runs or (local_broker.answers(uri) and self.server.answers()),
            deadline=STARTS_WITHIN,
            interval=0.1,
        )
        assert self.runs, self._node.server.log.read_text()[-3000:]

    def tell(self, *words: str) -> str:
        """Run RabbitMQ's own `rabbitmqctl` against it, as an operator would."""
        command = [str(self._program.with_name("rabbitmqctl")), "--quiet", *words]
        environment = dict(self._node.environment)
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=60, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def version(self) -> str:
        """Which release it is."""
        return str(self.server.manage("GET", "overview")["rabbitmq_version"])

    def _start(self, again: broker_node.Node | None) -> broker_node.Node:
        return broker_node.start(
            self._programs,
            self._program,
            self._folder,
            definitions=self._definitions,
            plugins=("rabbitmq_management",),
            settings=SETTINGS,
            again=again,
        )


class Database:
    """A private PostgreSQL server that keeps its port and its data from one life to the next."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "postgres"
        self._programs = Programs(folder / "log", folder / "run")
        self._password = passwords.password(folder / "secrets", "postgres")
        self._port = ports.any_free()
        self._url = sa.URL.create(
            postgres.DRIVER,
            username=postgres_server.ADMINISTRATOR,
            password=self._password,
            host=ports.LOOPBACK,
            port=self._port,
            database="postgres",
        )
        self._numbers = itertools.count(1)
        self._child: Child
        self.start()
        self.server = PostgresServer(self._url.render_as_string(hide_password=False))

    def start(self) -> None:
        """Start it, or start it again, and wait until it lets us in."""
        # Without fsync: it is the process that is killed here, never the machine.
        self._child = postgres_server.start(
            self._programs, self._folder, self._password, port=self._port, durable=False
        )
        postgres.require_answer(self._url, self._child)

    def stop(self) -> None:
        """End it, and with it every session."""
        self._child.stop()

    @property
    def runs(self) -> bool:
        """Whether its process is there."""
        return not self._child.has_ended

    def version(self) -> str:
        """Which release it is."""
        engine = sa.create_engine(self._url, poolclass=sa.NullPool)
        with engine.connect() as connection:
            return str(connection.scalar(sa.text("SHOW server_version")))

    def copy_of(self, template: str) -> str:
        """The SQLAlchemy URL of a new database that holds what `template` holds."""
        name = f"case_{next(self._numbers)}"
        self.server.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return self.url_of(name)

    def url_of(self, name: str) -> str:
        """The SQLAlchemy URL of a database."""
        return self._url.set(database=name).render_as_string(hide_password=False)


class Servers:
    """Both, for one run of the suite."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.database = Database(folder)
        try:
            self.broker = Broker(folder)
        except BaseException:
            self.database.stop()
            raise

    def heal(self) -> None:
        """Start again whatever a case left away."""
        if not self.database.runs:
            self.database.start()
        if not self.broker.runs:
            self.broker.start()

    def stop(self) -> None:
        """End both; what they keep is thrown away."""
        self.broker.kill()
        self.database.stop()
