"""A database with enrolment's tables, and the service as a running process."""

from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session
from tests.enrolment.desk import Desk
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import Client, RunningService, running_service

from hub_platform.database import Sessions, make_sessions
from hub_platform.migrations import migrate
from hub_platform.runner import migrations_of

MIGRATIONS = migrations_of("hub_enrolment")


@pytest.fixture(name="template", scope="session")
def _template(postgres: PostgresServer) -> str:
    """Give the name of a database with all migrations applied, to be copied."""
    url = postgres.new_database()
    migrate(url, MIGRATIONS)
    return str(sa.make_url(url).database)


@pytest.fixture(name="database")
def _database(postgres: PostgresServer, template: str) -> Iterator[Sessions]:
    """Copy the template for one test."""
    name = f"{template}_copy"
    postgres.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
    url = sa.make_url(postgres.admin_url).set(database=name).render_as_string(hide_password=False)
    sessions = make_sessions(url)
    yield sessions
    sessions.kw["bind"].dispose()
    postgres.drop_database(url)


@pytest.fixture(name="session")
def _session(database: Sessions) -> Iterator[Session]:
    """Open one transaction that is never committed."""
    with database() as session:
        yield session


@pytest.fixture(name="enrolment", scope="package")
def _enrolment(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningService]:
    with running_service(
        tmp_path_factory.mktemp("enrolment"),
        "enrolment",
        ("hub_enrolment",),
        database_url=postgres.new_database(),
        amqp_uri=broker.new_vhost(),
        migrations=MIGRATIONS,
        HUB_ALLOW_HUB_TIME="1",
    ) as service:
        yield service


@pytest.fixture(name="admin")
def _admin(enrolment: RunningService) -> Client:
    return enrolment.client("hub_admin")


@pytest.fixture(name="hub_lead")
def _hub_lead(enrolment: RunningService) -> Client:
    return enrolment.client("hub_lead")


@pytest.fixture(name="desk")
def _desk(admin: Client) -> Desk:
    return Desk(admin)
