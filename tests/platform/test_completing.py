"""Answers that are completed after the commit: whatever fails then, the change is saved and answered so."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker
from werkzeug.wrappers import Response

from hub_platform import idempotency
from hub_platform.completing import Completed, completed
from hub_platform.idempotency import Attempt

NOW = datetime(2026, 11, 23, 10, tzinfo=UTC)
MINE = Attempt("ada", "key", "fingerprint")
Database = sessionmaker[Session]


@pytest.fixture(name="database")
def _database(database_url: str) -> Iterator[Database]:
    engine = sa.create_engine(database_url)
    idempotency.metadata.create_all(engine)
    yield sessionmaker(engine)
    engine.dispose()


def saved(database: Database) -> Response:
    """Take the key and keep the first answer, as the route does in its transaction."""
    first = Response("first", 200)
    with database.begin() as session:
        assert idempotency.first_answer(session, MINE, now=NOW) is None
        idempotency.keep(session, MINE, first)
    return first


def repeated(database: Database) -> tuple[int, bytes]:
    with database.begin() as session:
        answer = idempotency.first_answer(session, MINE, now=NOW)
    assert answer is not None
    return answer.status_code, answer.get_data()


def complete(database: Database, first: Response, make: Any, attempt: Attempt | None = MINE) -> bytes:
    result = Completed("first", make)
    response = completed(result, first, attempt, lambda made: Response(str(made)), database)
    return response.get_data()


def test_the_whole_answer_is_given_and_stored_for_a_repeat(database: Database) -> None:
    first = saved(database)
    assert complete(database, first, lambda: "whole") == b"whole"
    assert repeated(database) == (200, b"whole")


def test_without_a_key_nothing_is_stored(database: Database) -> None:
    first = saved(database)
    assert complete(database, first, lambda: "whole", attempt=None) == b"whole"
    assert repeated(database) == (200, b"first")


@pytest.mark.parametrize("error", [RuntimeError("x"), KeyError("x")], ids=repr)
def test_an_answer_that_cannot_be_completed_is_the_first(database: Database, error: Exception) -> None:
    def fail() -> None:
        raise error

    first = saved(database)
    assert complete(database, first, fail) == b"first"
    assert repeated(database) == (200, b"first")


def test_an_answer_that_was_erased_meanwhile_stays_erased(database: Database) -> None:
    first = saved(database)

    def erase() -> str:
        with database.begin() as session:
            idempotency.erase(session, b"first")
        return "whole"

    assert complete(database, first, erase) == b"whole"
    assert repeated(database)[0] == 410
