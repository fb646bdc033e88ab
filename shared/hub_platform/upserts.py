"""Writing rows that copy another service's facts: an older or repeated event never replaces a newer one."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import DeclarativeBase, Session


def upsert_newer(session: Session, row: DeclarativeBase, *, counter: str = "revision") -> bool:
    """Insert a row, or update the stored one if its revision is lower.

    Only the columns that were set on `row` are written, so several events can each fill a part of one row.

    Args:
        session: an open transaction; the row itself is not added to it.
        row: a new instance of a mapped class, its primary key and `counter` included.
        counter: the column with the revision of the event from which the values are.

    Returns:
        Whether anything was written.
    """
    values, keys, column = _values(row), _keys(row), type(row).__table__.c[counter]
    changes = {name: value for name, value in values.items() if name not in keys}
    written = session.execute(
        insert(type(row))
        .values(**values)
        .on_conflict_do_update(index_elements=list(keys), set_=changes, where=column < values[counter])
        .returning(column)
    )
    return written.first() is not None


def update_newer(session: Session, row: DeclarativeBase, *, counter: str = "revision") -> bool:
    """Update the stored row if its revision is lower; a row that is not stored is not inserted.

    Arguments and result are those of `upsert_newer`.
    """
    values, keys, table = _values(row), _keys(row), type(row).__table__
    changed = session.execute(
        sa.update(type(row))
        .where(*(table.c[name] == values[name] for name in keys), table.c[counter] < values[counter])
        .values({name: value for name, value in values.items() if name not in keys})
        .returning(table.c[counter])
    )
    return changed.first() is not None


def _values(row: DeclarativeBase) -> dict[str, object]:
    return {name: value for name, value in vars(row).items() if name != "_sa_instance_state"}


def _keys(row: DeclarativeBase) -> tuple[str, ...]:
    return tuple(column.name for column in sa.inspect(type(row)).primary_key)
