"""One connection for a loop that never ends: kept while it lives, replaced when it is lost."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session, sessionmaker

from hub_messaging.sessions import OneConnection

WHO = sa.text("SELECT pg_backend_pid()")


@pytest.fixture(name="one")
def _one(database_url: str) -> Iterator[OneConnection]:
    engine = sa.create_engine(database_url)
    with engine.begin() as connection:
        connection.execute(sa.text("CREATE TABLE noted (n integer)"))
    one = OneConnection(sessionmaker(engine))
    yield one
    one.close()
    engine.dispose()


def noted(one: OneConnection) -> list[int]:
    with one() as session:
        return list(session.scalars(sa.text("SELECT n FROM noted ORDER BY n")))


def note(session: Session, n: int) -> None:
    session.execute(sa.text("INSERT INTO noted VALUES (:n)"), {"n": n})


def test_every_session_is_on_the_same_connection(one: OneConnection) -> None:
    seen = set()
    for _ in range(3):
        with one.begin() as session:
            seen.add(session.scalar(WHO))
    assert len(seen) == 1


def test_what_is_not_committed_is_undone(one: OneConnection) -> None:
    with one() as session:
        note(session, 1)
    with pytest.raises(RuntimeError), one.begin() as session:
        note(session, 2)
        raise RuntimeError
    with one.begin() as session:
        note(session, 3)
    assert noted(one) == [3]


def test_a_connection_that_was_lost_is_replaced_by_the_next_session(one: OneConnection) -> None:
    with one() as session:
        before = session.scalar(WHO)
    with pytest.raises(DBAPIError), one.begin() as session:
        note(session, 1)
        session.execute(sa.text("SELECT pg_terminate_backend(pg_backend_pid())"))
    with one() as session:
        assert session.scalar(WHO) != before
    assert noted(one) == []


def test_closing_gives_the_connection_back_and_the_next_session_takes_one(one: OneConnection) -> None:
    with one.begin() as session:
        note(session, 1)
    one.close()
    one.close()
    assert noted(one) == [1]
