"""The publishers' tables in one database, and the statements that read figures from them."""

import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final

import psycopg2
import sqlalchemy as sa

HERE: Final = Path(__file__).parent
_COLUMNS: Final = """
SELECT c.relname, string_agg(format('%I %s', a.attname, format_type(a.atttypid, a.atttypmod)), ', '
                             ORDER BY a.attnum)
FROM pg_class AS c
JOIN pg_attribute AS a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r'
GROUP BY c.relname
"""


def connect(url: str) -> Any:
    """Connect to a database of a service."""
    parts = sa.make_url(url)
    return psycopg2.connect(
        host=parts.host, port=parts.port, user=parts.username, password=parts.password, dbname=parts.database
    )


def copy_tables(target: Any, schema: str, url: str) -> None:
    """Copy all tables of a service into a schema."""
    source = connect(url)
    with source.cursor() as reading, target.cursor() as writing:
        writing.execute(f"CREATE SCHEMA {schema}")
        reading.execute(_COLUMNS)
        for table, columns in reading.fetchall():
            rows = io.BytesIO()
            reading.copy_expert(f'COPY public."{table}" TO STDOUT (FORMAT binary)', rows)
            rows.seek(0)
            writing.execute(f'CREATE TABLE {schema}."{table}" ({columns})')
            writing.copy_expert(f'COPY {schema}."{table}" FROM STDIN (FORMAT binary)', rows)
    source.close()
    target.commit()


@dataclass(frozen=True)
class Publishers:
    """A copy of what the publishers know."""

    connection: Any
    stood: list[tuple[str, str, str]] = field(default_factory=list)  # the periods so far

    def stand(self, starts_on: str, ends_on: str, as_at: str) -> None:
        """Look at it as at one day, for one period."""
        if self.stood[-1:] == [(starts_on, ends_on, as_at)]:
            return
        self.stood.append((starts_on, ends_on, as_at))
        with self.connection.cursor() as cursor:
            cursor.execute("DROP SCHEMA IF EXISTS scope CASCADE; DROP SCHEMA IF EXISTS day CASCADE")
            values = {"starts_on": starts_on, "ends_on": ends_on, "as_at": as_at}
            cursor.execute((HERE / "day.sql").read_text(), values)

    def figures(self, scope: str, file: str = "figures.sql") -> dict[str, Any]:
        """Every figure of every report of one scope, by `report/figure`; or those of another file."""
        kind, _, value = scope.partition(":")
        values = {"kind": kind, "value": value}
        with self.connection.cursor() as cursor:
            cursor.execute((HERE / "scope.sql").read_text(), values)
            return {name: self._value(cursor, text, values) for name, text in statements(file).items()}

    @staticmethod
    def _value(cursor: Any, text: str, values: Mapping[str, str]) -> Any:
        cursor.execute(text, values)
        ((found,),) = cursor.fetchall()
        return plain(found)


@cache
def statements(file: str = "figures.sql") -> dict[str, str]:
    """The statements of a file by name."""
    text = (HERE / file).read_text()
    parts = re.split(r"^-- ([a-z-]+/\w+)\n", text, flags=re.MULTILINE)
    names, bodies = parts[1::2], parts[2::2]
    assert len(set(names)) == len(names), "a figure is named twice"
    return dict(zip(names, bodies, strict=True))


def plain(value: Any) -> Any:
    """A value as JSON has it; lists in no particular order."""
    match value:
        case Decimal():
            return float(value)
        case Mapping():
            return {name: plain(one) for name, one in value.items()}
        case list():
            return sorted((plain(one) for one in value), key=lambda one: json.dumps(one, sort_keys=True))
    return value


def figures_of(report: Any) -> Iterator[tuple[str, Any]]:
    """Every figure of a report that was answered, by `report/figure`."""
    name = report["report"]
    yield f"{name}/n", report["n"]
    yield f"{name}/N", report["N"]
    yield f"{name}/rows", len(report["rows"])
    for key, value in report["figures"].items():
        yield f"{name}/{key}", plain(value)
