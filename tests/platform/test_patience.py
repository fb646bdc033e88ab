"""A database that says nothing: given up in time, while everything else goes on."""

import time
from collections.abc import Iterator

import eventlet
import pytest
import sqlalchemy as sa
from psycopg2 import extensions
from sqlalchemy.exc import OperationalError
from tests.support.pipe import Pipe, piped

from hub_platform import database, patience
from hub_platform.database import Sessions, make_sessions
from hub_platform.problems import problem_of

PATIENCE = 0.6  # seconds, instead of what a service waits


@pytest.fixture(name="through")
def _through(database_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Pipe, Sessions]]:
    """Sessions that reach PostgreSQL through a pipe, in a process that waits as a service does."""
    monkeypatch.setattr(patience, "CONNECT_SECONDS", PATIENCE)
    monkeypatch.setattr(database, "PING_SECONDS", PATIENCE)
    before = database.patience.set(PATIENCE)
    patience.be_patient()
    with piped(database_url) as (pipe, url):
        sessions = make_sessions(url)
        yield pipe, sessions
        sessions.kw["bind"].dispose()
    extensions.set_wait_callback(None)
    database.patience.reset(before)


def one(sessions: Sessions) -> int:
    with sessions() as session:
        return int(session.scalar(sa.text("SELECT 1")))


def test_what_waits_for_the_database_lets_others_go_on(through: tuple[Pipe, Sessions]) -> None:
    _, sessions = through
    one(sessions)
    asked = eventlet.spawn(lambda: sessions().scalar(sa.text("SELECT pg_sleep(0.3)")))
    turns = 0
    while not asked.dead:
        eventlet.sleep(0.01)
        turns += 1
    assert turns > 5


@pytest.mark.parametrize("begun", [False, True], ids=["unused", "in a transaction"])
def test_a_connection_that_falls_silent_is_given_up_as_a_database_that_is_away(
    through: tuple[Pipe, Sessions], begun: bool
) -> None:
    pipe, sessions = through
    with sessions() as session:
        session.scalar(sa.text("SELECT 1"))
        if not begun:
            session.rollback()
        pipe.dead = True
        since = time.monotonic()
        with pytest.raises(OperationalError) as raised:
            session.scalar(sa.text("SELECT 2"))
    assert PATIENCE <= time.monotonic() - since < 10 * PATIENCE
    assert raised.value.connection_invalidated
    problem = problem_of(raised.value)
    assert (problem.status, problem.code) == (503, "database_away")
    pipe.dead = False
    assert one(sessions) == 1


def test_a_server_that_takes_connections_and_says_nothing_is_given_up(
    through: tuple[Pipe, Sessions],
) -> None:
    pipe, sessions = through
    pipe.dead = True
    since = time.monotonic()
    with pytest.raises(OperationalError):
        one(sessions)
    assert PATIENCE <= time.monotonic() - since < 10 * PATIENCE


def test_a_connection_that_fell_silent_while_idle_is_replaced_before_its_use(
    through: tuple[Pipe, Sessions], monkeypatch: pytest.MonkeyPatch
) -> None:
    pipe, sessions = through
    one(sessions)
    later = time.monotonic() + 60
    monkeypatch.setattr(time, "monotonic", lambda: later)
    pipe.swallow()
    assert one(sessions) == 1


def test_a_statement_that_takes_too_long_is_ended_by_the_server_before_it_is_given_up_here() -> None:
    assert float(database.SESSION["statement_timeout"].removesuffix("s")) < database.SILENT_SECONDS
    assert database.SILENT_SECONDS + database.CONNECT_SECONDS <= 30
