"""Connections to PostgreSQL that broke while nobody used them."""

from collections.abc import Callable, Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import OperationalError
from tests.support.postgres import PostgresServer

from hub_platform.database import Sessions, make_sessions

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


def test_a_connection_that_broke_unused_is_replaced_before_somebody_works_with_it(
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
