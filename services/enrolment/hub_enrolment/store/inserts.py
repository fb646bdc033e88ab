"""Inserts of PostgreSQL's own kind: thousands of rows at once; a row unless another has its value."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any, Final, TypeVar

from sqlalchemy import ARRAY, cast, func, inspect, literal, select
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.orm import Session

from hub_enrolment.models import Base

T = TypeVar("T")

ROWS_AT_ONCE: Final = 2_000  # a few megabytes of a statement


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """Many values, as many at a time as fit into a statement."""
    remaining = iter(values)
    while part := list(islice(remaining, ROWS_AT_ONCE)):
        yield part


def insert_rows(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> Insert:
    """The statement that inserts these rows, each column sent as one array.

    There is at least one row, and all have the same columns.
    """
    columns = [model.__table__.c[name] for name in rows[0]]
    arrays = [cast([row[column.name] for row in rows], ARRAY(column.type)) for column in columns]
    return insert(model).from_select(columns, select(*(func.unnest(array) for array in arrays)))


def insert_unless_taken(session: Session, row: Base, unique: str) -> bool:
    """Insert a row; False when another has its value in the unique column, also one being written now."""
    values = {column.key: getattr(row, column.key) for column in inspect(type(row)).column_attrs}
    statement = insert(type(row)).values(values).on_conflict_do_nothing(index_elements=[unique])
    return session.execute(statement.returning(literal(1))).first() is not None
