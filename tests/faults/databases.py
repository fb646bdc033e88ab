"""A PostgreSQL of the fault suite's own: one of this machine, or the deployed one in a container."""

import itertools
from pathlib import Path

import sqlalchemy as sa
from tests.faults import leftovers
from tests.faults.starting import wait_for_server
from tests.support.postgres import IMAGE, PostgresServer

from hub_local import passwords, ports, postgres, postgres_server
from hub_local.broker_container import container_name
from hub_local.containers import docker
from hub_local.processes import Child, Programs

SETTINGS = ("fsync=off", "full_page_writes=off", "max_connections=200")


class Database:
    """A private PostgreSQL server that keeps its port and its data from one life to the next.

    What a kind does in its own way raises NotImplementedError here.
    """

    def __init__(self, folder: Path) -> None:
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
        self.start()
        self.server = PostgresServer(self._url.render_as_string(hide_password=False))

    def start(self) -> None:
        """Start it, or start it again, and wait until it lets us in."""
        raise NotImplementedError

    def stop(self) -> None:
        """End it, and with it every session."""
        raise NotImplementedError

    @property
    def runs(self) -> bool:
        """Whether its process is there."""
        raise NotImplementedError

    def remove(self) -> None:
        """End it for good."""
        self.stop()

    @property
    def port(self) -> int:
        """Where it takes connections, in every life."""
        return self._port

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


class NodeDatabase(Database):
    """The programs of the package, as our child."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder / "postgres"
        self._programs = Programs(folder / "log", folder / "run")
        self._child: Child
        super().__init__(folder)

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


class ContainerDatabase(Database):
    """A container of the deployed image; its data are in a volume that goes with it."""

    def __init__(self, folder: Path) -> None:
        self._name = f"{container_name(folder)}-postgres"
        self._is_made = False
        try:
            super().__init__(folder)
        except BaseException:
            self.remove()
            raise

    def start(self) -> None:
        """Start it, or start it again, and wait until it lets us in."""
        if not self._is_made:
            self._create()
        docker("start", self._name)
        wait_for_server("PostgreSQL to answer", lambda: postgres.answers(self._url))

    def _create(self) -> None:
        published = f"{ports.LOOPBACK}:{self._port}:5432"
        variables = {"POSTGRES_USER": postgres_server.ADMINISTRATOR, "POSTGRES_PASSWORD": self._password}
        given = [word for name, value in variables.items() for word in ("--env", f"{name}={value}")]
        settings = [word for one in SETTINGS for word in ("-c", one)]
        docker(
            "create",
            "--name",
            self._name,
            *leftovers.label(),
            "--publish",
            published,
            *given,
            IMAGE,
            "postgres",
            *settings,
        )
        self._is_made = True

    def stop(self) -> None:
        """Have the engine end it, and with it every session."""
        docker("stop", self._name, check=False)

    @property
    def runs(self) -> bool:
        """Whether the container runs."""
        return docker("inspect", "--format", "{{.State.Running}}", self._name, check=False) == "true"

    def remove(self) -> None:
        """Remove the container and its volume."""
        docker("rm", "--force", "--volumes", self._name, check=False)
