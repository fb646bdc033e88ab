"""What is in a database, told so that two can be compared: rows of each table, and a digest of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.engine import Connection

_TABLES = """
    SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
    WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""
# How values are written out must not depend on the server they are read from.
_SPELLING = (
    "SET LOCAL TimeZone TO 'UTC'; SET LOCAL DateStyle TO 'ISO'; SET LOCAL IntervalStyle TO 'postgres';"
    " SET LOCAL extra_float_digits TO 1; SET LOCAL bytea_output TO 'hex'"
)
# The same whatever order the rows come in: half of each row's MD5, added up.
_CONTENTS = """
    SELECT count(*), coalesce(sum(('x' || left(md5(t::text), 16))::bit(64)::bigint::numeric), 0)::text
    FROM {table} AS t
"""


@dataclass(frozen=True)
class Contents:
    """One table."""

    rows: int
    digest: str


def contents_of(connection: Connection) -> dict[str, Contents]:
    """Every table of a database, as this connection sees it now; schema-qualified name → contents."""
    connection.execute(sa.text(_SPELLING))
    tables = list(connection.execute(sa.text(_TABLES)).scalars())
    return {
        table: Contents(*connection.execute(sa.text(_CONTENTS.format(table=table))).one()) for table in tables
    }


def differences(
    wanted: Mapping[str, Mapping[str, Contents]], found: Mapping[str, Mapping[str, Contents]]
) -> Iterator[str]:
    """What is not as it was, a sentence for each table; service → table → contents."""
    for service, tables in wanted.items():
        there = found.get(service, {})
        for table in sorted(tables.keys() | there.keys()):
            was, now = tables.get(table), there.get(table)
            if was is None or now is None:
                yield f"{service}: {table} is {'new' if was is None else 'missing'}."
            elif was.rows != now.rows:
                yield f"{service}: {table} had {was.rows:,} rows and has {now.rows:,}."
            elif was != now:
                yield f"{service}: rows of {table} are not what they were."
