"""How databases are reached, and sessions for a loop that never ends, which keeps its one connection."""

import contextlib
from collections.abc import Iterator
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker

# How a command reaches a database: as services do (hub_platform.database; a test holds the two equal).
REACHED: Final[dict[str, Any]] = {
    "connect_timeout": 4,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


def reaching(url: str | sa.URL) -> dict[str, Any]:
    """How to reach a database by SQLAlchemy: `connect_args`. What its address says itself comes first."""
    own = sa.make_url(url).query
    return {name: value for name, value in REACHED.items() if name not in own}


class OneConnection:
    """Gives sessions like a sessionmaker, all on one connection; for one thread at a time."""

    def __init__(self, sessions: sessionmaker[Session]) -> None:
        self._engine: sa.Engine = sessions.kw["bind"]
        self._connection: sa.Connection | None = None

    @contextlib.contextmanager
    def __call__(self) -> Iterator[Session]:
        """A session whose work is undone at its end unless it was committed."""
        connection = self._connect()
        try:
            with Session(connection, expire_on_commit=False) as session:
                yield session
        finally:
            if connection.closed or connection.invalidated:
                self.close()

    @contextlib.contextmanager
    def begin(self) -> Iterator[Session]:
        """One transaction: committed at its end, undone when an exception passes."""
        with self() as session, session.begin():
            yield session

    def close(self) -> None:
        """Give the connection back; the next session takes another."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _connect(self) -> sa.Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection
