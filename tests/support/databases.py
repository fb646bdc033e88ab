"""A database for the tests of one service: migrated once, copied once a run, emptied after each test.

To empty one takes milliseconds, to make one a hundred. All that a test leaves behind is taken away: rows, the
numbers that sequences have reached, transactions that are still open, and changes of the tables themselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import sqlalchemy as sa
from tests.support.postgres import PostgresServer

from hub_platform.database import Sessions, make_sessions

HISTORY: Final = "alembic_version"  # the one table that migrations fill, with the name of the newest

# Other connections that are at work belong to the test that has ended.
_END_TRANSACTIONS: Final = """
SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
WHERE datname = current_database() AND backend_type = 'client backend'
  AND pid <> pg_backend_pid() AND state <> 'idle'
"""
_SHAPE: Final = """
SELECT string_agg(format('%s %s %s', c.oid, c.relname, c.relnatts), ',' ORDER BY c.oid)
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
"""
_SEQUENCES: Final = """
SELECT format('SELECT setval(''%I'', %s, false)', sequencename, start_value) FROM pg_sequences
WHERE schemaname = 'public' AND last_value IS NOT NULL
"""
_HEAD: Final = f"""
SELECT format('UPDATE {HISTORY} SET version_num = %L', :head) FROM {HISTORY} WHERE version_num <> :head
"""  # noqa: S608 - names of our own
# No trigger runs, not that of a foreign key either, so the order of the tables does not matter.
_FREELY: Final = "SET LOCAL session_replication_role = replica"


@dataclass
class ServiceDatabase:
    """The sessions of one database, and how it becomes empty again."""

    server: PostgresServer
    migrations: Path
    sessions: Sessions = field(init=False)
    _shape: str = field(init=False)
    _undo: sa.TextClause = field(init=False)  # gives the statements that empty it

    def __post_init__(self) -> None:
        """Create the database and record its shape."""
        self._make()

    def empty(self) -> None:
        """Take away what a test has left; when it has changed tables, a new copy replaces this one."""
        with self._engine.connect() as connection:
            connection.execute(sa.text(_END_TRANSACTIONS))
            same = connection.scalar(sa.text(_SHAPE)) == self._shape
            if same and (undo := list(connection.scalars(self._undo))):
                connection.execute(sa.text("; ".join([_FREELY, *undo])))
            connection.commit()
        if not same:
            self._drop()
            self._make()

    @property
    def _engine(self) -> sa.Engine:
        engine: sa.Engine = self.sessions.kw["bind"]
        return engine

    def _drop(self) -> None:
        self._engine.dispose()
        self.server.drop_database(self._engine.url.render_as_string(hide_password=False))

    def _make(self) -> None:
        self.sessions = make_sessions(self.server.migrated_database(self.migrations))
        with self._engine.connect() as connection:
            self._shape = str(connection.scalar(sa.text(_SHAPE)))
            head = str(connection.scalar(sa.text(f"SELECT version_num FROM {HISTORY}")))  # noqa: S608
        names = set(sa.inspect(self._engine).get_table_names()) - {HISTORY}
        filled = [
            f"SELECT 'DELETE FROM {name}' WHERE EXISTS (SELECT 1 FROM {name})"  # noqa: S608 - names of our own
            for name in sorted(names)
        ]
        self._undo = sa.text(" UNION ALL ".join([*filled, _HEAD, _SEQUENCES])).bindparams(head=head)


@dataclass
class Databases:
    """The databases of a test run, each made when it is first asked for."""

    server: PostgresServer
    known: dict[Path, ServiceDatabase] = field(default_factory=dict)

    def of(self, migrations: Path) -> ServiceDatabase:
        """The one with the tables of these migrations."""
        if migrations not in self.known:
            self.known[migrations] = ServiceDatabase(self.server, migrations)
        return self.known[migrations]

    def emptied(self, migrations: Path) -> Iterator[Sessions]:
        """Its sessions for one test, which finds it empty: the body of a fixture."""
        database = self.of(migrations)
        yield database.sessions
        database.empty()
