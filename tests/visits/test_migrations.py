"""The migrations make the tables that the models describe, and take them away again."""

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine
from tests.support.postgres import PostgresServer

from hub_platform.migrations import alembic_config, migrate
from hub_platform.runner import migrations_of
from hub_visits.models import Base

CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid) FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype <> 'n' ORDER BY 1, 2
"""


def constraints_of(url: str) -> list[tuple[str, str, str]]:
    engine = create_engine(url)
    with engine.connect() as connection:
        rows = [tuple(row) for row in connection.exec_driver_sql(CONSTRAINTS)]
    engine.dispose()
    return [row for row in rows if row[0] in Base.metadata.tables]


def test_migrations_and_models_agree(postgres: PostgresServer, database_url: str) -> None:
    migrate(database_url, migrations_of("hub_visits"))
    engine = create_engine(database_url)
    with engine.connect() as connection:
        options = {
            "include_object": lambda _o, name, kind, *_: kind != "table" or name in Base.metadata.tables
        }
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()
    other = postgres.new_database()
    other_engine = create_engine(other)
    Base.metadata.create_all(other_engine)
    other_engine.dispose()
    assert constraints_of(database_url) == constraints_of(other)
    postgres.drop_database(other)


def test_migrations_go_back(database_url: str) -> None:
    migrations = migrations_of("hub_visits")
    migrate(database_url, migrations)
    command.downgrade(alembic_config(database_url, migrations), "base")
    assert constraints_of(database_url) == []
    migrate(database_url, migrations)
