"""Every service's migrations make exactly the tables that its models describe, and take them away again."""

import importlib
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from hub_local.services import SERVICES
from hub_messaging import tables as messaging
from hub_platform import audit, clocks, idempotency
from hub_platform.migrations import alembic_config, migrate
from hub_platform.runner import migrations_of

QUERIES = {
    "columns": "SELECT table_name, column_name, is_nullable, data_type, column_default"
    " FROM information_schema.columns WHERE table_schema = 'public' ORDER BY 1, 2",
    "constraints": "SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint"
    " WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1, 2",
    "indexes": "SELECT tablename, indexname, indexdef FROM pg_indexes"
    " WHERE schemaname = 'public' ORDER BY 1, 2",
}
HISTORY = "alembic_version"


def shape(connection: sa.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """Everything about the tables that PostgreSQL can tell."""
    told = {name: [tuple(row) for row in connection.exec_driver_sql(sql)] for name, sql in QUERIES.items()}
    return {name: [row for row in rows if row[0] != HISTORY] for name, rows in told.items()}


@pytest.fixture(name="engine")
def _engine(database_url: str) -> Iterator[sa.Engine]:
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    yield engine
    engine.dispose()


@pytest.mark.parametrize("package", [service.package for service in SERVICES])
def test_migrated_and_described_are_the_same(package: str, database_url: str, engine: sa.Engine) -> None:
    described = [
        importlib.import_module(f"{package}.models").Base.metadata,
        messaging.metadata,
        idempotency.metadata,
        clocks.metadata,
        audit.metadata,
    ]
    migrate(database_url, migrations_of(package))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, described)  # type: ignore[arg-type]  # it takes several
        assert differences == []
        migrated = shape(connection)

    command.downgrade(alembic_config(database_url, migrations_of(package)), "base")
    with engine.begin() as connection:
        assert sa.inspect(connection).get_table_names() == [HISTORY]
        for metadata in described:
            metadata.create_all(connection)
        assert shape(connection) == migrated
