"""The stored error of a delivery: enough to act upon, and no value of a row."""

import pytest
import sqlalchemy as sa

from hub_messaging.retries import say

TABLE = """CREATE TABLE people
(trn text PRIMARY KEY, born date NOT NULL, CONSTRAINT adult CHECK (born < '2010-01-01'))"""


@pytest.mark.parametrize(
    ("statement", "kept"),
    [
        (
            "INSERT INTO people VALUES ('1234567', '2000-01-01'), ('1234567', '2000-01-01')",
            "IntegrityError: SQLSTATE 23505, table people, constraint people_pkey",
        ),
        (
            "INSERT INTO people VALUES ('1234567', '2020-01-01')",
            "IntegrityError: SQLSTATE 23514, table people, constraint adult",
        ),
        (
            "INSERT INTO people VALUES ('1234567')",
            "IntegrityError: SQLSTATE 23502, table people, column born",
        ),
        ("SELECT '1234567 Ada'::date", "DataError: SQLSTATE 22007"),
        ('SELECT "1234567" FROM people', "ProgrammingError: SQLSTATE 42703"),
    ],
)
def test_of_a_database_error_its_code_and_the_constraint_are_kept(
    database_url: str, statement: str, kept: str
) -> None:
    """Before: its text, with the values of the row and the statement."""
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.execute(sa.text(TABLE))
    with pytest.raises(sa.exc.DBAPIError) as failed, engine.begin() as connection:
        connection.execute(sa.text(statement))
    assert say(failed.value) == kept
    assert say(failed.value.orig or failed.value).partition(": ")[2] == kept.partition(": ")[2]


def test_a_database_that_is_away_is_an_error_without_a_code() -> None:
    engine = sa.create_engine("postgresql+psycopg2://ada:secret@127.0.0.1:1/x", poolclass=sa.NullPool)
    with pytest.raises(sa.exc.OperationalError) as failed:
        engine.connect()
    assert say(failed.value) == "OperationalError: no SQLSTATE"


def test_the_words_of_other_errors_are_kept() -> None:
    assert say(RuntimeError("poison")) == "RuntimeError: poison"
