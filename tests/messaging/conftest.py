"""A database with the post office's tables, and the example's two services."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session, sessionmaker
from tests.support.postgres import PostgresServer
from tests.support.services import RunningService, running_service

from hub_messaging.tables import metadata
from local.places import ROOT

MIGRATIONS = ROOT / "tests" / "example" / "parcels" / "migrations"


@pytest.fixture(name="database")
def _database(database_url: str) -> Iterator[sessionmaker[Session]]:
    """Make the tables in an empty database."""
    engine = sa.create_engine(database_url)
    metadata.create_all(engine)
    yield sessionmaker(engine)
    engine.dispose()


@pytest.fixture(name="sorting")
def _sorting(postgres: PostgresServer, amqp_uri: str, tmp_path: Path) -> Iterator[RunningService]:
    with running_service(
        tmp_path / "sorting",
        "sorting",
        ("parcels", "sorting"),
        database_url=postgres.new_database(),
        amqp_uri=amqp_uri,
        migrations=MIGRATIONS,
    ) as service:
        yield service


@pytest.fixture(name="counting_url")
def _counting_url(postgres: PostgresServer) -> str:
    return postgres.new_database()


@pytest.fixture(name="counting")
def _counting(counting_url: str, amqp_uri: str, tmp_path: Path) -> Iterator[RunningService]:
    with running_service(
        tmp_path / "counting",
        "counting",
        ("parcels", "counting"),
        database_url=counting_url,
        amqp_uri=amqp_uri,
        migrations=MIGRATIONS,
    ) as service:
        yield service
