"""One attacked hub for all files that forge events; what an attack may not have done."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.messaging.losing import Both, losing_pair
from tests.security.attacking import Attacked, attacked_hub
from tests.security.believing import Hub, believing_hub
from tests.support.broker import BrokerServer
from tests.support.example import running_sorting
from tests.support.postgres import PostgresServer
from tests.support.services import Client, RunningService

from hub_platform.runner import migrations_of


@pytest.fixture(name="hub", scope="session")
def _hub(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Attacked]:
    with attacked_hub(postgres, broker, tmp_path_factory.mktemp("attacked")) as hub:
        yield hub


@pytest.fixture(name="unmoved")
def _unmoved(hub: Attacked) -> Iterator[Attacked]:
    """Whatever an attack is: no figure moves, no e-mail is written, both services are ready."""
    before = (hub.leaders(), len(list(hub.mailbox.glob("*"))))
    yield hub
    hub.settle()
    assert (hub.leaders(), len(list(hub.mailbox.glob("*")))) == before
    assert hub.reporting.ready()
    assert hub.notifications.ready()


@pytest.fixture(name="believing")
def _believing(postgres: PostgresServer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[Hub]:
    """A hub whose reporting is of the release that believed any message."""
    with believing_hub(postgres, monkeypatch, tmp_path) as hub:
        yield hub


@pytest.fixture(name="both")
def _both(postgres: PostgresServer, amqp_uri: str, tmp_path: Path) -> Iterator[Both]:
    """A publisher and a reader, in processes of their own."""
    with losing_pair(postgres, amqp_uri, tmp_path) as both:
        yield both


@pytest.fixture(name="migrations", scope="session")
def _migrations() -> Path:
    return migrations_of("parcels")


@pytest.fixture(name="sorting", scope="session")
def _sorting(
    postgres: PostgresServer, broker: BrokerServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningService]:
    with running_sorting(
        postgres, broker, tmp_path_factory, HUB_ALLOW_HUB_TIME="1", HUB_FORMS_PER_MINUTE="5"
    ) as service:
        yield service


@pytest.fixture(name="sorter")
def _sorter(sorting: RunningService) -> Client:
    return sorting.client("sorter")
