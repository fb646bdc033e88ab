"""Answers when the database refuses: it is away, or the transaction gave way to another one."""

import json

import pytest
import sqlalchemy as sa

from hub_platform.problems import problem_of


class Deadlock(Exception):
    """An exception of psycopg2 with an error code."""

    def __init__(self, code: str | None) -> None:
        super().__init__()
        self.pgcode = code


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("40P01", "gave_way"),
        ("40001", "gave_way"),
        ("55P03", "gave_way"),
        ("57014", "took_too_long"),
        ("57P01", "database_away"),
        (None, "database_away"),
    ],
)
def test_a_deadlock_is_not_a_database_that_is_away(code: str | None, said: str) -> None:
    """Before: "The database does not answer"."""
    problem = problem_of(sa.exc.OperationalError("SELECT", {}, Deadlock(code)))
    assert (problem.status, problem.code) == (503, said)
    assert problem.headers["Retry-After"].isdecimal()
    assert json.dumps(problem.detail)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (sa.exc.TimeoutError("QueuePool limit"), "busy"),
        (sa.exc.InterfaceError("SELECT", {}, Deadlock(None)), "database_away"),
        (sa.exc.InternalError("SELECT", {}, Deadlock("25006")), "database_away"),
        (sa.exc.InternalError("SELECT", {}, Deadlock("25P03"), connection_invalidated=True), "database_away"),
        (sa.exc.DBAPIError("SELECT", {}, Deadlock(None), connection_invalidated=True), "database_away"),
        (sa.exc.DBAPIError("SELECT", {}, Deadlock("40001")), "gave_way"),
    ],
    ids=["no connection free", "connection closed", "read only", "ended while idle", "lost", "gave way"],
)
def test_whatever_passes_by_itself_is_answered_503(error: Exception, said: str) -> None:
    problem = problem_of(error)
    assert (problem.status, problem.code) == (503, said)
    assert problem.headers["Retry-After"].isdecimal()


@pytest.mark.parametrize("kind", [sa.exc.ProgrammingError, sa.exc.InternalError, sa.exc.IntegrityError])
def test_a_fault_of_ours_is_no_database_that_is_away(kind: type[sa.exc.DBAPIError]) -> None:
    assert problem_of(kind("SELECT", {}, Deadlock("25P02"))).status == 500
