"""A hub with two small years, and a copy of its publishers' tables."""

from collections.abc import Iterator

import pytest
from tests.cases.answers import caught_up
from tests.cases.desk import Desk
from tests.cases.hub import PUBLISHERS, RunningHub, running_hub
from tests.cases.mail_server import mail_server
from tests.figures.office import Office
from tests.figures.publishers import Publishers, connect, copy_tables
from tests.figures.small_year import fill
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.waiting import wait_until


@pytest.fixture(name="filled", scope="package")
def _filled(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningHub]:
    """Return all services after reporting has projected every event."""
    with (
        mail_server() as mail,
        running_hub(tmp_path_factory.mktemp("figures"), postgres, broker, mail) as hub,
    ):
        fill(Office(Desk(hub)))
        wait_until(lambda: hub.messages("failed"), deadline=60, interval=0.2)
        caught_up(hub)
        yield hub


@pytest.fixture(name="publishers", scope="package")
def _publishers(filled: RunningHub, postgres: PostgresServer) -> Iterator[Publishers]:
    connection = connect(postgres.new_database())
    for name in PUBLISHERS:
        copy_tables(connection, name, filled.database_urls[name])
    yield Publishers(connection)
    connection.close()
