"""Connection arguments of databases, and sessions of a loop that keeps one connection."""

import contextlib
from collections.abc import Iterator
from typing import Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

# Connection arguments of commands: those of services (hub_platform.database; a test compares the two).
REACHED: Final[dict[str, object]] = {
    "connect_timeout": 4,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


def reaching(url: str | sa.URL) -> dict[str, object]:
    """Return SQLAlchemy's `connect_args` for a URL, whose own parameters take precedence."""
    own = sa.make_url(url).query
    return {name: value for name, value in REACHED.items() if name not in own}


class OneConnection:
    """A sessionmaker whose sessions share one connection; for one thread at a time."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._engine: sa.Engine = sessions.kw["bind"]
        self._connection: sa.Connection | None = None

    @contextlib.contextmanager
    def __call__(self) -> Iterator[Session]:
        """Open a session that is rolled back at its end unless it was committed."""
        connection = self._connect()
        try:
            with Session(connection, expire_on_commit=False) as session:
                yield session
        finally:
            if connection.closed or connection.invalidated:
                self.close()

    @contextlib.contextmanager
    def begin(self) -> Iterator[Session]:
        """Open a transaction that commits at its end and is rolled back on an exception."""
        with self() as session, session.begin():
            yield session

    def close(self) -> None:
        """Return the connection to the pool; the next session takes another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _connect(self) -> sa.Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection
