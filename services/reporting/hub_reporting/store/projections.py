"""Writes what was heard: many rows at once, the highest revision of each."""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import cache
from typing import Any, Final, cast

import sqlalchemy as sa
from sqlalchemy.orm import Session

from hub_reporting.models import Projected

# Written once: building it anew with every batch costs more than sending it.
_NOTE_SOURCE: Final = sa.text(
    """
    INSERT INTO sources AS known (source, hub, events, up_to, projected_at)
    VALUES (:source, :hub, :events, :up_to, :projected_at)
    ON CONFLICT (source) DO UPDATE SET
      events = known.events + excluded.events,
      up_to = greatest(least(known.up_to, CAST(:latest AS timestamptz)), excluded.up_to),
      projected_at = excluded.projected_at
    """
)


@cache
def key_of(model: type[Projected]) -> tuple[str, ...]:
    """The names of a read model's key."""
    return tuple(column.name for column in _table(model).primary_key)


def save(session: Session, model: type[Projected], rows: Sequence[Mapping[str, Any]]) -> None:
    """Keep rows, each key once, unless a later revision of it is known.

    The same revision is written again, so that events that are heard once more fill in new columns.
    """
    session.execute(_upsert(model), {"rows": json.dumps(rows, default=str)})


def note_source(
    session: Session,
    source: str,
    hub: str,
    *,
    events: int,
    up_to: datetime,
    latest: datetime,
    now: datetime,
) -> None:
    """Count events of a source in; what is known to be heard up to is no later than `latest`."""
    values = {"source": source, "hub": hub, "events": events, "up_to": up_to, "latest": latest}
    values["projected_at"] = now
    session.execute(_NOTE_SOURCE, values)


@cache
def _upsert(model: type[Projected]) -> sa.TextClause:
    """One statement with one parameter, the rows as JSON: four times as fast as one for each row."""
    table = _table(model)
    columns = ", ".join(column.name for column in table.c)
    others = ", ".join(f"{c.name} = excluded.{c.name}" for c in table.c if not c.primary_key)
    return sa.text(
        f"INSERT INTO {table.name} ({columns})"  # noqa: S608 - names of our own tables and columns
        f" SELECT {columns} FROM json_populate_recordset(NULL::{table.name}, CAST(:rows AS json))"
        f" ON CONFLICT ({', '.join(key_of(model))})"
        f" DO UPDATE SET {others} WHERE excluded.revision >= {table.name}.revision"
    )


def _table(model: type[Projected]) -> sa.Table:
    return cast("sa.Table", model.__table__)
