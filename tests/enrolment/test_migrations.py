"""The migrations make exactly the tables that the code declares, and can be undone."""

import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from tests.enrolment.conftest import MIGRATIONS

from hub_enrolment.models import Base
from hub_platform.migrations import alembic_config, migrate

NOT_OURS = {"alembic_version", "outbox", "outbox_subjects", "inbox", "idempotency_keys"}


def names(connection: sa.Connection, relation: str) -> set[tuple[str, str]]:
    """Table and definition of every constraint, or of every index."""
    texts = {
        "constraint": "SELECT conrelid::regclass::text, conname || ' ' || pg_get_constraintdef(oid)"
        " FROM pg_constraint WHERE connamespace = 'public'::regnamespace",
        "index": "SELECT tablename, indexdef FROM pg_indexes WHERE schemaname = 'public'",
    }
    return {
        (table, text) for table, text in connection.execute(sa.text(texts[relation])) if table not in NOT_OURS
    }


def test_migrated_and_declared_are_the_same(database_url: str) -> None:
    engine = sa.create_engine(database_url, poolclass=sa.NullPool)
    migrate(database_url, MIGRATIONS)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        found = [
            change
            for change in compare_metadata(context, Base.metadata)
            if not (change[0] in {"remove_table", "remove_index"} and _table(change) in NOT_OURS)
        ]
        migrated = {relation: names(connection, relation) for relation in ("constraint", "index")}
    assert found == []

    command.downgrade(alembic_config(database_url, MIGRATIONS), "base")
    with engine.begin() as connection:
        assert set(sa.inspect(connection).get_table_names()) == {"alembic_version"}
        Base.metadata.create_all(connection)
        declared = {relation: names(connection, relation) for relation in ("constraint", "index")}
    assert migrated == declared


def _table(change: tuple[object, ...]) -> str:
    thing = change[1]
    name = thing.table.name if isinstance(thing, sa.Index) and thing.table is not None else None
    return str(name or getattr(thing, "name", ""))
