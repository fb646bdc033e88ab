"""One PostgreSQL for a whole test run; each test gets an empty database of its own on it."""

import contextlib
import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa
from tests.support.waiting import wait_until

from hub_local import postgres as local_postgres
from hub_local.containers import can_run
from hub_local.processes import Programs
from hub_platform.migrations import migrate

IMAGE = "postgres:17"


@dataclass(frozen=True)
class PostgresServer:
    """A running server, as its administrator."""

    admin_url: str
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    templates: dict[Path, str] = field(default_factory=dict)  # folder of migrations → database at their head

    def new_database(self, template: str = "template0") -> str:
        """The SQLAlchemy URL of a fresh, empty database."""
        name = f"test_{next(self.numbers)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        return sa.make_url(self.admin_url).set(database=name).render_as_string(hide_password=False)

    def migrated_database(self, migrations: Path) -> str:
        """The URL of a fresh database with all of a service's migrations, which run once for all of them."""
        if migrations not in self.templates:
            url = self.new_database()
            migrate(url, migrations)
            self.templates[migrations] = str(sa.make_url(url).database)
        return self.new_database(self.templates[migrations])

    def drop_database(self, url: str) -> None:
        """Drop a database after ending its connections."""
        self.execute(f"DROP DATABASE IF EXISTS {sa.make_url(url).database} WITH (FORCE)")

    def execute(self, statement: str) -> None:
        """Run one statement as the administrator, outside a transaction."""
        engine = sa.create_engine(self.admin_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)


@contextlib.contextmanager
def running_postgres(folder: Path) -> Iterator[PostgresServer]:
    """A server for a test run: a container where an engine answers, a private process elsewhere."""
    if can_run(IMAGE, print):
        with container_postgres() as server:
            yield server
        return
    programs = Programs(folder / "log", folder / "run")
    private = local_postgres.start(programs, folder / "postgres", folder / "secrets", durable=False)
    try:
        yield PostgresServer(private.url.render_as_string(hide_password=False))
    finally:
        private.stop()


@contextlib.contextmanager
def container_postgres() -> Iterator[PostgresServer]:
    """The server in a container."""
    from testcontainers.core.config import testcontainers_config
    from testcontainers.core.container import DockerContainer

    testcontainers_config.ryuk_disabled = True  # we stop what we start; one image less to fetch
    container = DockerContainer(IMAGE).with_exposed_ports(5432).with_env("POSTGRES_PASSWORD", "test")
    with container.with_command("postgres -c fsync=off -c full_page_writes=off -c max_connections=200"):
        address = f"{container.get_container_host_ip()}:{container.get_exposed_port(5432)}"
        url = f"{local_postgres.DRIVER}://postgres:test@{address}/postgres"  # pragma: allowlist secret
        # The image starts once to initialise itself, on a socket only, so an answer over TCP is the real one.
        wait_until(lambda: local_postgres.answers(sa.make_url(url)), deadline=60)
        yield PostgresServer(url)
