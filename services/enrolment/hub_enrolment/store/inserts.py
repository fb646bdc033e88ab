"""PostgreSQL inserts: thousands of rows in one statement, or a row unless its key is taken."""

import typing
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from itertools import islice
from typing import Final, TypeVar

from sqlalchemy import ARRAY, Executable, Table, cast, func, inspect, literal, select
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from hub_enrolment.models import Base

T = TypeVar("T")

ROWS_AT_ONCE: Final = 2_000  # a few megabytes of a statement


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """Split values into lists of at most `ROWS_AT_ONCE`."""
    remaining = iter(values)
    while part := list(islice(remaining, ROWS_AT_ONCE)):
        yield part


def insert_rows(model: type[Base], rows: Sequence[Mapping[str, object]]) -> Insert:
    """Build the statement that inserts rows, each column sent as one array.

    `rows`: at least one, all with the same columns.
    """
    columns = [model.__table__.c[name] for name in rows[0]]
    arrays = [cast([row[column.name] for row in rows], ARRAY(column.type)) for column in columns]
    return insert(model).from_select(columns, select(*(func.unnest(array) for array in arrays)))


def insert_unless_taken(session: Session, row: Base, unique: str) -> bool:
    """Insert a row; return False when another, also an uncommitted one, has its value in `unique`."""
    values = {one.columns[0].key: getattr(row, one.key) for one in inspect(type(row)).column_attrs}
    return session.execute(_unless_taken(type(row), unique), values).first() is not None


@cache
def _unless_taken(model: type[Base], unique: str) -> Executable:
    """Built once for a table: building a statement costs more than sending it."""
    table = typing.cast("Table", model.__table__)
    return insert(table).on_conflict_do_nothing(index_elements=[unique]).returning(literal(1))
