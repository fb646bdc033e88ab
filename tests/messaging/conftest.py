"""A database with the library's tables, and the example's two services."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from inquiries.service import ScalesService
from sqlalchemy.orm import Session, sessionmaker
from tests.messaging.office import PUBLISHERS, Office
from tests.messaging.operating import Poisoned
from tests.messaging.shop import Shop
from tests.messaging.subscribing import Outside
from tests.support.announcing import own_user, set_up_publishers
from tests.support.broker import BrokerServer
from tests.support.postgres import PostgresServer
from tests.support.services import RunningService, running_service
from tests.support.waiting import wait_until

from hub_platform.runner import migrations_of

MIGRATIONS = migrations_of("parcels")


@pytest.fixture(name="migrations", scope="session")
def _migrations() -> Path:
    return MIGRATIONS


@pytest.fixture(name="sorting")
def _sorting(postgres: PostgresServer, amqp_uri: str, tmp_path: Path) -> Iterator[RunningService]:
    with running_service(
        tmp_path / "sorting",
        "sorting",
        ("parcels", "sorting"),
        database_url=postgres.migrated_database(MIGRATIONS),
        amqp_uri=amqp_uri,
    ) as service:
        yield service


@pytest.fixture(name="counting_url")
def _counting_url(postgres: PostgresServer) -> str:
    return postgres.migrated_database(MIGRATIONS)


@pytest.fixture(name="counting")
def _counting(counting_url: str, amqp_uri: str, tmp_path: Path) -> Iterator[RunningService]:
    with running_service(
        tmp_path / "counting",
        "counting",
        ("parcels", "counting"),
        database_url=counting_url,
        amqp_uri=amqp_uri,
    ) as service:
        yield service


@dataclass(frozen=True)
class Pair:
    """The example's two services, started once for all tests of a file: each test has parcels of its own."""

    sorting: RunningService
    counting: RunningService
    uri: str

    def go_on(self) -> None:
        """Start again what a test has stopped, and wait until both work."""
        for service in (self.sorting, self.counting):
            if service.child is None or service.child.has_ended:
                service.start()
        wait_until(lambda: self.sorting.ready() and self.counting.ready(), deadline=20)


@pytest.fixture(name="pair", scope="module")
def _pair(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Pair]:
    """Start both on a virtual host of their own."""
    uri, folder = broker.new_vhost(), tmp_path_factory.mktemp("pair")
    with ExitStack() as stack:
        sorting, counting = (
            stack.enter_context(
                running_service(
                    folder / name,
                    name,
                    ("parcels", name),
                    database_url=postgres.migrated_database(MIGRATIONS),
                    amqp_uri=uri,
                )
            )
            for name in ("sorting", "counting")
        )
        yield Pair(sorting, counting, uri)
    broker.drop_vhost(uri)


@dataclass(frozen=True)
class Scales:
    """The service that answers and can be made to misbehave, with its database and its virtual host."""

    service: RunningService
    url: str
    uri: str

    @property
    def pid(self) -> int:
        """Return the process of the service."""
        assert self.service.child is not None
        return self.service.child.process.pid


@pytest.fixture(name="scales", scope="module")
def _scales(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Scales]:
    """Start it once for all tests of a file; what it listens to is there already."""
    url, uri = postgres.migrated_database(MIGRATIONS), broker.new_vhost()
    set_up_publishers(uri, "sorting")
    own = own_user(broker, uri, ScalesService)
    with running_scales(tmp_path_factory.mktemp("scales"), url, own) as service:
        wait_until(service.ready)
        yield Scales(service, url, uri)
    broker.drop_vhost(uri)


def running_scales(folder: Path, url: str, uri: str) -> AbstractContextManager[RunningService]:
    """A process of it, with a heartbeat of two seconds."""
    return running_service(
        folder,
        "scales",
        ("inquiries", "scales"),
        database_url=url,
        amqp_uri=uri,
        EXAMPLE_HEARTBEAT="2",
    )


@pytest.fixture(name="broken")
def _broken(database: sessionmaker[Session]) -> Poisoned:
    return Poisoned(database)


@pytest.fixture(name="shop")
def _shop(database: sessionmaker[Session], tmp_path: Path) -> Shop:
    return Shop(database, tmp_path / "losses")


@pytest.fixture(name="outside")
def _outside(amqp_uri: str, broker: BrokerServer, postgres: PostgresServer) -> Iterator[Outside]:
    """Two publishers without a subscriber of another organisation yet, which a test adds."""
    urls = {name: postgres.migrated_database(MIGRATIONS) for name in PUBLISHERS}
    set_up_publishers(amqp_uri, *PUBLISHERS)
    outside = Outside(Office(amqp_uri, urls), broker)
    yield outside
    outside.forget()
    for url in urls.values():
        postgres.drop_database(url)
