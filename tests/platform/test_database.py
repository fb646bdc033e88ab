"""Connections to PostgreSQL that broke while they were idle."""

import contextlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from tests.support.postgres import PostgresServer

from hub_messaging import sessions as messaging_sessions
from hub_platform import database
from hub_platform.database import Sessions, make_sessions
from hub_platform.problems import problem_of

WHO = sa.text("SELECT pg_backend_pid()")
Make = Callable[[float], Sessions]


@pytest.fixture(name="make")
def _make(database_url: str) -> Iterator[Make]:
    """Make sessions whose connections are asked after so many seconds."""
    made: list[Sessions] = []

    def make(asked_after: float) -> Sessions:
        made.append(make_sessions(database_url, asked_after=asked_after))
        return made[-1]

    yield make
    for sessions in made:
        sessions.kw["bind"].dispose()


def who(sessions: Sessions) -> int:
    with sessions() as session:
        return int(session.scalar(WHO))


def cut_two(sessions: Sessions, postgres: PostgresServer) -> set[int]:
    """Let the server end both connections that the pool holds."""
    with sessions() as one, sessions() as other:
        cut = {one.scalar(WHO), other.scalar(WHO)}
    for number in cut:
        postgres.execute(f"SELECT pg_terminate_backend({number}, 5000)")
    return cut


def test_a_connection_that_broke_while_idle_is_replaced_before_its_use(
    make: Make, postgres: PostgresServer
) -> None:
    sessions = make(0)
    cut = cut_two(sessions, postgres)
    assert {who(sessions), who(sessions)}.isdisjoint(cut)


def test_one_that_was_used_just_now_is_not_asked_and_costs_one_request_when_it_broke(
    make: Make, postgres: PostgresServer
) -> None:
    sessions = make(3600)
    cut = cut_two(sessions, postgres)
    with pytest.raises(OperationalError):
        who(sessions)
    assert {who(sessions), who(sessions)}.isdisjoint(cut)


def test_a_connection_that_works_is_kept(make: Make) -> None:
    sessions = make(0)
    assert who(sessions) == who(sessions)


def test_commands_reach_databases_as_services_do() -> None:
    assert messaging_sessions.REACHED == database.REACHED


@pytest.mark.parametrize("reaching", [messaging_sessions.reaching, database.reaching])
def test_what_an_address_says_of_itself_comes_first(reaching: Callable[[str], dict[str, Any]]) -> None:
    own = reaching("postgresql+psycopg2://hub@db/hub?connect_timeout=30&sslmode=require")
    assert "connect_timeout" not in own
    assert own["tcp_user_timeout"] == 20_000


def test_the_limits_of_a_session_hold_in_the_server_and_an_address_may_change_them(database_url: str) -> None:
    def limits(url: str) -> list[str]:
        with make_sessions(url)() as session:
            shown = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout")
            return [str(session.scalar(sa.text(f"SHOW {name}"))) for name in shown]

    assert limits(database_url) == ["20s", "10s", "30s"]
    assert limits(f"{database_url}?options=-c%20statement_timeout%3D60s") == ["1min", "10s", "30s"]


def test_a_request_that_waits_for_a_lock_is_answered_that_it_gave_way(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(database.SESSION, "lock_timeout", "50ms")
    sessions = make(3600)
    lock = sa.text("SELECT pg_advisory_xact_lock(1)")
    with sessions.begin() as first, pytest.raises(OperationalError) as raised, sessions.begin() as second:
        first.execute(lock)
        second.execute(lock)
    assert problem_of(raised.value).code == "gave_way"


def test_a_pool_that_stays_empty_is_a_service_that_is_busy(
    make: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "POOL_SECONDS", 0.05)
    sessions = make(3600)
    with contextlib.ExitStack() as stack, pytest.raises(sa.exc.TimeoutError) as raised:
        for _ in range(31):
            stack.enter_context(sessions()).connection()
    assert problem_of(raised.value).code == "busy"
