"""Enrolment's tables for the database of each test, and the service as a running process."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.enrolment.desk import Desk
from tests.support.announcing import own_user, set_up_publishers
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import Client, RunningService, running_service

from hub_enrolment.service import EnrolmentService
from hub_platform.runner import migrations_of

MIGRATIONS = migrations_of("hub_enrolment")


@pytest.fixture(name="migrations", scope="session")
def _migrations() -> Path:
    return MIGRATIONS


@pytest.fixture(name="publishers", scope="package")
def _publishers(broker: BrokerServer) -> str:
    """The broker's address for other services, which have declared what enrolment reads."""
    amqp_uri = broker.new_vhost()
    set_up_publishers(amqp_uri, "notifications", "visits")
    return amqp_uri


@pytest.fixture(name="enrolment", scope="package")
def _enrolment(
    postgres: PostgresServer,
    broker: BrokerServer,
    publishers: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[RunningService]:
    with running_service(
        tmp_path_factory.mktemp("enrolment"),
        "enrolment",
        ("hub_enrolment",),
        database_url=postgres.migrated_database(MIGRATIONS),
        amqp_uri=own_user(broker, publishers, EnrolmentService),
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
