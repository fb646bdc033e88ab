"""A consistent snapshot of all databases, from which pg_dump can read.

The snapshots of four databases are not taken at the same instant. If a subscriber's came after its
publisher's, it could contain events that the publisher has no record of after a restore. Therefore no inbox
accepts an event while the snapshots are taken, which takes milliseconds: the publisher of each received event
has committed it before.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub_operations.contents import Contents, contents_of
from hub_platform.database import reaching

# Handlers of events wait for this lock; reads and requests that record events do not.
HOLD_INBOX: Final = "LOCK TABLE inbox IN SHARE MODE"
PATIENCE: Final = "SET LOCAL lock_timeout = '20s'"


@dataclass(frozen=True)
class Snapshot:
    """The snapshot of one database, and its contents."""

    name: str  # for pg_dump --snapshot (PostgreSQL, 9.28.5, "Snapshot Synchronization Functions")
    contents: Mapping[str, Contents]  # table →


@contextlib.contextmanager
def consistent_snapshots(urls: Mapping[str, str]) -> Iterator[dict[str, Snapshot]]:
    """Take consistent snapshots, which pg_dump can use until the block ends; service → snapshot.

    Args:
        urls: service → database URL.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: a database does not answer, or a handler held its lock for 20 s.
    """
    with contextlib.ExitStack() as stack:
        engines = {service: _engine(url) for service, url in urls.items()}
        readers = {service: stack.enter_context(_opened(engine)) for service, engine in engines.items()}
        with contextlib.ExitStack() as held:
            for engine in engines.values():
                holder = held.enter_context(_opened(engine))
                holder.exec_driver_sql(PATIENCE)
                holder.exec_driver_sql(HOLD_INBOX)
            names = {service: _snapshot(reader) for service, reader in readers.items()}
        yield {service: Snapshot(names[service], contents_of(readers[service])) for service in readers}


def _snapshot(connection: Connection) -> str:
    connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
    return str(connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one())


@contextlib.contextmanager
def _opened(engine: sa.Engine) -> Iterator[Connection]:
    """Open a transaction that is rolled back at the end of the block."""
    with engine.connect() as connection:
        connection.begin()
        yield connection


def _engine(url: str) -> sa.Engine:
    return sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True, connect_args=reaching(url))
