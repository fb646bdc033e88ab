"""PostgreSQL: sessions, and the common types and columns of the services' tables."""

import time
from collections.abc import Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.engine import Dialect
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.orm import Mapped, Session, mapped_column, sessionmaker
from sqlalchemy.pool import ConnectionPoolEntry

from hub_platform.hosts import look_up_hosts

Sessions = sessionmaker[Session]

ASKED_AFTER_SECONDS: Final = 1.0
PING_SECONDS: Final = 3.0  # for a ping of an idle connection
CONNECT_SECONDS: Final = 4
POOL_SECONDS: Final = 5.0  # for one of the pool's connections to become free
# Without an answer, after which a connection is abandoned; longer than statement_timeout.
SILENT_SECONDS: Final = 25.0
# libpq's connection parameters of all programs: a dead network is detected within 25 s.
REACHED: Final[dict[str, int]] = {
    "connect_timeout": CONNECT_SECONDS,
    "keepalives": 1,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,  # milliseconds until what was sent is acknowledged
}
# Settings of a service's sessions: long waits fail, and requests answer 503. The others let the server
# detect clients that have gone, and release their locks.
SESSION: Final = {
    "statement_timeout": "20s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "30s",
    "client_connection_check_interval": "5s",  # a statement ends when its client has gone
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
    "tcp_user_timeout": "20s",
}

# Seconds without an answer after which psycopg2's wait callback (patience.py) fails, for the present work.
patience: ContextVar[float] = ContextVar("patience", default=SILENT_SECONDS)

# Every constraint has a name, by which migrations change it and errors are recognised.
naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An instant: only aware values go in, UTC comes out."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    @property
    def python_type(self) -> type[datetime]:
        """The Python type, by which paging parses the cursor of a list sorted by instants."""
        return datetime

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse a time without a zone, as its instant is ambiguous."""
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give it back in UTC."""
        return None if value is None else value.astimezone(UTC)


# Column type of each Python type, unless a column declares another. Any: each reads another Python type.
kept_as: dict[type, type[sa.types.TypeEngine[Any]]] = {datetime: UtcDateTime, str: sa.Text}


class Tracked:
    """Author and time of a row's creation and last change; `revision` counts its changes."""

    revision: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    created_by: Mapped[str]
    changed_at: Mapped[datetime]
    changed_by: Mapped[str]

    def touch(self, *, now: datetime, by: str) -> None:
        """Record a change."""
        self.revision += 1
        self.changed_at, self.changed_by = now, by


def made(now: datetime, by: str) -> dict[str, object]:
    """Return the values of a new row's Tracked columns."""
    return {"revision": 1, "created_at": now, "created_by": by, "changed_at": now, "changed_by": by}


def one_of(column: str, values: Iterable[str]) -> sa.CheckConstraint:
    """Return a constraint that limits a column to a list of words."""
    words = ", ".join(f"'{value}'" for value in values)
    return sa.CheckConstraint(f"{column} IN ({words})", name=column)


def reaching(url: str | sa.URL) -> dict[str, int]:
    """Return SQLAlchemy's `connect_args` for a database; parameters in its address take precedence."""
    own = sa.make_url(url).query
    return {name: value for name, value in REACHED.items() if name not in own}


def make_sessions(url: str, *, asked_after: float = ASKED_AFTER_SECONDS) -> Sessions:
    """Return a source of sessions, which connects at the first use.

    Parameters in the address (`?connect_timeout=`, `?options=-c lock_timeout=5s`) take precedence.

    `asked_after`: seconds without use after which a connection is pinged before its use.
    """
    own = sa.make_url(url).query
    options = [f"-c {name}={value}" for name, value in SESSION.items()]
    engine = sa.create_engine(
        url,
        pool_size=10,
        max_overflow=20,
        pool_timeout=POOL_SECONDS,
        hide_parameters=True,  # error messages must not contain names of people
        connect_args=reaching(url) | {"options": " ".join([*options, *_listed(own.get("options"))])},
    )
    sa.event.listen(engine, "do_connect", look_up_hosts)
    _ask_after(engine, asked_after)
    return sessionmaker(engine, expire_on_commit=False)


def engine_of(sessions: Sessions) -> sa.Engine:
    """Return the engine that `make_sessions` has bound the sessions to."""
    engine: sa.Engine = sessions.kw["bind"]
    return engine


def _listed(value: str | tuple[str, ...] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else value or ()


def _ask_after(engine: sa.Engine, seconds: float) -> None:
    """Ping a connection of the pool before its use when it has been idle.

    SQLAlchemy's pool_pre_ping does so at every use, which costs each request a round trip. In either case a
    connection that breaks in use invalidates the pool, and its request is answered with 503.
    """

    @sa.event.listens_for(engine, "checkin")
    def note(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["used_at"] = time.monotonic()

    @sa.event.listens_for(engine, "checkout")
    def ask(connection: DBAPIConnection, record: ConnectionPoolEntry, _holder: object) -> None:
        now = time.monotonic()
        if now - record.info.get("used_at", now) < seconds:
            return
        before = patience.set(PING_SECONDS)
        try:
            engine.dialect.do_ping(connection)
        except engine.dialect.loaded_dbapi.Error as exc:
            raise sa.exc.InvalidatePoolError from exc
        finally:
            patience.reset(before)


def at_head(sessions: Sessions, migrations: Path) -> bool:
    """Return whether every migration of this release has been applied; its id is its file name."""
    head = max(file.stem for file in (migrations / "versions").glob("[0-9]*.py"))
    with sessions() as session:
        return bool(session.scalar(sa.text("SELECT version_num FROM alembic_version")) == head)
