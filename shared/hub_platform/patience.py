"""The edge that waits for PostgreSQL: other greenlets go on meanwhile, and a silent server is given up.

psycopg2 calls `wait` whenever it would block. eventlet's own callback waits without an end, and libpq's
`connect_timeout` does not count where a callback waits.
"""

import time

import psycopg2
from eventlet import hubs
from psycopg2 import extensions

from hub_platform.database import CONNECT_SECONDS, patience


class DatabaseSilent(psycopg2.OperationalError):  # type: ignore[misc]  # psycopg2 ships no types
    """The server has said nothing for so long that it is given up; psycopg2 closes the connection."""


def be_patient() -> None:
    """Let psycopg2 wait by `wait`; call it after eventlet has patched psycopg2."""
    extensions.set_wait_callback(wait)


def wait(connection: extensions.connection, _timeout: float = -1) -> None:
    """Wait until psycopg2 has what it waits for.

    While a connection is made the limit counts for the whole of it, afterwards from the last thing said.

    Raises:
        DatabaseSilent: the server's silence lasted longer than `database.patience`.
    """
    connecting = connection.status == extensions.STATUS_SETUP
    ends = time.monotonic() + (CONNECT_SECONDS if connecting else patience.get())
    while (state := connection.poll()) != extensions.POLL_OK:
        if state not in (extensions.POLL_READ, extensions.POLL_WRITE):
            raise psycopg2.OperationalError("the connection is broken")
        if not connecting:
            ends = time.monotonic() + patience.get()
        hubs.trampoline(
            connection.fileno(),
            read=state == extensions.POLL_READ,
            write=state == extensions.POLL_WRITE,
            timeout=max(0.0, ends - time.monotonic()),
            timeout_exc=DatabaseSilent("the server says nothing"),
        )
