"""The broker and the database of a benchmark: private processes that keep what they confirm."""

import contextlib
import itertools
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

import amqp
import sqlalchemy as sa
from tests.bench.contenders import work
from tests.support.amqp import connected

from hub_local import broker, definitions, postgres
from hub_local.alone import interruptible, only_one
from hub_local.places import Places
from hub_local.processes import Programs
from hub_messaging import tables
from hub_messaging.topology import INBOX_ARGUMENTS, LOG_QUEUE, exchange_of, refill_exchange_of
from hub_messaging.wire import declare_publishers

PASSWORD: Final = "bench"  # of servers that listen on loopback and live for minutes
DATABASE: Final = "bench"
INSTALLED: Final = (work.PUBLISHER, "projecting", "reacting")  # an administrator declares their exchanges


@dataclass(frozen=True)
class Servers:
    """Both, as their administrator."""

    amqp_uri: str
    admin_url: sa.URL
    programs: Programs
    places: Places
    numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @contextlib.contextmanager
    def database(self) -> Iterator[sa.Engine]:
        """An empty database with the tables of all contenders, dropped afterwards."""
        self.administrate(
            f"DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)",
            f"CREATE DATABASE {DATABASE} TEMPLATE template0",
        )
        engine = sa.create_engine(self.admin_url.set(database=DATABASE), poolclass=sa.NullPool)
        tables.metadata.create_all(engine)
        with engine.begin() as connection:
            connection.exec_driver_sql(work.TABLES)
        self.administrate("CHECKPOINT")  # so that work left by their creation is done before
        yield engine

    @contextlib.contextmanager
    def broker(self, queue: str, *, late: bool = False) -> Iterator[amqp.Connection]:
        """A broker with an exchange that one empty queue and the log receive; `late`: the log only."""
        try:
            with connected(self.amqp_uri) as connection:
                declare_publishers(connection, *INSTALLED)
                if not late:
                    channel = connection.channel()
                    channel.queue_declare(queue, durable=True, auto_delete=False, arguments=INBOX_ARGUMENTS)
                    channel.queue_bind(queue, work.EXCHANGE, routing_key=work.EVENT_TYPE)
                yield connection
        finally:
            with connected(self.amqp_uri) as connection:
                channel = connection.channel()
                channel.queue_delete(queue)
                channel.queue_delete(LOG_QUEUE)
                for service in INSTALLED:
                    channel.exchange_delete(exchange_of(service))
                    channel.exchange_delete(refill_exchange_of(service))

    def url(self, database: str) -> str:
        """The address of one database."""
        return self.admin_url.set(database=database).render_as_string(hide_password=False)

    def administrate(self, *statements: str) -> None:
        """Do what concerns the whole server."""
        engine = sa.create_engine(self.admin_url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            for statement in statements:
                connection.exec_driver_sql(statement)


@contextlib.contextmanager
def running_servers(places: Places) -> Iterator[Servers]:
    """Start both, give them, stop both and delete their data."""
    programs = Programs(places.logs, places.records)
    with only_one(places), interruptible(), contextlib.ExitStack() as stack:
        programs.stop_leftovers()
        for folder in (places.broker, places.postgres, places.logs):  # the lock of this run stays
            shutil.rmtree(folder, ignore_errors=True)
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
        user = definitions.ADMINISTRATOR
        contents = broker.Contents(definitions.administrator(PASSWORD), {user: PASSWORD})
        node = broker.start_node(broker.PrivateBroker(programs, places.broker, contents), say=print)
        stack.callback(node.stop)
        server = postgres.start(programs, places.postgres, places.secrets, durable=True)
        stack.callback(server.stop)
        node.require_ready()
        yield Servers(node.uris[user], server.url, programs, places)
