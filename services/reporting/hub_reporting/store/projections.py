"""Writes rows of read models, many at once and each key at its highest revision."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_reporting.models import Projected

Values = Mapping[str, object]  # the columns of one row
Key = tuple[Any, ...]  # values of a primary key: comparable, but of a type for each column

# A constant: building this statement for every batch takes longer than executing it.
_NOTE_PROGRESS: Final = sa.text(
    """
    INSERT INTO sources AS known (source, hub, events, up_to, projected_at)
    VALUES (:source, :hub, :events, :up_to, :projected_at)
    ON CONFLICT (source) DO UPDATE SET
      events = known.events + excluded.events,
      up_to = greatest(least(known.up_to, CAST(:latest AS timestamptz)), excluded.up_to),
      projected_at = excluded.projected_at
    """
)


@dataclass(frozen=True, kw_only=True)
class Progress:
    """Events of one source that a batch projects."""

    source: str
    hub: str
    events: int
    up_to: datetime  # time of the newest of them
    latest: datetime  # the stored `up_to` is lowered to this instant where it is later
    projected_at: datetime


def key_of(model: type[Projected], values: Values) -> Key:
    """Return the values of a row's primary key."""
    return tuple([values[name] for name in _key_columns(model)])


def save(session: Session, model: type[Projected], rows: Sequence[Values]) -> None:
    """Insert rows of one model with distinct keys; update a stored row unless its revision is higher.

    The same revision is written again, so that a replay fills columns that were added since.
    """
    session.execute(_upsert(model), {"rows": json.dumps(rows, default=str)})


def note_progress(session: Session, progress: Progress) -> None:
    """Add a batch to what its source has had projected."""
    session.execute(_NOTE_PROGRESS, asdict(progress))


@cache
def _key_columns(model: type[Projected]) -> tuple[str, ...]:
    return tuple(column.name for column in _table(model).primary_key)


@cache
def _upsert(model: type[Projected]) -> sa.TextClause:
    """Build one statement with one parameter, the rows as JSON: four times as fast as one for each row."""
    table = _table(model)
    key = ", ".join(_key_columns(model))
    columns = ", ".join(column.name for column in table.c)
    others = ", ".join(f"{c.name} = excluded.{c.name}" for c in table.c if not c.primary_key)
    return sa.text(
        f"INSERT INTO {table.name} ({columns})"  # noqa: S608 - names of our own tables and columns
        f" SELECT {columns} FROM json_populate_recordset(NULL::{table.name}, CAST(:rows AS json))"
        f" ON CONFLICT ({key})"
        f" DO UPDATE SET {others} WHERE excluded.revision >= {table.name}.revision"
    )


def _table(model: type[Projected]) -> sa.Table:
    return cast("sa.Table", model.__table__)
