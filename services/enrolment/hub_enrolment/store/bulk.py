"""Writing thousands of rows in one statement: PostgreSQL takes each column as one array."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import ARRAY, cast, func, select
from sqlalchemy.dialects.postgresql import Insert, insert

from hub_enrolment.models import Base


def insert_rows(model: type[Base], rows: Sequence[Mapping[str, Any]]) -> Insert:
    """The statement that inserts these rows; there is at least one, and all have the same columns."""
    columns = [model.__table__.c[name] for name in rows[0]]
    arrays = [cast([row[column.name] for row in rows], ARRAY(column.type)) for column in columns]
    return insert(model).from_select(columns, select(*(func.unnest(array) for array in arrays)))
