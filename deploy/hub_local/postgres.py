"""The databases of a hub on one machine: on the server of HUB_DATABASE_URL, or on an embedded PostgreSQL.

Four databases and four roles; no role can connect to another's database.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import sqlalchemy as sa

from hub_local import passwords, ports, postgres_server
from hub_local.deadlines import wait_for
from hub_local.failures import CannotStart
from hub_local.processes import Child, Programs

DRIVER = "postgresql+psycopg2"
READY_WITHIN = 60.0  # seconds; after an unclean stop the log is replayed first


@dataclass(frozen=True)
class Server:
    """A PostgreSQL that accepts connections."""

    what: str  # a description to print
    url: sa.URL  # of the administrator
    stop: Callable[[], None]
    programs: tuple[Child, ...] = field(default=())

    def database_url(self, database: str, *, user: str, password: str) -> str:
        """Return the URL with which a role connects, password included."""
        url = self.url.set(database=database, username=user, password=password)
        return url.render_as_string(hide_password=False)


def start(
    programs: Programs, folder: Path, secrets: Path, *, given: str | None = None, durable: bool = True
) -> Server:
    """Start a server, or use the one of `given`, and wait until it answers.

    Raises:
        CannotStart: no server can be started, or it does not answer in time.
    """
    if given:
        return use(given)
    password = passwords.password(secrets, "postgres")
    port = ports.any_free()
    child = postgres_server.start(programs, folder, password, port=port, durable=durable)
    url = sa.URL.create(
        DRIVER,
        username=postgres_server.ADMINISTRATOR,
        password=password,
        host=ports.LOOPBACK,
        port=port,
        database="postgres",
    )
    try:
        require_answer(url, child)
    except BaseException:
        child.stop()
        raise
    return Server(f"embedded {postgres_server.MAJOR}, port {port}", url, child.stop, (child,))


def require_answer(url: sa.URL, child: Child) -> None:
    """Wait until the server accepts a connection; stop waiting when it has ended.

    Raises:
        CannotStart: with the last lines of its log.
    """
    wait_for(lambda: answers(url) or child.has_ended, seconds=READY_WITHIN)
    if child.has_ended or not answers(url):
        raise CannotStart("PostgreSQL was started but does not answer.", log=child.log)


def use(given: str) -> Server:
    """Return the server of HUB_DATABASE_URL.

    Raises:
        CannotStart: it is no URL of PostgreSQL, or no server accepts a connection there.
    """
    try:
        url = sa.make_url(given).set(drivername=DRIVER)
    except sa.exc.ArgumentError:
        raise CannotStart(
            "HUB_DATABASE_URL is not an address like postgresql://user:…@host/postgres."
        ) from None
    if not wait_for(lambda: answers(url), seconds=10):
        raise CannotStart(
            f"HUB_DATABASE_URL is set, but no PostgreSQL accepts a connection at {url.render_as_string()}."
        )
    return Server("the one of HUB_DATABASE_URL", url, stop=lambda: None)


def answers(url: sa.URL) -> bool:
    """Return whether a connection succeeds now."""
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args={"connect_timeout": 3})
    try:
        with engine.connect():
            return True
    except sa.exc.OperationalError:
        return False


def revision(url: str) -> str | None:
    """Return the migration of a database; None for an empty one."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found: str | None = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
    return found


def prepare(server: Server, names: Mapping[str, str], secrets: Path) -> dict[str, str]:
    """Create a database and a role for each of `names` (service → database); return service → URL.

    A role of an earlier run gets this run's password. The function is idempotent.
    """
    engine = sa.create_engine(server.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    urls = {}
    with engine.connect() as connection:
        if server.programs:  # ours: on a server that is given, others may need them
            connection.exec_driver_sql("REVOKE ALL ON DATABASE postgres, template1 FROM PUBLIC")
        quote = connection.dialect.identifier_preparer.quote
        for service, database in names.items():
            password = passwords.password(secrets, f"database_{service}")
            make_role(connection, quote(database), database, password)
            make_database(connection, quote(database), database)
            urls[service] = server.database_url(database, user=database, password=password)
    return urls


def make_role(connection: sa.Connection, quoted: str, name: str, password: str) -> None:
    """Create a role with LOGIN alone, or set the password of an existing one."""
    known = connection.scalar(sa.text("SELECT 1 FROM pg_roles WHERE rolname = :name"), {"name": name})
    verb = "ALTER" if known else "CREATE"
    # PASSWORD accepts no bound parameter; generated passwords contain no quote.
    connection.exec_driver_sql(f"{verb} ROLE {quoted} LOGIN PASSWORD '{password}'")


def make_database(connection: sa.Connection, quoted: str, name: str) -> None:
    """Create a database that belongs to the role of its name and accepts no other role."""
    known = connection.scalar(sa.text("SELECT 1 FROM pg_database WHERE datname = :name"), {"name": name})
    if not known:
        # An administrator without superuser must be a member of the role that is to own the database.
        connection.exec_driver_sql(f"GRANT {quoted} TO CURRENT_USER")
        connection.exec_driver_sql(
            f"CREATE DATABASE {quoted} OWNER {quoted} TEMPLATE template0 ENCODING 'UTF8'"
        )
    connection.exec_driver_sql(f"REVOKE ALL ON DATABASE {quoted} FROM PUBLIC")
