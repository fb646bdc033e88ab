"""A RabbitMQ and a PostgreSQL of the fault suite's own, to be killed, stopped and started at will."""

import itertools
from pathlib import Path

import sqlalchemy as sa
from tests.faults.surroundings import Surroundings
from tests.support.postgres import PostgresServer

from local import passwords, ports, postgres, postgres_server
from local.processes import Child, Programs


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
    def port(self) -> int:
        """Where it takes connections, in every life."""
        return self._port

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
    """Both, for one lane of the suite, and the Python that its programs run on."""

    def __init__(self, folder: Path, surroundings: Surroundings) -> None:
        self.folder = folder
        self.python = surroundings.python
        self.database = Database(folder)
        try:
            self.broker = surroundings.make_broker(folder)
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
        self.broker.remove()
        self.database.stop()
