"""Differences between two states of a database: rows changed, deleted and added."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

Row = tuple[str, tuple[Any, ...]]  # table and primary key
Rows = dict[Row, dict[str, Any]]


@dataclass(frozen=True)
class Changes:
    """Rows before and after."""

    before: Rows
    after: Rows

    @property
    def changed(self) -> set[Row]:
        """Rows that are there as before, with other values."""
        return {row for row in self.before.keys() & self.after.keys() if self.before[row] != self.after[row]}

    @property
    def deleted(self) -> set[Row]:
        """Rows that are gone."""
        return self.before.keys() - self.after.keys()

    @property
    def added(self) -> set[Row]:
        """Rows that are new."""
        return self.after.keys() - self.before.keys()

    def counts(self) -> dict[str, int]:
        """Return the number of changed or deleted rows of each table that has any."""
        tables = sorted(table for table, _ in self.changed | self.deleted)
        return {table: tables.count(table) for table in dict.fromkeys(tables)}

    def columns(self, row: Row) -> set[str]:
        """Return the names of the columns of a changed row that have other values."""
        before, after = self.before[row], self.after[row]
        return {name for name in before if before[name] != after[name]}


def all_rows(session: Session, tables: Sequence[sa.Table]) -> Rows:
    """Read every row of some tables."""
    session.flush()
    return {
        (table.name, tuple(row[column.name] for column in table.primary_key)): dict(row)
        for table in tables
        for row in session.execute(sa.select(table)).mappings()
    }


def changes_of(session: Session, tables: Sequence[sa.Table], act: Callable[[], Any]) -> Changes:
    """Do something and tell what it did to the rows of some tables."""
    before = all_rows(session, tables)
    act()
    return Changes(before, all_rows(session, tables))
