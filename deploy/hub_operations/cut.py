"""One moment of all databases, to be dumped from: a cut through them that could have been.

Four databases are never read in the same instant. Were a subscriber's read after its publisher's, it could
know events that the publisher, once restored, has never recorded. So nobody takes in an event while the
snapshots are taken, which is a matter of milliseconds: whatever a subscriber knows then, its publisher had
committed before.
"""

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from hub_operations.contents import Contents, contents_of
from hub_platform.database import reaching

# Commits of handlers wait behind this lock, reading and recording do not.
HOLD_INBOX: Final = "LOCK TABLE inbox IN SHARE MODE"
PATIENCE: Final = "SET LOCAL lock_timeout = '20s'"


@dataclass(frozen=True)
class Snapshot:
    """A database at the moment of the cut."""

    name: str  # what PostgreSQL calls it (documentation, 9.28.5, "Snapshot Synchronization Functions")
    contents: Mapping[str, Contents]  # table →


@contextlib.contextmanager
def snapshots(urls: Mapping[str, str]) -> Iterator[dict[str, Snapshot]]:
    """Take a snapshot of each database at one moment; they can be dumped from until the block ends.

    Args:
        urls: service → where its database is.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: a database does not answer, or a handler held one up for 20 s.
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
def _opened(engine: sa.Engine) -> Iterator[Any]:
    """A transaction that is undone at the end of the block: nothing here changes a row."""
    with engine.connect() as connection:
        connection.begin()
        yield connection


def _engine(url: str) -> sa.Engine:
    return sa.create_engine(url, poolclass=sa.NullPool, hide_parameters=True, connect_args=reaching(url))
