"""The relay gate: while one connection holds it alone, no relay of the database has events on the way.

The active relay holds it shared, as an advisory lock. Whoever wants it alone asks by a notification: the
relay gives it back between two batches, when the broker has confirmed all that was sent and the database has
noted it, and goes on when it is free again. Without such a request the gate costs no statement.
"""

import contextlib
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError

KEY: Final = 0x67617465  # "gate"; advisory locks are per database
CHANNEL: Final = "hub_gate"
ASIDE_SECONDS: Final = 0.2  # of a relay that gives way, so that whoever has asked is the next to take it
LOOK_SECONDS: Final = 0.02  # between two looks of a relay at whether the gate is free again
TAKE_SECONDS: Final = 2.0  # for all gates together; what has been taken is given back then
IDLE_SECONDS: Final = 10  # without a statement, after which PostgreSQL frees a gate whose holder is halted
LOCK_NOT_AVAILABLE: Final = "55P03"  # PostgreSQL, "Error Codes"

_SHARE = sa.text("SELECT pg_try_advisory_lock_shared(:key)")
_GIVE_BACK = sa.text("SELECT pg_advisory_unlock_shared(:key)")

Pause = Callable[[float], None]  # waits so many seconds


class Occupied(Exception):
    """A relay did not give way in time; nothing is held."""

    def __init__(self, publisher: str) -> None:
        super().__init__(f"the relay of {publisher} is in the middle of a batch")
        self.publisher = publisher


def enter(lock: Any, pause: Pause, giving_up: Callable[[], bool]) -> bool:
    """Hold the gate shared, as the active relay; False when waiting for it was given up.

    Args:
        lock: the relay's connection, which listens to CHANNEL.
        pause: waits without holding up the rest of the process.
        giving_up: asked while the gate is taken.
    """
    while not giving_up():
        if lock.scalar(_SHARE, {"key": KEY}):
            return True
        pause(LOOK_SECONDS)
    return False


def asked(notifications: Iterable[Any]) -> bool:
    """Whether one of these notifications of psycopg2 asks the relay to give way."""
    return any(one.channel == CHANNEL for one in notifications)


def give_way(lock: Any, pause: Pause, giving_up: Callable[[], bool]) -> bool:
    """Let whoever has asked hold the gate, and take it again afterwards; arguments and answer as `enter`."""
    lock.execute(_GIVE_BACK, {"key": KEY})
    pause(ASIDE_SECONDS)
    return enter(lock, pause, giving_up)


class Held:
    """The gates of several publishers, held alone; each with a connection in autocommit."""

    def __init__(self) -> None:
        self.connections: dict[str, sa.Connection] = {}

    def require(self) -> None:
        """See that all are still held.

        Raises:
            sqlalchemy.exc.DBAPIError: PostgreSQL has ended a connection, and its gate is free.
        """
        for connection in self.connections.values():
            connection.execute(sa.text("SELECT 1"))


@contextlib.contextmanager
def held(engines: Mapping[str, sa.Engine], seconds: float = TAKE_SECONDS) -> Iterator[Held]:
    """Hold the gates of these publishers alone: all that they have sent is confirmed and noted.

    Args:
        engines: publisher → its database.
        seconds: after which a relay that does not give way is waited for no longer.

    Raises:
        Occupied: a relay does not give way, or another command holds a gate.
        sqlalchemy.exc.SQLAlchemyError: a database does not answer.
    """
    until, gates = time.monotonic() + seconds, Held()
    with contextlib.ExitStack() as stack:
        for publisher, engine in sorted(engines.items()):  # one order for everybody: no two wait crosswise
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
    """Give the gate back, unless it is lost, and leave nothing to whoever uses the connection next."""
    if connection.invalidated:
        return
    with contextlib.suppress(DBAPIError):
        connection.exec_driver_sql("SELECT pg_advisory_unlock_all()")
        connection.exec_driver_sql("RESET lock_timeout; RESET idle_session_timeout")
