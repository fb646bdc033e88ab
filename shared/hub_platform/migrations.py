"""Migrations (alembic): one history for each service, each migration named as its file: 0001_first_tables."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config

from hub_platform.database import reaching


def alembic_config(url: str, migrations: Path) -> Config:
    """Alembic's settings for one service."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.attributes["url"] = url
    return config


def migrate(url: str, migrations: Path) -> None:
    """Bring a database to the newest migration."""
    command.upgrade(alembic_config(url, migrations), "head")


def run_migrations(metadata: sa.MetaData) -> None:
    """Run the pending migrations, each in a transaction; called by every service's migrations/env.py."""
    url = context.config.attributes["url"]
    engine = sa.create_engine(url, poolclass=sa.NullPool, connect_args=reaching(url))
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()
