"""The servers that the other tests stand on."""

import amqp
import pytest
import sqlalchemy as sa
from tests.support.amqp import connected
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer


def test_every_database_is_new_and_empty(postgres: PostgresServer) -> None:
    first, second = postgres.new_database(), postgres.new_database()
    with sa.create_engine(first, poolclass=sa.NullPool).begin() as connection:
        connection.execute(sa.text("CREATE TABLE mark (n int)"))
    assert sa.inspect(sa.create_engine(second, poolclass=sa.NullPool)).get_table_names() == []
    assert sa.inspect(sa.create_engine(first, poolclass=sa.NullPool)).get_table_names() == ["mark"]


def test_every_virtual_host_is_new_and_empty(broker: BrokerServer) -> None:
    first, second = broker.new_vhost(), broker.new_vhost()
    with connected(first) as connection:
        connection.channel().queue_declare("mark")
        connection.channel().queue_declare("mark", passive=True)
    with connected(second) as connection, pytest.raises(amqp.NotFound):
        connection.channel().queue_declare("mark", passive=True)


def test_a_test_that_asks_for_a_server_is_marked(request: pytest.FixtureRequest, database_url: str) -> None:
    assert request.node.get_closest_marker("servers") is not None
