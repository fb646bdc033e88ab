"""PostgreSQL's own log holds no statement and no value, whatever fails: both hold what a caller sent."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psycopg2
import pytest
import sqlalchemy as sa
from tests.support.waiting import wait_until

from hub_local import postgres
from hub_local.processes import Programs

TOLD = "Ada-Nunez-1234567"  # a name and a TRN, in every statement that fails

TABLE = """CREATE TABLE people
(trn text PRIMARY KEY CHECK (length(trn) < 20), born date NOT NULL, note varchar(30))"""


@dataclass(frozen=True)
class Server:
    """A private server, as `make run` starts it, and what it has logged."""

    url: sa.URL
    log: Path

    def connect(self, **settings: str) -> "psycopg2.extensions.connection":
        options = " ".join(f"-c {name}={value}" for name, value in settings.items())
        address = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        return psycopg2.connect(address, options=options)

    def fails(self, *statements: str, **settings: str) -> None:
        """Run statements, the last of which fails."""
        connection = self.connect(**settings)
        with pytest.raises(psycopg2.Error), connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        connection.close()


@pytest.fixture(name="server", scope="module")
def _server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("database")
    programs = Programs(folder / "log", folder / "run")
    private = postgres.start(programs, folder / "postgres", folder / "secrets", durable=False)
    server = Server(private.url, folder / "log" / "postgres.log")
    try:
        with server.connect() as connection, connection.cursor() as cursor:
            cursor.execute(TABLE)
            cursor.execute("INSERT INTO people VALUES ('Ada-Nunez-1234567', '2000-01-01')")
        connection.close()
        yield server
    finally:
        private.stop()


@pytest.mark.parametrize(
    "statement",
    [
        "SELECT 'Ada-Nunez-1234567'::integer",
        "SELECT 'Ada-Nunez-1234567'::uuid",
        "SELECT 'Ada-Nunez-1234567'::timestamptz",
        "SELECT '{\"a\": Ada-Nunez-1234567'::jsonb",
        "INSERT INTO people VALUES ('Ada-Nunez-1234567', '2000-01-01')",
        "INSERT INTO people VALUES ('Ada-Nunez-1234567-Ada-Nunez-1234567', '2000-01-01')",
        "INSERT INTO people VALUES ('1', NULL, 'Ada-Nunez-1234567')",
        "INSERT INTO people VALUES ('2', '2000-01-01', repeat('Ada-Nunez-1234567', 9))",
        'SELECT "Ada-Nunez-1234567" FROM people',
        "SELEKT 'Ada-Nunez-1234567'",
        "SELECT 1 FROM people WHERE note ~ 'Ada-Nunez-1234567('",
        "DO $$ BEGIN RAISE WARNING 'Ada-Nunez-1234567'; RAISE EXCEPTION 'Ada-Nunez-1234567'; END $$",
        "SELECT convert_from('Ada-Nunez-1234567\\xff'::bytea, 'UTF8')",
    ],
)
def test_a_statement_that_fails_leaves_nothing_in_the_log(server: Server, statement: str) -> None:
    """Before: the text of an error stood there, as in `invalid input syntax for type integer: "…"`."""
    server.fails(statement)
    assert TOLD not in server.log.read_text()


def test_a_statement_that_takes_too_long_or_waits_for_a_lock_leaves_nothing(server: Server) -> None:
    server.fails("SELECT pg_sleep(9), 'Ada-Nunez-1234567'", statement_timeout="50")
    with server.connect() as holder, holder.cursor() as cursor:
        cursor.execute("UPDATE people SET note = 'x' WHERE trn = 'Ada-Nunez-1234567'")
        server.fails(
            "DELETE FROM people WHERE trn = 'Ada-Nunez-1234567'",
            lock_timeout="300",
            deadlock_timeout="50",
            log_lock_waits="on",
        )
    holder.close()
    assert TOLD not in server.log.read_text()


def test_a_deadlock_leaves_neither_statement_in_the_log(server: Server) -> None:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("INSERT INTO people VALUES ('a', '2000-01-01'), ('b', '2000-01-01')")
    connection.close()
    first, second = (server.connect(deadlock_timeout="50") for _ in range(2))
    update = "UPDATE people SET note = 'Ada-Nunez-1234567' WHERE trn = '{}'"
    first.cursor().execute(update.format("a"))
    second.cursor().execute(update.format("b"))
    failed: list[str | None] = []

    def cross(connection: "psycopg2.extensions.connection", key: str) -> None:
        try:
            connection.cursor().execute(update.format(key))
        except psycopg2.Error as exc:
            failed.append(exc.pgcode)

    crossing = threading.Thread(target=cross, args=(first, "b"))
    crossing.start()
    cross(second, "a")
    for connection in (second, first):
        with suppress(psycopg2.Error):
            connection.rollback()
    crossing.join()
    assert failed == ["40P01"]
    assert TOLD not in server.log.read_text()


def test_a_role_of_a_service_cannot_have_its_statements_logged(server: Server) -> None:
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("CREATE ROLE visits_of_a_test")
    connection.close()
    for name, value in (
        ("log_statement", "all"),
        ("log_min_duration_statement", "0"),
        ("log_min_messages", "debug5"),
        ("log_min_error_statement", "error"),
        ("log_error_verbosity", "verbose"),
    ):
        server.fails("SET ROLE visits_of_a_test", f"SET {name} = '{value}'")


def test_a_server_process_that_is_killed_is_logged_without_its_statement(server: Server) -> None:
    """Before terse logging: `Failed process was running: …`."""
    victim = server.connect()
    with victim.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        row = cursor.fetchone()
    assert row is not None
    with pytest.raises(psycopg2.Error), victim.cursor() as cursor:
        threading.Timer(0.3, os.kill, (row[0], signal.SIGKILL)).start()
        cursor.execute("SELECT pg_sleep(30), 'Ada-Nunez-1234567'")
    wait_until(lambda: postgres.answers(server.url), deadline=30)
    logged = server.log.read_text()
    assert "terminated by signal 9" in logged, "what the server says of itself is still told"
    assert TOLD not in logged
