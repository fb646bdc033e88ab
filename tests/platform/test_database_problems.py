"""What a caller is told when the database refuses: whether it is away, or gave way to another."""

import json

import pytest
import sqlalchemy as sa

from hub_platform.problems import problem_of


class Deadlock(Exception):
    """What psycopg2 raises."""

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
