"""The audit of a running service as tests read it; and a database that refuses to write it."""

import contextlib
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from hub_platform.audit import audit

Row = dict[str, Any]


def rows(url: str, **wanted: Any) -> list[Row]:
    """Rows of the audit in the order of writing, those with the wanted values."""
    statement = sa.select(audit).order_by(audit.c.id)
    for name, value in wanted.items():
        statement = statement.where(audit.c[name] == value)
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.connect() as connection:
        return [dict(row) for row in connection.execute(statement).mappings()]


@contextlib.contextmanager
def unwritable(url: str) -> Iterator[None]:
    """Let PostgreSQL refuse every new row of the audit."""
    with executing(
        url,
        "ALTER TABLE audit ADD CONSTRAINT no_more CHECK (false) NOT VALID",
        "ALTER TABLE audit DROP CONSTRAINT no_more",
    ):
        yield


@contextlib.contextmanager
def executing(url: str, before: str, after: str) -> Iterator[None]:
    """Run one SQL statement now and another one at the end."""
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(before)
    try:
        yield
    finally:
        with engine.begin() as connection:
            connection.exec_driver_sql(after)
