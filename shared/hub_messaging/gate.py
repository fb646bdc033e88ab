"""The relay gate, an advisory lock: while a command holds it exclusively, no event is in transit.

The active relay holds it shared. A command that wants it exclusively sends a notification. The relay releases
it between two batches, when the broker has confirmed all events and the database has marked them, and
continues when it is free again. Without such a request the gate costs no statement.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Final, Protocol

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

KEY: Final = 0x67617465  # "gate"; advisory locks are per database
CHANNEL: Final = "hub_gate"
ASIDE_SECONDS: Final = 0.2  # in which a relay leaves the gate free, so that the command takes it next
LOOK_SECONDS: Final = 0.02  # between two looks of a relay at whether the gate is free again
TAKE_SECONDS: Final = 2.0  # for all gates together; those already taken are released then
IDLE_SECONDS: Final = 10  # without a statement, after which PostgreSQL frees a gate whose holder is halted
LOCK_NOT_AVAILABLE: Final = "55P03"  # PostgreSQL, "Error Codes"

_SHARE = sa.text("SELECT pg_try_advisory_lock_shared(:key)")
_GIVE_BACK = sa.text("SELECT pg_advisory_unlock_shared(:key)")


class Notification(Protocol):
    """A notification of PostgreSQL, as psycopg2 gives it."""

    channel: str


Pause = Callable[[float], None]  # waits so many seconds


class Occupied(Exception):
    """A relay did not release the gate in time; no gate is held."""

    def __init__(self, publisher: str) -> None:
        super().__init__(f"the relay of {publisher} is in the middle of a batch")
        self.publisher = publisher


def enter(lock: sa.Connection, pause: Pause, giving_up: Callable[[], bool]) -> bool:
    """Take the gate shared, as the active relay; False when the wait was given up.

    Args:
        lock: the relay's connection, which listens to CHANNEL.
        pause: waits without blocking the process.
        giving_up: called while the gate is taken by a command.
    """
    while not giving_up():
        if lock.scalar(_SHARE, {"key": KEY}):
            return True
        pause(LOOK_SECONDS)
    return False


def asked(notifications: Iterable[Notification]) -> bool:
    """Whether one of these notifications of psycopg2 asks the relay to release the gate."""
    return any(one.channel == CHANNEL for one in notifications)


def give_way(lock: sa.Connection, pause: Pause, giving_up: Callable[[], bool]) -> bool:
    """Release the gate to the command, and take it again afterwards; arguments and result as `enter`."""
    lock.execute(_GIVE_BACK, {"key": KEY})
    pause(ASIDE_SECONDS)
    return enter(lock, pause, giving_up)


class Held:
    """The gates of several publishers, held exclusively; each with a connection in autocommit."""

    def __init__(self) -> None:
        self.connections: dict[str, sa.Connection] = {}

    def require(self) -> None:
        """Raise unless all gates are still held.

        Raises:
            sqlalchemy.exc.DBAPIError: PostgreSQL has ended a connection, and its gate is free.
        """
        for connection in self.connections.values():
            connection.execute(sa.text("SELECT 1"))


@contextlib.contextmanager
def held(engines: Mapping[str, sa.Engine], seconds: float = TAKE_SECONDS) -> Iterator[Held]:
    """Hold the gates of these publishers exclusively: all their events are confirmed and marked.

    Args:
        engines: publisher → its database.
        seconds: to wait for the relays.

    Raises:
        Occupied: a relay does not release its gate, or another command holds it.
        sqlalchemy.exc.SQLAlchemyError: a database does not answer.
    """
    until, gates = time.monotonic() + seconds, Held()
    with contextlib.ExitStack() as stack:
        for publisher, engine in sorted(engines.items()):  # one fixed order: two commands cannot deadlock
            connection = stack.enter_context(engine.execution_options(isolation_level="AUTOCOMMIT").connect())
            stack.callback(_free, connection)
            _take(connection, publisher, until - time.monotonic())
            gates.connections[publisher] = connection
        yield gates


def _take(connection: sa.Connection, publisher: str, seconds: float) -> None:
    milliseconds = max(1, int(seconds * 1000))
    connection.exec_driver_sql(
        f"SET lock_timeout = '{milliseconds}ms'; SET idle_session_timeout = '{IDLE_SECONDS}s'"
    )
    connection.execute(sa.text("SELECT pg_notify(:channel, '')"), {"channel": CHANNEL})
    try:
        connection.execute(sa.text("SELECT pg_advisory_lock(:key)"), {"key": KEY})
    except DBAPIError as exc:
        if getattr(exc.orig, "pgcode", None) == LOCK_NOT_AVAILABLE:
            raise Occupied(publisher) from None
        raise


def _free(connection: sa.Connection) -> None:
    """Release the gate, unless it is lost, and reset the connection for its next user."""
    if connection.invalidated:
        return
    with contextlib.suppress(DBAPIError):
        connection.exec_driver_sql("SELECT pg_advisory_unlock_all()")
        connection.exec_driver_sql("RESET lock_timeout; RESET idle_session_timeout")
