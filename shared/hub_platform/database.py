"""PostgreSQL: sessions, the column type for instants, names for constraints, migrations."""

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from alembic import command, context
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import Session, sessionmaker

Sessions = sessionmaker[Session]

# So that every constraint has a name that a migration can change and an error can be told by.
naming_convention = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.TypeDecorator[datetime]):
    """An instant: only aware values go in, UTC comes out."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Refuse a time without a zone: nobody could say which instant it means."""
        if value is not None and value.tzinfo is None:
            raise ValueError("an instant needs a time zone")
        return value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002 - SQLAlchemy's signature
        """Give it back in UTC."""
        return None if value is None else value.astimezone(UTC)


def make_sessions(url: str) -> Sessions:
    """A source of sessions; connects when the first one is used."""
    engine = sa.create_engine(
        url,
        pool_size=10,
        max_overflow=20,
        pool_pre_ping=True,
        hide_parameters=True,  # an error message must not carry somebody's name
        connect_args={"connect_timeout": 5},
    )
    return sessionmaker(engine, expire_on_commit=False)


def alembic_config(url: str, migrations: Path) -> Config:
    """Alembic's settings for one service."""
    config = Config()
    config.set_main_option("script_location", str(migrations))
    config.attributes["url"] = url
    return config


def migrate(url: str, migrations: Path) -> None:
    """Bring a database to the newest migration."""
    command.upgrade(alembic_config(url, migrations), "head")


def at_head(sessions: Sessions, migrations: Path) -> bool:
    """Whether every migration of this release has been applied."""
    head = ScriptDirectory.from_config(alembic_config("", migrations)).get_current_head()
    with sessions() as session:
        return MigrationContext.configure(session.connection()).get_current_revision() == head


def run_migrations(metadata: sa.MetaData) -> None:
    """What every service's migrations/env.py does: run what is due, each migration in a transaction."""
    engine = sa.create_engine(context.config.attributes["url"], poolclass=sa.NullPool)
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()
    engine.dispose()
