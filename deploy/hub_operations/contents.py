"""The contents of a database in a form that can be compared: for each table its rows and a digest."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

_TABLES = """
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""
# The text of a value must not depend on the server's settings.
_SPELLING = (
    "SET LOCAL TimeZone TO 'UTC'; SET LOCAL DateStyle TO 'ISO'; SET LOCAL IntervalStyle TO 'postgres';"
    " SET LOCAL extra_float_digits TO 1; SET LOCAL bytea_output TO 'hex'"
)
# Independent of the order of rows: the sum of half of each row's MD5.
_CONTENTS = """
    SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric), 0)::text
    FROM {table} AS t
"""


@dataclass(frozen=True)
class Contents:
    """Number of rows of a table and a digest of them."""

    rows: int
    digest: str


def contents_of(connection: Connection) -> dict[str, Contents]:
    """Return the contents of every table in the connection's snapshot: schema-qualified name → contents."""
    connection.execute(sa.text(_SPELLING))
    tables = list(connection.execute(sa.text(_TABLES)).scalars())
    return {
        table: Contents(*connection.execute(sa.text(_CONTENTS.format(table=table))).one()) for table in tables
    }


def differences(
    wanted: Mapping[str, Mapping[str, Contents]], found: Mapping[str, Mapping[str, Contents]]
) -> Iterator[str]:
    """Yield a sentence for each table that differs; arguments are service → table → contents."""
    for service, tables in wanted.items():
        there = found.get(service, {})
        for table in sorted(tables.keys() | there.keys()):
            was, now = tables.get(table), there.get(table)
            if was is None or now is None:
                yield f"{service}: {table} is {'new' if was is None else 'missing'}."
            elif was.rows != now.rows:
                yield f"{service}: {table} had {was.rows:,} rows and has {now.rows:,}."
            elif was != now:
                yield f"{service}: rows of {table} differ from the backup."
