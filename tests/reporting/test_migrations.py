"""The migrations make the tables that the models describe, and take them away again."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, inspect
from tests.support.postgres import PostgresServer

from hub_platform.migrations import alembic_config, migrate
from hub_platform.runner import migrations_of
from hub_reporting.models import Base

TABLES = frozenset(Base.metadata.tables)
SHAPE = """
    SELECT table_name, column_name, ordinal_position, is_nullable, data_type FROM information_schema.columns
    WHERE table_schema = 'public' ORDER BY 1, 3
"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public' ORDER BY 1, 2"


def shape_of(url: str) -> list[tuple[object, ...]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = [tuple(row) for query in (SHAPE, INDEXES) for row in connection.exec_driver_sql(query)]
    engine.dispose()
    return [row for row in rows if row[0] in TABLES]


def test_migrations_and_models_agree(postgres: PostgresServer, database_url: str) -> None:
    migrate(database_url, migrations_of("hub_reporting"))
    engine = create_engine(database_url)
    with engine.connect() as connection:
        options = {"include_object": lambda _o, name, kind, *_: kind != "table" or name in TABLES}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()
    other = postgres.new_database()
    other_engine = create_engine(other)
    Base.metadata.create_all(other_engine)
    other_engine.dispose()
    assert shape_of(database_url) == shape_of(other)
    postgres.drop_database(other)


def test_migrations_go_back(database_url: str) -> None:
    migrations = migrations_of("hub_reporting")
    migrate(database_url, migrations)
    command.downgrade(alembic_config(database_url, migrations), "base")
    engine = create_engine(database_url)
    assert inspect(engine).get_table_names() == ["alembic_version"]
    engine.dispose()
    migrate(database_url, migrations)
