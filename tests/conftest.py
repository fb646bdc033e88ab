"""Servers for the tests that need them: one PostgreSQL and one RabbitMQ a run, started on first use.

A test that asks for one of these fixtures, directly or through another, is marked `servers`; `make check`
leaves those out. A folder of tests says in its fixture `migrations` which tables its `database` has.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from sqlalchemy.orm import Session
from tests.support.broker import BrokerServer, running_broker
from tests.support.databases import Databases
from tests.support.postgres import PostgresServer, running_postgres
from tests.support.spreading import Spreading, dearest_first

from hub_platform.database import Sessions

# These deploy the whole hub, as root, where a Docker engine answers: `make test-deploy`.
collect_ignore = [] if "HUB_TEST_DEPLOY" in os.environ else ["deploy"]
# How long anything takes is measured by `make bench`; a busy machine fails no test.
settings.register_profile("hub", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("hub")

SERVER_FIXTURES = frozenset({"postgres", "broker", "office"})  # the last is a whole hub


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what needs a server, and begin with what starts most."""
    for item in items:
        if SERVER_FIXTURES.intersection(getattr(item, "fixturenames", ())):
            item.add_marker(pytest.mark.servers)
    dearest_first(items)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Spreading:
    """Spread the tests over the workers, where there are several (`make test`)."""
    return Spreading(config, log)


@pytest.fixture(name="postgres", scope="session")
def _postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """Run the PostgreSQL of this test run; `postgres.new_database()` gives the URL of an empty database."""
    with running_postgres(tmp_path_factory.mktemp("postgres")) as server:
        yield server


@pytest.fixture(name="broker", scope="session")
def _broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerServer]:
    """Run the RabbitMQ of this test run; `broker.new_vhost()` gives the AMQP URI of an empty virtual host."""
    with running_broker(tmp_path_factory.mktemp("broker")) as server:
        yield server


@pytest.fixture(name="database_url")
def _database_url(postgres: PostgresServer) -> Iterator[str]:
    """Make an empty database for one test and give its SQLAlchemy URL."""
    url = postgres.new_database()
    yield url
    postgres.drop_database(url)


@pytest.fixture(name="databases", scope="session")
def _databases(postgres: PostgresServer) -> Databases:
    """Keep one database for each service, for all its tests."""
    return Databases(postgres)


@pytest.fixture(name="database")
def _database(databases: Databases, migrations: Path) -> Iterator[Sessions]:
    """Give the service's database, empty; what is committed to it is taken away after the test."""
    yield from databases.emptied(migrations)


@pytest.fixture(name="session")
def _session(database: Sessions) -> Iterator[Session]:
    """Open one transaction that is never committed."""
    with database() as session:
        yield session


@pytest.fixture(name="amqp_uri")
def _amqp_uri(broker: BrokerServer) -> Iterator[str]:
    """Make an empty virtual host for one test and give its AMQP URI."""
    uri = broker.new_vhost()
    yield uri
    broker.drop_vhost(uri)
