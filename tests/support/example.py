"""The example service, running: the platform is tested through it."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import RunningService, running_service

from hub_platform.runner import migrations_of


@contextmanager
def running_sorting(
    postgres: PostgresServer, broker: BrokerServer, paths: pytest.TempPathFactory, **settings: str
) -> Iterator[RunningService]:
    """Run `sorting` with a database and a virtual host of its own."""
    with running_service(
        paths.mktemp("sorting"),
        "sorting",
        ("parcels", "sorting"),
        database_url=postgres.migrated_database(migrations_of("parcels")),
        amqp_uri=broker.new_vhost(),
        installed=True,
        **settings,
    ) as service:
        yield service
